"""Tables of the knowledge store."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from foundation.database import Instant, metadata

sources = Table(
    "sources",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("number", String(80), nullable=False),
    Column("issuer", String(120), nullable=False),
    Column("year", Integer, nullable=False),
    Column("url", String(500), nullable=False),
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
gaps = Table(
    "gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, index=True),  # digest of the question's letters
    Column("question", Text, nullable=False),  # identifying numbers stand in it as tokens
    Column("conversation", String(80), nullable=False, index=True),
    Column("at", Instant, nullable=False),
)
