"""Tables of tickets and of what goes to and comes from the hotline; texts in them hold tokens, never originals."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from foundation.database import Instant, metadata

NUMBER = String(24)

tickets = Table(
    "tickets",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("instance", String(64), nullable=False, unique=True),  # keyed digest: it must not lead to a conversation
    Column("conversation", String(80), index=True),  # empty for an anonymous ticket
    Column("anonymous_conversation", String(64), index=True),  # keyed digest, so that only the conversation finds it
    Column("channel", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("what", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("time_of_event", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("handled_by", String(20), nullable=False),
    Column("state", String(30), nullable=False),
    Column("version", Integer, nullable=False),  # the number of its events
    Column("sequence", Integer, nullable=False, default=0),  # the last message we wrote to the hotline
    Column("callback_sequence", Integer, nullable=False, default=0),  # the last callback applied
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("code", Text, nullable=False),  # sealed
    Column("token", Text, nullable=False),  # sealed
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("code_failures", Integer, nullable=False, default=0),
    Column("code_failed_at", Instant),
)
ticket_counters = Table(
    "ticket_counters",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)
ticket_events = Table(  # append-only
    "ticket_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket", NUMBER, ForeignKey("tickets.number"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("step", String(30), nullable=False),
    Column("role", String(20), nullable=False),
    Column("state", String(30), nullable=False),  # after the step
    Column("fields", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("ticket", "position"),
)
callbacks = Table(  # the applied ones: a repeat is known by its webhook id
    "callbacks",
    metadata,
    Column("webhook_id", String(120), primary_key=True),
    Column("ticket", NUMBER, ForeignKey("tickets.number"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)
destinations = Table(
    "destinations",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("stopped_at", Instant),
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook_id", String(60), nullable=False, unique=True),
    Column("destination", String(40), nullable=False),
    Column("ticket", NUMBER, ForeignKey("tickets.number"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("due_at", Instant, nullable=False),  # the next try; while sending, the end of the worker's lease
    Column("owner", String(120)),
    Column("claims", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    UniqueConstraint("destination", "ticket", "sequence"),
    Index("deliveries_due", "destination", "state", "due_at"),
)
delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery", Integer, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", Integer),
    Column("note", String(80), nullable=False),  # why there is no status; never anything the receiver said
)
worker_heartbeats = Table(
    "worker_heartbeats",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("at", Instant, nullable=False),
)
