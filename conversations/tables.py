"""Tables of conversations, turns, and the keys of other channels."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from foundation.database import Instant, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("value_digest", String(64), nullable=False, unique=True),  # the value itself is the citizen's secret
    Column("channel", String(40), nullable=False),
    Column("user_digest", String(64)),  # a keyed channel's own user, so that only that user goes on with it
    Column("last_turn", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Index("conversations_by_user", "user_digest"),
    Index("conversations_by_last", "last_at"),
)
turns = Table(
    "turns",
    metadata,
    Column("conversation", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("sender", String(10), nullable=False),  # citizen, staff, hotline; bot where it begins by itself
    Column("client_id", String(100)),
    Column("at", Instant, nullable=False),
    Column("text", Text),  # identifying numbers stand in it as tokens
    Column("payload", Text),
    Column("location", JSON),
    Column("attachments", JSON),  # ids of uploads
    Column("outcome", String(30)),  # empty until the turn has come to its end
    Column("offers", JSON),
    Column("replies", JSON),
    Column("evidence", JSON),  # everything that decided: intent, candidates, scores, thresholds, reason, danger
    Column("seconds", JSON),  # how long each step took
    Column("leased_by", String(32)),  # the work of one process on it, see leases.py,
    Column("leased_until", Instant),  # and how long that lasts unless it is renewed
    UniqueConstraint("conversation", "client_id"),
    Index("turns_by_outcome", "outcome", "at"),
)
turn_ratings = Table(
    "turn_ratings",
    metadata,
    Column("conversation", String(32), ForeignKey("conversations.id"), primary_key=True),
    Column("turn", Integer, primary_key=True),  # 0: the conversation as a whole
    Column("up", Boolean, nullable=False),
    Column("reason", String(20), nullable=False),  # empty, or one of conversations.ratings.REASONS
    Column("text", Text, nullable=False),  # identifying numbers stand in it as tokens
    Column("at", Instant, nullable=False),
)
channel_keys = Table(
    "channel_keys",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("per_minute", Integer, nullable=False),
    Column("rights", String(80), nullable=False, server_default="messages,open311"),  # what it may be used for
    Column("created_at", Instant, nullable=False),
)
