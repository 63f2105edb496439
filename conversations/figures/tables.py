"""Tables of what the figures of conversations add up from; they hold numbers and nothing that anybody said."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table

from conversations.tables import turn_ratings
from foundation.database import Instant, metadata

DAY = String(10)  # on the city's clocks, such as 2026-11-28

conversation_cells = Table(  # messages of one day that share all of this
    "conversation_cells",
    metadata,
    Column("day", DAY, primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("domain", String(40), primary_key=True),  # as turn_facts has it; may be empty
    Column("outcome", String(30), primary_key=True),
    Column("turns", Integer, nullable=False),
    Column("up", Integer, nullable=False),
    Column("down", Integer, nullable=False),
)
conversation_visits = Table(  # conversations with a message on that day
    "conversation_visits",
    metadata,
    Column("day", DAY, primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("conversations", Integer, nullable=False),
    Column("to_person", Integer, nullable=False),  # of these, how many came to a person or waited for one
    Column("waits", JSON, nullable=False),  # rounded seconds, and how many waited so long
)
entry_cells = Table(  # answers from one entry
    "entry_cells",
    metadata,
    Column("day", DAY, primary_key=True),
    Column("entry", String(80), primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("answers", Integer, nullable=False),
    Column("down", Integer, nullable=False),
)
conversation_days = Table(  # the moment as of which a day's cells are right; the day "" says it of all days
    "conversation_days",
    metadata,
    Column("day", DAY, primary_key=True),
    Column("at", Instant, nullable=False),
)
# What changed since the last look is found without reading everything.
Index("turn_ratings_by_moment", turn_ratings.c.at)
