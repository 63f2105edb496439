"""Tables of what was handed to a person, and of the operators who are there."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from foundation.database import Instant, metadata

WAITING, TAKEN, ENDED = "waiting", "taken", "ended"

handovers = Table(
    "handovers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(32), nullable=False),  # empty once the conversation was erased
    Column("channel", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_turn", Integer, nullable=False),
    Column("place", Integer, nullable=False, default=1),  # 0: before all others, since its operator vanished
    Column("returns", Integer, nullable=False, default=0),  # how often its operator vanished
    Column("danger", String(30), nullable=False, default=""),  # a kind of emergency that the citizen named meanwhile
    Column("told_ahead", Integer),  # how many were ahead when the citizen was told last
    Column("first_taken_at", Instant),
    Column("waited_seconds", Integer),  # from asking to the first operator; empty where none came
    Column("taken_at", Instant),
    Column("taken_by", String(40), nullable=False, default=""),  # the account that has it, or had it last
    Column("ended_at", Instant),
    Column("ended_how", String(20), nullable=False, default=""),  # one of conversations.handover.queue.ENDS
    Index("handovers_in_order", "state", "place", "asked_at", "id"),
    Index("handovers_by_operator", "taken_by", "state"),
    Index("handovers_by_time", "asked_at"),
)
Index(  # nobody waits twice, and no two operators have the same citizen
    "handovers_open",
    handovers.c.conversation,
    unique=True,
    sqlite_where=handovers.c.state != ENDED,
    postgresql_where=handovers.c.state != ENDED,
)
presence = Table(
    "desk_presence",
    metadata,
    Column("account", String(40), primary_key=True),
    Column("online", Boolean, nullable=False),
    Column("seen_at", Instant, nullable=False),  # the last sign from a page of theirs
    Column("lost", Integer, nullable=False, default=0),  # conversations that went back while they were gone
)
