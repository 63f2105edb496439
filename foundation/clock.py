"""The one place that reads the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

# What is older or later than these is asked for by nobody but those who try; beyond them sums of days overflow.
FIRST_DAY, LAST_DAY = date(2010, 1, 1), date(2099, 12, 31)


@dataclass
class Hands:
    """A clock whose hands are moved, for demonstration data that has a past."""

    at: datetime


_hands: ContextVar[Hands | None] = ContextVar("hands", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    hands = _hands.get()
    return hands.at.astimezone(UTC) if hands else datetime.now(UTC)


@contextmanager
def moved() -> Iterator[Hands]:
    """Within it, and in this thread alone, the time is what the hands say; they begin at the present."""
    hands = Hands(now())
    token = _hands.set(hands)
    try:
        yield hands
    finally:
        _hands.reset(token)


def local(moment: datetime, timezone: str) -> datetime:
    """The same moment on the clocks of a time zone such as Asia/Shanghai."""
    return moment.astimezone(ZoneInfo(timezone))


def day_asked(text: str) -> date | None:
    """The day that an address asks for, brought between the first and the last one; None for what is no day."""
    try:
        return min(max(date.fromisoformat(text.strip()), FIRST_DAY), LAST_DAY)
    except ValueError:
        return None


def moment_asked(text: str) -> datetime:
    """The aware moment that an address asks for; raises ValueError for what is none, or far from every day."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise ValueError(f"a moment without a zone, or out of reach: {text}")
    return moment
