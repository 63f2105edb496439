"""Months on the city's clocks, written 2026-11, and days, written 2026-11-28, where a time begins or ends with one."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from foundation.clock import local

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
ONE = timedelta(days=1)


def month_of(moment: datetime, timezone: str) -> str:
    """The month that a moment lies in."""
    return local(moment, timezone).strftime("%Y-%m")


def moved(month: str, count: int) -> str:
    """The month that comes so many months later, or earlier; raises ValueError for what is no month."""
    return _written(_place(month) + count)


def span(first: str, last: str) -> list[str]:
    """Every month from the first to the last; raises ValueError for what is no month."""
    return [_written(place) for place in range(_place(first), _place(last) + 1)]


def days(first: str, last: str) -> list[str]:
    """Every day of a time."""
    begin, end = first_day(first), last_day(last)
    return [(begin + ONE * place).isoformat() for place in range((end - begin).days + 1)]


def bounds(first: str, last: str, timezone: str) -> tuple[datetime, datetime]:
    """When the first month or day begins, and when the last one is over."""
    return _begin(first_day(first), timezone), _begin(last_day(last) + ONE, timezone)


def parted(first: str, last: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The whole months of a time, and the first and last day of what it has of other months, two at most."""
    begin, end = first_day(first), last_day(last)
    whole, others = [], []
    for month in span(first[:7], last[:7]):
        if begin <= first_day(month) and last_day(month) <= end:
            whole.append(month)
        else:
            some = max(begin, first_day(month)), min(end, last_day(month))
            others.append((some[0].isoformat(), some[1].isoformat()))
    return whole, others


def first_day(text: str) -> date:
    """The day itself, or the first one of a month; raises ValueError for what is neither."""
    return date.fromisoformat(text if _is_day(text) else f"{_written(_place(text))}-01")


def last_day(text: str) -> date:
    """The same of the last one."""
    day = first_day(text)
    return day if _is_day(text) else (day + 31 * ONE).replace(day=1) - ONE


def _is_day(text: str) -> bool:
    return len(text) == len("2026-11-28")


def _begin(day: date, timezone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))


def _place(month: str) -> int:
    found = MONTH.fullmatch(month)
    if not found:
        raise ValueError(f"{month} is no month like 2026-11")
    return int(found[1]) * 12 + int(found[2]) - 1


def _written(place: int) -> str:
    return f"{place // 12}-{place % 12 + 1:02d}"
