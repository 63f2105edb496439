"""What is to be checked again: entries whose day has come, and those that somebody marked, with the reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Column, Index, Integer, String, Table, Text, insert, select, text, update
from sqlalchemy.engine import Connection

from foundation.clock import local, now
from foundation.database import Instant, metadata
from knowledge.entry import Entry, check_again_on
from knowledge.listing import EXPIRED, WITHDRAWN, Listed
from knowledge.rendering import as_markdown

SOON = timedelta(days=30)
LONGEST_REASON = 500

marks = Table(
    "review_marks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry", String(80), nullable=False),
    Column("revision", Integer, nullable=False),  # the published one at that time; a newer one settles the mark
    Column("source", String(80), nullable=False),  # what changed; empty where it was something else
    Column("reason", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("settled_by", String(80)),
    Column("settled_at", Instant),
    Index(
        "open_review_marks",
        "entry",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
)


@dataclass(frozen=True)
class Mark:
    """Somebody's word that an entry must be checked at once."""

    entry: str
    revision: int
    source: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Review:
    """One entry to be checked: since when or until when, and why."""

    entry: Listed
    day: date
    marks: tuple[Mark, ...]


def mark(connection: Connection, revisions: Mapping[str, int], source: str, reason: str, by: str) -> int:
    """Mark entries at their published revisions as to be checked today; what is marked already stays. Counts them."""
    known = {one.entry for few in open_marks(connection).values() for one in few if one.source == source}
    added = [entry for entry in revisions if entry not in known]
    for entry in added:
        values = {"entry": entry, "revision": revisions[entry], "source": source, "reason": reason, "by": by}
        connection.execute(insert(marks).values(**values, at=now()))
    return len(added)


def unmark(connection: Connection, entry: str, by: str) -> int:
    """Take an entry's marks back; counts them."""
    unsettled = (marks.c.entry == entry, marks.c.settled_at.is_(None))
    return int(connection.execute(update(marks).where(*unsettled).values(settled_by=by, settled_at=now())).rowcount)


def open_marks(connection: Connection) -> dict[str, list[Mark]]:
    """The marks that nobody has taken back, by entry, the latest first."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for row in connection.execute(select(marks).where(marks.c.settled_at.is_(None)).order_by(marks.c.id.desc())):
        found[row.entry].append(Mark(row.entry, row.revision, row.source, row.reason, row.by, row.at))
    return found


def due(
    listed: Iterable[Listed], marked: Mapping[str, list[Mark]], today: date, timezone: str
) -> tuple[list[Review], list[Review]]:
    """What is due, the longest waiting first, and what will be soon, in days of the city's time zone.

    A mark ends with the next published revision.
    """
    now_due, soon = [], []
    for one in listed:
        if {WITHDRAWN, EXPIRED} & one.states:
            continue
        standing = tuple(given for given in marked.get(one.id, ()) if one.revision <= given.revision)
        if standing:
            now_due.append(Review(one, min(local(given.at, timezone).date() for given in standing), standing))
        elif one.review_by and one.review_by <= today:
            now_due.append(Review(one, one.review_by, ()))
        elif one.review_by and one.review_by <= today + SOON:
            soon.append(Review(one, one.review_by, ()))
    return sorted(now_due, key=_by_day), sorted(soon, key=_by_day)


def checked(entry: Entry, today: date) -> str:
    """The same entry's text, checked today and to be checked again in half a year."""
    return as_markdown(replace(entry, checked_on=today, review_by=check_again_on(today)))


def _by_day(review: Review) -> tuple[date, str]:
    return review.day, review.entry.id
