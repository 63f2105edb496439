"""Days on the city's clocks, written 2026-11-28."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from foundation.clock import local

ONE = timedelta(days=1)


def day_of(moment: datetime, timezone: str) -> str:
    """The day that a moment lies in."""
    return local(moment, timezone).date().isoformat()


def span(first: date, last: date) -> list[str]:
    """Every day from the first to the last."""
    return [(first + ONE * place).isoformat() for place in range((last - first).days + 1)]


def bounds(first: date, last: date, timezone: str) -> tuple[datetime, datetime]:
    """When the first day begins, and when the last one is over."""
    return _begin(first, timezone), _begin(last + ONE, timezone)


def _begin(day: date, timezone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
