"""Changes to sources, which live cards show: asked for by one person, accepted by another, undone in one step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.clock import now
from knowledge.drafts import NotAllowed
from knowledge.sources import FIELDS
from knowledge.tables import source_changes as changes
from knowledge.tables import sources

WAITING, ACCEPTED, DROPPED = "waiting", "accepted", "dropped"
OVERTAKEN = "别人刚才动过这件依据，请看过现在的内容再改。"


@dataclass(frozen=True)
class Change:
    """One change of a source: what it said, what it is to say, who asked for it and who decided."""

    source: str
    version: int
    before: dict[str, Any]
    after: dict[str, Any]
    by: str
    at: datetime
    state: str
    judged_by: str | None
    judged_at: datetime | None

    @property
    def fields(self) -> list[str]:
        """What it changes."""
        return [name for name in FIELDS if self.before[name] != self.after[name]]


def latest(connection: Connection, source: str) -> Change | None:
    """The last change of a source, or None."""
    last = select(changes).where(changes.c.source == source).order_by(changes.c.version.desc()).limit(1)
    row = connection.execute(last).first()
    return Change(**row._mapping) if row else None


def waiting(connection: Connection) -> list[Change]:
    """What waits for another person, the oldest first."""
    found = select(changes).where(changes.c.state == WAITING).order_by(changes.c.at, changes.c.source)
    return [Change(**row._mapping) for row in connection.execute(found)]


def propose(connection: Connection, source: str, after: Mapping[str, Any], by: str, version: int) -> Change:
    """Ask for a change; `version` is the last change that its author saw, 0 for none. Cards stay as they are.

    Raises NotAllowed when somebody was quicker, when nothing changes, and while another change waits.
    """
    last, before = latest(connection, source), _said(connection, source)
    if (last.version if last else 0) != version:
        raise NotAllowed(OVERTAKEN)
    if last and last.state == WAITING:
        raise NotAllowed("这件依据有一处改动还没确认，先确认或放弃它。")
    if before == after:
        raise NotAllowed("没有改动。")
    return _add(connection, source, version + 1, before, after, by)


def accept(connection: Connection, source: str, by: str, version: int) -> Change:
    """Let a change show on the cards. Raises NotAllowed for its author, and when the source is another by now."""
    change = _expected(connection, source, version, WAITING)
    if change.by == by:
        raise NotAllowed("自己改的依据要由别人确认。")
    if _said(connection, source) != change.before:
        raise NotAllowed("提出以后，这件依据又变过。请放弃这处改动，重新改。")
    _say(connection, source, change.after)
    return _judged(connection, change, ACCEPTED, by)


def drop(connection: Connection, source: str, by: str, version: int) -> Change:
    """Give a waiting change up. Raises NotAllowed."""
    return _judged(connection, _expected(connection, source, version, WAITING), DROPPED, by)


def undo(connection: Connection, source: str, by: str, version: int) -> Change:
    """Let the source say again what it said before the last accepted change. Raises NotAllowed."""
    last = _expected(connection, source, version, ACCEPTED)
    if _said(connection, source) != last.after:
        raise NotAllowed(OVERTAKEN)
    _say(connection, source, last.before)
    back = _add(connection, source, version + 1, last.after, last.before, by)
    return _judged(connection, back, ACCEPTED, by)


def _add(
    connection: Connection, source: str, version: int, before: Mapping[str, Any], after: Mapping[str, Any], by: str
) -> Change:
    key = {"source": source, "version": version, "by": by, "at": now(), "state": WAITING}
    try:
        connection.execute(insert(changes).values(**key, before=dict(before), after=dict(after)))
    except IntegrityError as error:
        raise NotAllowed(OVERTAKEN) from error
    return _expected(connection, source, version, WAITING)


def _expected(connection: Connection, source: str, version: int, state: str) -> Change:
    """The last change of a source, in this state; nobody else decides on it meanwhile."""
    connection.execute(select(sources.c.id).where(sources.c.id == source).with_for_update())
    last = latest(connection, source)
    if last is None or (last.version, last.state) != (version, state):
        raise NotAllowed(OVERTAKEN)
    return last


def _judged(connection: Connection, change: Change, state: str, by: str) -> Change:
    key = (changes.c.source == change.source, changes.c.version == change.version)
    values = {"state": state, "judged_by": by, "judged_at": now()}
    connection.execute(update(changes).where(*key).values(**values))
    return Change(**vars(change) | values)


def _said(connection: Connection, source: str) -> dict[str, Any]:
    row = connection.execute(select(sources).where(sources.c.id == source)).one()
    return {name: row._mapping[name] for name in FIELDS}


def _say(connection: Connection, source: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(sources).where(sources.c.id == source).values(**values, touched=True))
