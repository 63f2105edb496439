"""Time limits in Chinese working days, as time_limits.yml sets them."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from foundation.working_days import after_working_days, before_working_days, is_working_day, working_days_between

Span = dict[str, int]  # days or hours
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Notice:
    """What is written when a limit comes near or has passed."""

    name: str
    limit: str  # the column: contact_by or handle_by
    days: int
    step: str
    reason: str = ""


@dataclass(frozen=True)
class TimeLimits:
    """The table of the file."""

    lines: tuple[dict[str, Any], ...]
    urgency: dict[str, str]
    notices: tuple[Notice, ...]
    near_hours: int
    waiting: Span
    closing_days: int
    reopened_handling: Span
    reopenings_told: int

    def spans(self, kind: str, urgency: str) -> tuple[Span, Span]:
        """How long until first contact, and until the answer."""
        fits = (line for line in self.lines if _fits(line, kind, urgency))
        line = next(fits)
        return line["contact"], line["handling"]


@cache
def time_limits() -> TimeLimits:
    """The file, read once."""
    content = yaml.safe_load((Path(__file__).parent / "time_limits.yml").read_text(encoding="utf-8"))
    notices = tuple(Notice(**line) for line in content.pop("notices"))
    return TimeLimits(lines=tuple(content.pop("limits")), notices=notices, **content)


def due(at: datetime, span: Span, timezone: str) -> datetime:
    """When a span that begins now ends: hours by the clock, days at the end of the last working day."""
    if "hours" in span:
        return at + timedelta(hours=span["hours"])
    day = after_working_days(at.astimezone(ZoneInfo(timezone)).date(), span["days"])
    return datetime.combine(day, END_OF_DAY, ZoneInfo(timezone))


def resumed(limit: datetime, paused: datetime, at: datetime, timezone: str) -> datetime:
    """The limit after a pause: moved by as long as the clock stood; a passed limit stays passed."""
    zone = ZoneInfo(timezone)
    end = limit.astimezone(zone)
    if limit <= paused:
        return limit
    if end.time() != END_OF_DAY:  # it counts hours
        return limit + (at - paused)
    stood = working_days_between(paused.astimezone(zone).date(), at.astimezone(zone).date())
    return datetime.combine(after_working_days(end.date(), stood), end.timetz())


def shifted(limit: datetime, old: datetime, now: datetime | None, timezone: str) -> datetime:
    """A limit moved by as much as another one was that began as `old` and stands at `now`."""
    if now is None or now <= old:
        return limit
    zone = ZoneInfo(timezone)
    if limit.astimezone(zone).time() != END_OF_DAY:  # it counts hours
        return limit + (now - old)
    return moved(limit, working_days_between(old.astimezone(zone).date(), now.astimezone(zone).date()), timezone)


def moved(moment: datetime, days: int, timezone: str) -> datetime:
    """The same time of day some working days later, or earlier."""
    at = moment.astimezone(ZoneInfo(timezone))
    day = after_working_days(at.date(), days) if days >= 0 else before_working_days(at.date(), -days)
    return datetime.combine(day, at.timetz())


def past(at: datetime, days: int, timezone: str) -> datetime:
    """The latest moment after which `days` working days have gone by now (negative: before which they are left).

    A day that nobody works counts for nothing: on a Saturday no more has gone by than on Friday at its end.
    """
    here = at.astimezone(ZoneInfo(timezone))
    if days and not is_working_day(here.date()):
        here = datetime.combine(before_working_days(here.date(), 1), time.max, ZoneInfo(timezone))
    return moved(here, -days, timezone)


def _fits(line: dict[str, Any], kind: str, urgency: str) -> bool:
    return (line.get("kind", kind), line.get("urgency", urgency)) == (kind, urgency)
