"""Limits that count hours: when they are near."""

import pytest

from tests.hotline.clock import Clock, shanghai
from tests.hotline.support import Desk
from tests.hotline.test_overdue import REMIND, SUPERVISE, attend, noticed


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


def test_a_limit_in_hours_is_reminded_of_some_hours_before_it(desk: Desk, clock: Clock) -> None:
    urgent, amended = desk.open(urgency="critical"), desk.open()
    clock.move(hours=1)
    desk.staff(amended, "amend", "operator", urgency="critical")
    while clock.at < shanghai("2026-09-22 10:00"):
        attend(desk)
        clock.move(hours=1)
    for number in (urgent, amended):  # answer until the 22nd, 9 o'clock
        assert noticed(desk, number)[REMIND] == [shanghai("2026-09-22 03:00")]
        assert noticed(desk, number)[SUPERVISE] == [shanghai("2026-09-22 09:00")]


def test_a_critical_ticket_that_was_extended_is_reminded_of_a_working_day_before(at_home: Desk, clock: Clock) -> None:
    number = at_home.open(urgency="critical")
    at_home.staff(number, "accept", "operator")
    at_home.staff(number, "dispatch", "operator", department="parks")
    at_home.staff(number, "extend", "supervisor", reason="缺料", deadline="2026-09-24T18:00:00+08:00")
    clock.set("2026-09-23 17:59")
    attend(at_home)
    assert REMIND not in noticed(at_home, number)
    clock.set("2026-09-23 18:00")
    attend(at_home)
    assert REMIND in noticed(at_home, number)
