"""Tables of the knowledge store."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from foundation.database import Instant, metadata

OPEN = "state IN ('draft', 'in_review', 'approved', 'sent_back')"

sources = Table(
    "sources",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("number", String(80), nullable=False),
    Column("issuer", String(120), nullable=False),
    Column("year", Integer, nullable=False),
    Column("url", String(500), nullable=False),
    Column("touched", Boolean, nullable=False, default=False),
)
source_changes = Table(
    "source_changes",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("before", JSON, nullable=False),  # what it said when the change was asked for
    Column("after", JSON, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(20), nullable=False, index=True),  # waiting, accepted, dropped
    Column("judged_by", String(80)),
    Column("judged_at", Instant),
)
entries = Table(
    "entries",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("domain", String(40), nullable=False),
    Column("title", String(120), nullable=False),  # of the published revision
    Column("published_revision", Integer),
    Column("touched", Boolean, nullable=False, default=False),
)
revisions = Table(
    "revisions",
    metadata,
    Column("entry", String(80), ForeignKey("entries.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("markdown", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("author", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("signed_by", String(80)),
    Column("signed_at", Instant),
)
calculator_signatures = Table(
    "calculator_signatures",
    metadata,
    Column("calculator", String(80), primary_key=True),
    Column("digest", String(64), primary_key=True),  # of the rules that were signed
    Column("signed_by", String(80), nullable=False),
    Column("signed_at", Instant, nullable=False),
)
gaps = Table(
    "gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, index=True),  # digest of the question's letters
    Column("question", Text, nullable=False),  # identifying numbers stand in it as tokens
    Column("conversation", String(80), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
)
drafts = Table(
    "drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry", String(80), nullable=False),  # may name an entry that is not there yet
    Column("title", String(120), nullable=False),  # as far as the text has one
    Column("domain", String(40), nullable=False),
    Column("markdown", Text, nullable=False),
    Column("base", Integer, nullable=False),  # the revision it started from; 0 = a new entry
    Column("author", String(80), nullable=False),  # who saved last
    Column("authors", JSON, nullable=False),  # everyone who wrote any version
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("note", Text, nullable=False, default=""),  # of whoever sent it back, or why it was not published
    Column("judged_by", String(80)),  # who approved or sent back
    Column("publish_on", Instant),  # an approved draft goes out then
    Column("revision", Integer),  # what it became
    Column("because", String(160), nullable=False, default=""),  # a reference to what asked for it
    Column("because_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("published_at", Instant),
    Index("drafts_by_entry", "entry", "id"),
    Index("drafts_by_state", "state", "changed_at"),
    Index("one_open_draft", "entry", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
)
editing = Table(
    "drafts_editing",
    metadata,
    Column("entry", String(80), primary_key=True),
    Column("who", String(40), primary_key=True),  # an account
    Column("label", String(80), nullable=False),
    Column("at", Instant, nullable=False),
)
withdrawals = Table(
    "entry_withdrawals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry", String(80), nullable=False, index=True),
    Column("up_to", Integer, nullable=False),  # this revision and all before it
    Column("by", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
publish_jobs = Table(
    "publish_jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),  # publish, or rollback
    Column("asked_by", String(80), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("entries", JSON, nullable=False),  # whose approved drafts are published; none = only a new index
    Column("revisions", JSON, nullable=False),  # what those drafts become, by entry
    Column("snapshot", String(40), nullable=False, default=""),  # to go back to, or what was built
    Column("despite", Text, nullable=False, default=""),  # a publisher's reason to go on although checks say no
    Column("state", String(20), nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("said", Text, nullable=False, default=""),  # the latest word of progress, or why it ended so
    Column("checks", JSON),
    Column("started_at", Instant),
    Column("seen_at", Instant),  # the last sign of life while it runs
    Column("ended_at", Instant),
)
reviewed_cases = Table(
    "reviewed_cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question", Text, nullable=False),  # identifying numbers are cut out of it
    Column("entry", String(80), nullable=False),  # that must come first; empty where no entry is right
    Column("outcome", String(30), nullable=False),  # how such a question should end
    Column("corrects", Boolean, nullable=False),  # it was judged because another answer was given
    Column("by", String(80), nullable=False),
    Column("judged_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),  # asked at every publishing, or aside
    Column("conversation", String(32)),  # with the turn: where it comes from, until that is erased
    Column("turn", Integer),
    Column("revision", Integer, nullable=False),  # of the entry that was published when it was judged; 0: none
    Column("live_at", Instant),  # when a snapshot that answers it, or holds a newer revision, began to serve
    Column("live_snapshot", String(40)),
    Column("live_by", String(20)),  # revision or answer
    UniqueConstraint("conversation", "turn"),
    Index("reviewed_cases_by_age", "corrects", "judged_at"),
    Index("reviewed_cases_waiting", "live_at", "state"),
)
