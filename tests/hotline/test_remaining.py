"""How much time is left, in words."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from hotline.remaining import contact_left, left, until
from tests.hotline.clock import shanghai

ZONE = "Asia/Shanghai"
FRIDAY = "2026-11-27 10:00"
END = "23:59:59"


@pytest.mark.parametrize(
    ("limit", "words", "level"),
    [
        (f"2026-12-08 {END}", "还剩 7 个工作日", ""),
        (f"2026-12-01 {END}", "还剩 2 个工作日", ""),
        (f"2026-11-30 {END}", "还剩 1 个工作日", ""),
        (f"2026-11-27 {END}", "今天到期", "soon"),
        ("2026-11-27 13:30", "还剩 3 小时", "soon"),
        ("2026-11-27 10:00:30", "还剩 1 分钟", "soon"),
        ("2026-11-27 10:00", "超期 1 分钟", "late"),
        ("2026-11-27 06:59", "超期 3 小时", "late"),
        (f"2026-11-25 {END}", "超期 2 个工作日", "late"),
        ("2025-11-25 10:00", "超期 100 个工作日以上", "late"),
    ],
)
def test_time_is_said_in_minutes_hours_and_working_days(limit: str, words: str, level: str) -> None:
    found = until(shanghai(limit), shanghai(FRIDAY), ZONE)
    assert (found.words, found.level) == (words, level)


def test_a_weekend_is_no_working_day_but_its_hours_count() -> None:
    friday_evening, monday = shanghai("2026-11-27 18:00"), shanghai("2026-11-30 08:00")
    assert until(friday_evening, shanghai("2026-11-29 20:00"), ZONE).words == "超期 50 小时"
    assert until(friday_evening, monday, ZONE).words == "超期 1 个工作日"
    assert until(shanghai(f"2026-11-30 {END}"), shanghai("2026-11-28 09:00"), ZONE).words == "还剩 1 个工作日"


@pytest.mark.parametrize(
    ("urgency", "changed", "hours", "level"),
    [
        ("critical", {}, 24, ""),
        ("critical", {}, 6.01, ""),
        ("critical", {}, 6, "soon"),
        ("critical", {}, -1, "late"),
        ("critical", {"extensions": 1}, 24, "soon"),
        ("critical", {"reopens": 1}, 24, "soon"),
        ("normal", {}, 24, "soon"),
    ],
)
def test_a_limit_in_hours_is_near_some_hours_before_it(
    urgency: str, changed: dict[str, int], hours: float, level: str
) -> None:
    at = shanghai("2026-11-24 10:00")
    told = {"kind": "投诉", "urgency": urgency, "extensions": 0, "reopens": 0, "handle_by": at + timedelta(hours=hours)}
    assert left(SimpleNamespace(state="accepted", **told | changed), at, ZONE).level == level


def test_the_clock_stands_while_the_citizen_is_waited_for_and_ends_with_the_answer() -> None:
    limit = shanghai("2026-11-26 10:00")
    ticket = SimpleNamespace(state="waiting_for_citizen", handle_by=limit, contact_by=limit, contacted_at=None)
    at = shanghai(FRIDAY)
    assert left(ticket, at, ZONE).level == contact_left(ticket, at, ZONE).level == ""
    ticket.state = "in_progress"
    assert left(ticket, at, ZONE).level == contact_left(ticket, at, ZONE).level == "late"
    ticket.contacted_at = limit
    assert contact_left(ticket, at, ZONE).words == ""
    ticket.state = "answered"
    assert left(ticket, at, ZONE).words == ""
    assert left(SimpleNamespace(state="accepted", handle_by=None), at, ZONE).words == ""
