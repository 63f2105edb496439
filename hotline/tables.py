"""Tables of tickets and of what goes to and comes from the hotline; texts in them hold tokens, never originals."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from foundation.database import Instant, metadata
from hotline.order import EXTENSION_ASKED, IS_MERGED, IS_PART, ON_BOARD, PUBLISHED, RETURNED, TO_DO, UNANSWERED

NUMBER = String(24)
DEPARTMENT = String(80)  # an id of departments.yml, or the name that the hotline gave


def _text(name: str, length: int) -> Column:
    """A text that is empty until it is known."""
    return Column(name, String(length), nullable=False, default="", server_default="")


def _count(name: str) -> Column:
    return Column(name, Integer, nullable=False, default=0, server_default="0")


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
    _text("street", 80),
    Column("latitude", Float),
    Column("longitude", Float),
    _text("entry", 80),  # the entry that was being read when the citizen gave up on it
    _text("audience", 20),  # "supervisors": the departments never see it
    _text("parent", 24),  # the ticket that this one was split from
    Column("handled_by", String(20), nullable=False),
    # What follows is the standing that its events lead to (standing.py), kept for lists and figures.
    Column("state", String(30), nullable=False),
    Column("version", Integer, nullable=False),  # the number of its events
    _text("category", 60),
    _text("urgency", 20),
    _text("district", 20),
    _text("department", 80),  # the leading one
    Column("joint", JSON, nullable=False, default=list, server_default="[]"),
    Column("contact_by", Instant),
    Column("handle_by", Instant),
    Column("paused_at", Instant),
    Column("wait_by", Instant),
    Column("accepted_at", Instant),  # the first time, as with dispatched_at and contacted_at
    Column("dispatched_at", Instant),
    Column("contacted_at", Instant),
    Column("answered_at", Instant),
    Column("closed_at", Instant),
    Column("solved", Boolean),
    _text("satisfaction", 30),
    _count("returns"),
    _count("recalls"),
    _count("reopens"),
    _count("urges"),
    _count("extensions"),
    Column("extension_asked", Instant),
    _text("main", 24),
    Column(
        "summary", Text, nullable=False, default="", server_default=""
    ),  # what the public may read; staff approved it
    Column("sequence", Integer, nullable=False, default=0),  # the last message we wrote to the hotline
    Column("callback_sequence", Integer, nullable=False, default=0),  # the last callback applied
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("code", Text, nullable=False),  # sealed
    Column("token", Text, nullable=False),  # sealed
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("code_failures", Integer, nullable=False, default=0),
    Column("code_failed_at", Instant),
    Index("tickets_by_handling", "state", "handle_by", "audience"),
    Index("tickets_by_state", "state", "number"),
    Index("tickets_to_do", *TO_DO, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
    Index("tickets_returned", "state", "audience", sqlite_where=RETURNED, postgresql_where=RETURNED),
    Index("tickets_by_parent", "parent", sqlite_where=IS_PART, postgresql_where=IS_PART),
    Index("tickets_by_main", "main", sqlite_where=IS_MERGED, postgresql_where=IS_MERGED),
    Index("tickets_on_board", *ON_BOARD, sqlite_where=PUBLISHED, postgresql_where=PUBLISHED),
    Index("tickets_asking", "state", "audience", sqlite_where=EXTENSION_ASKED, postgresql_where=EXTENSION_ASKED),
    Index("tickets_by_contact", "state", "contact_by"),
    Index("tickets_by_department", "department", "state", "handle_by", "extension_asked", "audience"),
    Index("tickets_by_opening", "opened_at"),
    Index("tickets_by_department_opening", "department", "opened_at"),
    Index("tickets_by_change", "changed_at"),
)
assignments = Table(  # who has a share of it now; a projection of the events
    "assignments",
    metadata,
    Column("ticket", NUMBER, ForeignKey("tickets.number"), primary_key=True),
    Column("department", DEPARTMENT, primary_key=True),
    Column("leading", Boolean, nullable=False),
    Index("assignments_by_department", "department", "leading", "ticket"),
)
ticket_followers = Table(  # conversations that joined it; told as its citizen is
    "ticket_followers",
    metadata,
    Column("ticket", NUMBER, ForeignKey("tickets.number"), primary_key=True),
    Column("conversation", String(80), primary_key=True),
    Column("at", Instant, nullable=False),
    Index("followers_by_conversation", "conversation"),
)
ticket_looks = Table(  # who of the staff had a ticket's numbers shown: who the citizen is, and how to reach them
    "ticket_looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket", NUMBER, ForeignKey("tickets.number"), nullable=False, index=True),
    Column("actor", String(40), nullable=False),
    Column("at", Instant, nullable=False),
)
ticket_notices = Table(  # each notice of a time limit once, also when two workers find it due
    "ticket_notices",
    metadata,
    Column("ticket", NUMBER, ForeignKey("tickets.number"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("due_at", Instant, primary_key=True),  # the limit that it speaks of; an extension makes a new one
    Column("at", Instant, nullable=False),
)
event_notices = Table(  # events that their citizen has not been told of; the transaction that tells takes the row away
    "event_notices",
    metadata,
    Column("ticket", NUMBER, ForeignKey("tickets.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Index("event_notices_by_age", "at"),
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
    _text("actor", 40),  # the account of staff
    Column("state", String(30), nullable=False),  # after the step
    Column("fields", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("ticket", "position"),
    Index("events_by_step", "step", "at"),
)
callbacks = Table(  # the applied ones: a repeat is known by its webhook id
    "callbacks",
    metadata,
    Column("webhook_id", String(120), primary_key=True),
    Column("ticket", NUMBER, ForeignKey("tickets.number"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)
destinations = Table(  # entered at the desk; the city's own hotline, set in the environment, has a row when it stopped
    "destinations",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("url", Text, nullable=False, default="", server_default=""),
    Column("secrets", Text, nullable=False, default="", server_default=""),  # sealed, comma-separated when opened
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
    Column("body", Text, nullable=False),  # JSON, sealed under the ticket's key
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
uploads = Table(  # pictures on their way into a report, or in one
    "uploads",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("uploader", String(64), nullable=False, index=True),  # keyed digest of whoever sent it
    Column("ticket", NUMBER, ForeignKey("tickets.number"), index=True),
    Column("position", Integer, nullable=False, default=0),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("taken", Text, nullable=False, default=""),  # sealed: place and time from the picture, with consent
    Column("visibility", String(20), nullable=False, default="staff"),  # staff, public, hidden
    Column("blurred", JSON, nullable=False, default=list, server_default="[]"),  # rectangles the public never sees
    Column("at", Instant, nullable=False),
)
figure_cells = Table(  # what figures add up from: tickets of one month that share a value
    "figure_cells",
    metadata,
    Column("dimension", String(20), primary_key=True),
    Column("month", String(7), primary_key=True),  # of opening, such as 2026-11
    Column("value", String(80), primary_key=True),
    Column("audience", String(20), primary_key=True),
    Column("counts", JSON, nullable=False),
    Column("stages", JSON, nullable=False),  # how many tickets took how long
)
figure_months = Table(  # the moment as of which a month's cells are right
    "figure_months",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("at", Instant, nullable=False),
)
suggestions = Table(  # where a ticket probably belonged, as it was said then
    "suggestions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket", NUMBER, ForeignKey("tickets.number"), nullable=False, index=True),
    Column("category", String(60), nullable=False),
    Column("department", DEPARTMENT, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("source", String(20), nullable=False),  # rule, model, words, category
    Column("reason", Text, nullable=False),
    Column("model", String(40), nullable=False),
    Column("at", Instant, nullable=False),
)
worker_heartbeats = Table(
    "worker_heartbeats",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("at", Instant, nullable=False),
)
