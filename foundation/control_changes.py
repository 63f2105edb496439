"""The changes of controls, each a row that stays, and what the trace says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, cast, exists, literal, select, tuple_
from sqlalchemy.engine import Connection

from foundation.audit import log, with_version
from foundation.database import Instant, metadata

SUBJECT = "control:"

changes = Table(
    "control_changes",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("value", JSON, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("control_changes_by_time", "at"),
)


@dataclass(frozen=True)
class Control:
    """What holds now, and who made it so; version 0 is the default that nobody has changed."""

    name: str
    version: int
    value: Any
    actor: str = ""
    reason: str = ""
    at: datetime | None = None


def contents(connection: Connection, rows: Sequence[Any]) -> dict[int, object]:
    """What rows of the trace say of changes; of a change that is gone, None."""
    named = {row.number: with_version(row.subject) for row in rows}
    wanted = tuple_(changes.c.name, changes.c.version).in_(list(named.values()))
    found = connection.execute(select(changes).where(wanted)).all()
    known = {(row.name, row.version): told(Control(**row._mapping)) for row in found}
    return {number: known.get(key) for number, key in named.items()}


def untraced(connection: Connection) -> list[str]:
    """Changes of which the trace knows nothing, in words."""
    subject = literal(SUBJECT).concat(changes.c.name).concat("@").concat(cast(changes.c.version, String))
    missing = select(changes).where(~exists().where(log.c.subject == subject)).order_by(changes.c.at)
    return [f"设置 {row.name} 的第 {row.version} 次改动没有记录" for row in connection.execute(missing)]


def told(change: Control) -> dict[str, Any]:
    """All of a change that the trace keeps a digest of."""
    at = change.at.isoformat() if change.at else ""
    return {"value": change.value, "actor": change.actor, "reason": change.reason, "at": at}
