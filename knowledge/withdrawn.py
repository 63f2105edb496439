"""Entries taken back at once: no revision up to the one withdrawn is answered from, whatever snapshot serves.

A later revision, approved and published, is a new answer and serves again by itself.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from foundation.clock import now
from foundation.database import Database
from knowledge.drafts import APPROVED, IN_REVIEW, OPEN_STATES
from knowledge.tables import drafts, entries, revisions, withdrawals

LOOK_AGAIN_SECONDS = 1.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Withdrawal:
    """Who took an entry back, when and why."""

    entry: str
    up_to: int
    by: str
    reason: str
    at: datetime


def withdraw(connection: Connection, entry: str, by: str, reason: str) -> tuple[int, bool]:
    """Take back every revision that an entry has now: the highest, and whether its draft waits for review again.

    What was approved before could bring the entry back unseen, on its day or by a build under way, so somebody has to
    approve it anew. Raises LookupError when nothing is published.
    """
    published = select(entries.c.published_revision).where(entries.c.id == entry)
    if connection.execute(published.with_for_update()).scalar() is None:
        raise LookupError(f"{entry} is not published")
    highest = int(connection.execute(select(func.max(revisions.c.revision)).where(revisions.c.entry == entry)).scalar())
    values = {"entry": entry, "up_to": highest, "by": by, "reason": reason, "at": now()}
    connection.execute(insert(withdrawals).values(**values))
    # touched: a changed file must not bring it back by itself
    connection.execute(update(entries).where(entries.c.id == entry).values(published_revision=None, touched=True))
    drafted = update(drafts).where(drafts.c.entry == entry)
    connection.execute(drafted.where(drafts.c.state.in_(OPEN_STATES)).values(revision=None))  # it becomes a later one
    waits = {"state": IN_REVIEW, "judged_by": None, "publish_on": None, "version": drafts.c.version + 1}
    return highest, bool(connection.execute(drafted.where(drafts.c.state == APPROVED).values(**waits)).rowcount)


def up_to(connection: Connection) -> dict[str, int]:
    """The highest revision that is withdrawn, by entry."""
    highest = select(withdrawals.c.entry, func.max(withdrawals.c.up_to)).group_by(withdrawals.c.entry)
    return {entry: int(revision) for entry, revision in connection.execute(highest)}


def latest(connection: Connection, entry: str) -> Withdrawal | None:
    """The last time that an entry was taken back."""
    query = select(withdrawals).where(withdrawals.c.entry == entry).order_by(withdrawals.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return Withdrawal(row.entry, row.up_to, row.by, row.reason, row.at) if row else None


class Withdrawn:
    """Follows the list for a process that answers; it is at most a second old."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Mapping[str, int] = {}
        self._look_at = 0.0
        self._guard = threading.Lock()

    def of(self, serving: Mapping[str, int]) -> frozenset[str]:
        """Those entries of a snapshot, given with their revisions, that may not be answered from."""
        return frozenset(entry for entry, last in self._list().items() if 0 < serving.get(entry, 0) <= last)

    def _list(self) -> Mapping[str, int]:
        with self._guard:
            if monotonic() >= self._look_at:
                self._look_at = monotonic() + LOOK_AGAIN_SECONDS
                try:
                    with self._database.reading() as connection:
                        self._known = up_to(connection)
                except SQLAlchemyError:  # what is known goes on counting; answering does not hang on this list
                    log.exception("the list of withdrawn entries cannot be read")
            return self._known
