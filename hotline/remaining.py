"""How much time is left until a limit, in words."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from foundation.clock import local
from foundation.working_days import working_days_between
from hotline.nearness import is_near
from hotline.order import UNANSWERED_STATES
from hotline.time_limits import END_OF_DAY, moved

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAR = 100  # working days; beyond it nobody counts


@dataclass(frozen=True)
class Left:
    """What people read, and how pressing it is: late, soon, or neither."""

    words: str
    level: str = ""


def left(ticket: Any, at: datetime, timezone: str) -> Left:
    """How long a ticket's department or operator has until the answer is due; empty once there is nothing to do."""
    if ticket.state not in UNANSWERED_STATES or ticket.handle_by is None:
        return Left("")
    if ticket.state == "waiting_for_citizen":
        return Left("等市民，暂停计时")
    found = until(ticket.handle_by, at, timezone)
    return found if found.level != "soon" or is_near(ticket, at, timezone) else replace(found, level="")


def contact_left(ticket: Any, at: datetime, timezone: str) -> Left:
    """The same for the first contact; empty once there was one."""
    if ticket.contacted_at or ticket.contact_by is None or ticket.state not in UNANSWERED_STATES:
        return Left("")
    if ticket.state == "waiting_for_citizen":
        return Left("等市民，暂停计时")
    return until(ticket.contact_by, at, timezone)


def until(limit: datetime, at: datetime, timezone: str) -> Left:
    """The time between a moment and a limit: minutes and hours by the clock, days as working days."""
    end, today = local(limit, timezone), local(at, timezone)
    if end <= today:
        return Left(f"超期 {_span(today - end, _working_days(end.date(), today.date()))}", "late")
    level = "soon" if limit <= moved(at, 1, timezone) else ""
    if end.time() == END_OF_DAY:
        days = _working_days(today.date(), end.date())
        return Left(f"还剩 {_counted(days)}" if days else "今天到期", level)
    return Left(f"还剩 {_span(end - today, _working_days(today.date(), end.date()))}", level)


def _span(span: timedelta, days: int) -> str:
    if span < HOUR:
        return f"{max(1, span // timedelta(minutes=1))} 分钟"
    if span < DAY or not days:
        return f"{span // HOUR} 小时"
    return _counted(days)


def _counted(days: int) -> str:
    return f"{days} 个工作日" if days < FAR else f"{FAR} 个工作日以上"


@lru_cache(maxsize=1024)
def _working_days(first: date, last: date) -> int:
    return FAR if (last - first).days > 2 * FAR else working_days_between(first, last)
