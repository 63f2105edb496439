"""How long citizens waited until a person took over."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from conversations.handover.tables import handovers

STEP = 5  # seconds that waits are rounded to
AT_ONCE = 50


@dataclass(frozen=True)
class Page:
    """Some waits that came to an end, the latest first; the next page goes on after the row `after` (0 at the end)."""

    waits: list[Any]
    count: int  # of all pages
    after: int


def waited(connection: Connection, begin: datetime, end: datetime) -> dict[str, Counter[int]]:
    """By channel, the rounded seconds of the waits that began in this time and came to an end."""
    found = defaultdict[str, Counter[int]](Counter)
    h = handovers.c
    for channel, seconds in connection.execute(select(h.channel, h.waited_seconds).where(*_ended(begin, end))):
        found[channel][STEP * round(seconds / STEP)] += 1
    return found


def ended_since(connection: Connection, moment: datetime) -> list[datetime]:
    """When the waits began that have come to an end since then."""
    since = select(handovers.c.asked_at).where(handovers.c.first_taken_at > moment)
    return list(connection.execute(since).scalars())


def listed(connection: Connection, begin: datetime, end: datetime, channel: str | None, after: int = 0) -> Page:
    """A page of the waits that the figures of this time count, of one channel or of all."""
    mine = [*_ended(begin, end), *([handovers.c.channel == channel] if channel is not None else [])]
    count = connection.execute(select(func.count()).select_from(handovers).where(*mine)).scalar_one()
    earlier = [handovers.c.id < after] if after else []  # who asked earlier has the lower number
    query = select(handovers).where(*mine, *earlier).order_by(handovers.c.id.desc()).limit(AT_ONCE + 1)
    rows = list(connection.execute(query).all())
    return Page(rows[:AT_ONCE], count, rows[AT_ONCE - 1].id if len(rows) > AT_ONCE else 0)


def _ended(begin: datetime, end: datetime) -> tuple[Any, ...]:
    h = handovers.c
    return h.asked_at >= begin, h.asked_at < end, h.waited_seconds.is_not(None)
