"""Tables of the review: what the list of turns is read from, judgements, samples, and looks behind tokens."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from foundation.database import Instant, metadata

KEY = BigInteger().with_variant(Integer, "sqlite")  # SQLite knows its own row number only as INTEGER
CONVERSATION = String(32)

# One narrow row for each turn that a citizen began and that came to its end: what the list is read from.
turn_facts = Table(
    "turn_facts",
    metadata,
    Column("key", KEY, primary_key=True, autoincrement=False),  # the turn's moment: see keys.py
    Column("conversation", CONVERSATION, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("text", Text, nullable=False),  # identifying numbers stand in it as tokens
    Column("outcome", String(30), nullable=False),
    Column("intent", String(40), nullable=False),
    Column("entry", String(80), nullable=False),  # that answered, or else came first
    Column("domain", String(40), nullable=False),  # of this entry, as it was then
    Column("probability", Float),
    Column("band", String(20), nullable=False),  # of the probability, where the search decided
    Column("thumb", String(10)),  # up or down
    Column("reviewed", Boolean, nullable=False),
    Column("disputed", Boolean),  # true where its judgements contradict each other, else empty
    UniqueConstraint("conversation", "turn"),
    Index("turn_facts_by_outcome", "outcome", "key"),
    Index("turn_facts_by_intent", "intent", "key"),
    Index("turn_facts_by_domain", "domain", "key"),
    Index("turn_facts_by_entry", "entry", "key"),
    Index("turn_facts_by_channel", "channel", "key"),
    Index("turn_facts_by_band", "band", "key", "reviewed"),  # with it, the queue is counted without reading rows
    Index("turn_facts_by_review", "reviewed", "key"),
)
_rated = turn_facts.c.thumb.is_not(None)  # few are
_by_thumb = (turn_facts.c.thumb, turn_facts.c.key, turn_facts.c.reviewed)
Index("turn_facts_by_thumb", *_by_thumb, sqlite_where=_rated, postgresql_where=_rated)
_disputed = turn_facts.c.disputed.is_not(None)
Index(
    "turn_facts_disputed",
    turn_facts.c.disputed,
    turn_facts.c.key,
    sqlite_where=_disputed,
    postgresql_where=_disputed,
)
# Which turns hold two letters beside each other: words are found by the rarest pair of theirs.
turn_pairs = Table(
    "turn_pairs",
    metadata,
    Column("pair", String(2), primary_key=True),
    Column("key", KEY, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
judgements = Table(
    "judgements",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("reviewer", String(80), primary_key=True),
    Column("verdict", String(20), nullable=False),
    Column("first_verdict", String(20), nullable=False),  # before the reviewer could see what others gave
    Column("entry", String(80), nullable=False),  # the right one, where one was named
    Column("question", Text, nullable=False),  # as it should be asked again at every publishing
    Column("asked", Boolean, nullable=False, default=True),  # whether every publishing is to ask it
    Column("wording", Text, nullable=False),  # this and the note: identifying numbers stand in them as tokens
    Column("note", Text, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
)
samples = Table(
    "review_samples",
    metadata,
    Column("week", String(10), primary_key=True),  # its Monday
    Column("seed", BigInteger, nullable=False),
    Column("turns", Integer, nullable=False),  # among how many was drawn
    Column("drawn_at", Instant, nullable=False),
)
sample_items = Table(
    "review_sample_items",
    metadata,
    Column("week", String(10), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("conversation", CONVERSATION, nullable=False),
    Column("turn", Integer, nullable=False),
    UniqueConstraint("conversation", "turn"),
)
looks = Table(
    "conversation_looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", CONVERSATION, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("reason", Text, nullable=False),  # identifying numbers stand in it as tokens
    Column("at", Instant, nullable=False),
    Index("conversation_looks_by_turn", "conversation", "turn"),
)
