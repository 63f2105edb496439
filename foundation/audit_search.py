"""Reading the trace: by actor, act, thing and day, the newest first.

Newest is by the clock, not by number: a clock that was set back, or demonstration data, adds earlier moments later.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import literal, or_, select, tuple_
from sqlalchemy.engine import Connection

from foundation.audit import AT_ONCE, log

PAGE = 50
PARTS = "@/"  # what stands between a thing and its revision or turn


@dataclass(frozen=True)
class Search:
    """What is looked for; what is empty lets everything through. `until` itself is outside.

    A thing is found with its parts: entry:x also finds entry:x@3, conversation:y also finds conversation:y/2.
    """

    actor: str = ""
    act: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def found(connection: Connection, search: Search, before: int | None = None, limit: int = PAGE) -> list[Any]:
    """The newest rows that fit, older than that of a number where it is given; none where there is no such row."""
    older: list[Any] = []
    if before is not None:
        last = connection.execute(select(log.c.at).where(log.c.number == before)).scalar()
        if last is None:
            return []
        if search.until is None or last < search.until:  # one upper bound only: the index begins at it
            search = replace(search, until=None)
            older = [tuple_(log.c.at, log.c.number) < tuple_(literal(last, log.c.at.type), before)]
    rows = select(log).where(*_conditions(search), *older).order_by(log.c.at.desc(), log.c.number.desc())
    return list(connection.execute(rows.limit(limit)))


def every(connection: Connection, search: Search, at_once: int = AT_ONCE) -> Iterator[dict[str, Any]]:
    """All that fit, the newest first, few of them in memory at a time."""
    before: int | None = None
    while page := found(connection, search, before, at_once):
        yield from (as_told(row) for row in page)
        before = page[-1].number


def as_told(row: Any) -> dict[str, Any]:
    """A row as a program reads it."""
    told = {name: row._mapping[name] for name in ("number", "actor", "act", "subject", "facts", "digest")}
    return told | {"at": row.at.isoformat()}


def _conditions(search: Search) -> Iterator[Any]:
    for name in ("actor", "act"):
        if getattr(search, name):
            yield log.c[name] == getattr(search, name)
    if search.subject:
        ends = ((f"{search.subject}{sign}", f"{search.subject}{chr(ord(sign) + 1)}") for sign in PARTS)
        parts = ((log.c.subject > first) & (log.c.subject < last) for first, last in ends)
        yield or_(log.c.subject == search.subject, *parts)
    if search.since:
        yield log.c.at >= search.since
    if search.until:
        yield log.c.at < search.until
