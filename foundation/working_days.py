"""Chinese working days: as announced, and for years not announced yet, by the statutory holidays alone."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar
import yaml

OVERRIDES = Path(__file__).parent / "working_days.yml"
SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Tell whether offices are open; the override file comes first, then the announced calendar, then weekdays."""
    free, worked = _overrides()
    if day in worked:
        return True
    if day in free:
        return False
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year that the library does not know
        return day.weekday() < SATURDAY


def after_working_days(day: date, count: int) -> date:
    """The working day that is `count` working days after this day; the day itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def before_working_days(day: date, count: int) -> date:
    """The working day that is `count` working days before this day."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first`, up to and with `last`."""
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


@cache
def _overrides() -> tuple[frozenset[date], frozenset[date]]:
    content = yaml.safe_load(OVERRIDES.read_text(encoding="utf-8"))
    return frozenset(content["free"]), frozenset(content["worked"])
