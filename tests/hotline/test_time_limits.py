"""Time limits in Chinese working days: what sets them, what moves them, and what they outlive."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from hotline import clocks
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.standing import Standing
from hotline.steps import rebuilt_standing
from hotline.tables import ticket_events, tickets
from hotline.time_limits import due, past, time_limits
from tests.hotline.clock import Clock, shanghai
from tests.hotline.support import Desk, rows

SHANGHAI = "Asia/Shanghai"


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


def row(desk: Desk, number: str) -> Any:
    with desk.database.reading() as connection:
        return connection.execute(tickets.select().where(tickets.c.number == number)).one()


def end_of(day: str) -> datetime:
    return shanghai(f"{day} 23:59:59")


def at_department(desk: Desk, **told: Any) -> str:
    """The number of a ticket that a department has."""
    number = desk.open(**told)
    desk.staff(number, "accept", "operator")
    desk.staff(number, "dispatch", "operator", department="parks")
    return number


@pytest.mark.parametrize(
    ("kind", "urgency", "contact", "handling"),
    [
        ("投诉", "normal", end_of("2026-09-30"), end_of("2026-10-14")),
        ("求助", "normal", end_of("2026-09-30"), end_of("2026-10-14")),
        ("咨询", "normal", end_of("2026-09-30"), end_of("2026-10-08")),
        ("举报", "normal", end_of("2026-10-08"), end_of("2026-10-26")),
        ("建议", "normal", end_of("2026-10-09"), end_of("2026-10-26")),
        ("表扬", "normal", end_of("2026-10-09"), end_of("2026-10-12")),
        ("举报", "urgent", shanghai("2026-09-29 19:00"), end_of("2026-10-08")),
        ("咨询", "critical", shanghai("2026-09-29 16:00"), shanghai("2026-09-30 15:00")),
    ],
)
def test_kind_and_urgency_set_the_limits_over_a_holiday_with_its_make_up_day(
    desk: Desk, clock: Clock, kind: str, urgency: str, contact: datetime, handling: datetime
) -> None:
    clock.set("2026-09-29 15:00")
    ticket = row(desk, desk.open(kind=kind, urgency=urgency))
    assert (ticket.contact_by, ticket.handle_by) == (contact, handling)


def test_every_kind_has_limits_in_every_urgency() -> None:
    for kind, urgency in product(lifecycle().kinds, time_limits().urgency):
        for span in time_limits().spans(kind, urgency):
            assert set(span) in ({"days"}, {"hours"}) and min(span.values()) > 0


@pytest.mark.parametrize(
    ("at", "days", "end"),
    [
        ("2026-10-03 11:00", 1, "2026-10-08"),  # opened within a holiday
        ("2026-02-13 17:00", 1, "2026-02-14"),  # the Saturday before 春节 is worked
        ("2026-02-13 17:00", 3, "2026-02-25"),
        ("2026-09-30 00:30", 1, "2026-10-08"),  # still the 29th in UTC
    ],
)
def test_a_limit_in_days_ends_with_a_working_day_of_the_city(at: str, days: int, end: str) -> None:
    assert due(shanghai(at), {"days": days}, SHANGHAI) == end_of(end)


@pytest.mark.parametrize(
    ("now", "days", "latest"),
    [
        ("2026-09-16 10:00", 1, "2026-09-15 10:00"),
        ("2026-09-19 10:00", 3, "2026-09-15 23:59:59.999999"),  # a Saturday adds nothing to Friday
        ("2026-10-01 00:00", -1, "2026-10-08 23:59:59.999999"),  # the last working day before has ended
        ("2026-09-19 10:00", 0, "2026-09-19 10:00"),
    ],
)
def test_free_days_let_no_working_day_go_by(now: str, days: int, latest: str) -> None:
    assert past(shanghai(now), days, SHANGHAI) == shanghai(latest)


def test_waiting_for_the_citizen_stops_both_clocks(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    before = row(desk, number)
    desk.staff(number, "wait", message="哪一盏?")
    clock.move(days=2)
    desk.tickets.supplement(number, "第三盏")
    after = row(desk, number)
    assert (before.contact_by, before.handle_by) == (end_of("2026-09-22"), end_of("2026-10-08"))
    assert (after.contact_by, after.handle_by) == (end_of("2026-09-24"), end_of("2026-10-10"))


@pytest.mark.parametrize(
    ("begin", "end", "limit"),
    [
        ("2026-09-22 09:00", "2026-09-22 18:00", "2026-10-08"),  # within a day
        ("2026-09-30 17:00", "2026-10-08 09:00", "2026-10-09"),  # a holiday holds nobody up
        ("2026-09-25 10:00", "2026-09-26 10:00", "2026-10-08"),
    ],
)
def test_a_pause_counts_in_working_days(desk: Desk, clock: Clock, begin: str, end: str, limit: str) -> None:
    number = desk.open()
    clock.set(begin)
    desk.staff(number, "wait", message="哪一盏?")
    clock.set(end)
    desk.tickets.supplement(number, "第三盏")
    assert row(desk, number).handle_by == end_of(limit)


def test_pauses_add_up_and_end_with_any_step_that_leads_on(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    for _ in range(2):
        desk.staff(number, "wait", message="哪一盏?")
        clock.move(days=1)
        desk.staff(number, "progress", message="找到了")
    assert row(desk, number).handle_by == end_of("2026-10-10")


def test_a_pause_of_a_critical_ticket_counts_by_the_clock(desk: Desk, clock: Clock) -> None:
    number = desk.open(urgency="critical")
    limit = row(desk, number).handle_by
    desk.staff(number, "wait", message="在哪?")
    clock.move(hours=3)
    desk.tickets.supplement(number, "桥下")
    assert row(desk, number).handle_by == limit + timedelta(hours=3)


def test_a_limit_that_had_passed_before_the_pause_stays_passed(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    clock.set("2026-10-09 09:00")
    desk.staff(number, "wait", message="哪一盏?")
    clock.move(days=5)
    desk.tickets.supplement(number, "第三盏")
    assert row(desk, number).handle_by == end_of("2026-10-08")


def test_an_extension_is_asked_for_approved_or_refused(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    first, second = "2026-10-12T18:00:00+08:00", "2026-10-15T18:00:00+08:00"
    at_home.staff(number, "ask_extension", "officer", reason="缺料", deadline=first)
    asked = row(at_home, number)
    assert (asked.extension_asked, asked.handle_by) == (shanghai("2026-10-12 18:00"), end_of("2026-10-08"))
    at_home.staff(number, "refuse_extension", "supervisor", reason="先借料")
    assert (row(at_home, number).extension_asked, row(at_home, number).extensions) == (None, 0)
    at_home.staff(number, "ask_extension", "officer", reason="缺料", deadline=first)
    at_home.staff(number, "extend", "supervisor", reason="缺料", deadline=second)
    extended = row(at_home, number)
    assert (extended.extension_asked, extended.handle_by) == (None, shanghai("2026-10-15 18:00"))
    assert extended.extensions == 1


@pytest.mark.parametrize(
    "deadline",
    [
        "2026-10-08T18:00:00+08:00",  # before the limit
        "2026-10-12T18:00:00",  # in no time zone
        "9999-12-31T23:59:59+00:00",  # beyond the calendar of Shanghai
        "next week",
    ],
)
def test_an_extension_that_extends_nothing_is_refused(at_home: Desk, clock: Clock, deadline: str) -> None:
    number = at_department(at_home)
    before = row(at_home, number)
    for step, role in (("ask_extension", "officer"), ("extend", "supervisor")):
        with pytest.raises(NotAllowed, match="deadline"):
            at_home.staff(number, step, role, reason="缺料", deadline=deadline)
    assert row(at_home, number) == before


def test_what_an_extension_knew_of_the_pause_is_not_added_to_it_again(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    at_home.staff(number, "wait", "officer", message="哪一盏?")
    clock.move(days=2)
    at_home.staff(number, "extend", "supervisor", reason="缺料", deadline="2026-10-12T23:59:59+08:00")
    clock.move(days=1)
    at_home.tickets.supplement(number, "第三盏")
    assert row(at_home, number).handle_by == end_of("2026-10-13")


def test_another_kind_or_urgency_sets_the_limits_anew_from_the_opening(at_home: Desk, clock: Clock) -> None:
    number = at_home.open()
    clock.move(hours=1)
    at_home.staff(number, "amend", "operator", urgency="critical")
    assert row(at_home, number).handle_by == shanghai("2026-09-22 09:00")
    at_home.staff(number, "amend", "operator", urgency="normal", kind="举报")
    assert row(at_home, number).handle_by == end_of("2026-10-19")
    at_home.staff(number, "amend", "operator", district="east")
    assert row(at_home, number).handle_by == end_of("2026-10-19")


def test_another_kind_takes_away_no_pause(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    at_home.staff(number, "wait", "officer", message="哪一盏?")
    clock.move(days=2)
    at_home.tickets.supplement(number, "第三盏")
    at_home.staff(number, "amend", "operator", kind="咨询")
    assert row(at_home, number).handle_by == end_of("2026-09-28")  # two working days, and two of pause


def test_another_kind_takes_away_no_extension_and_no_reopening(at_home: Desk, clock: Clock) -> None:
    extended, reopened = at_department(at_home), at_department(at_home)
    at_home.staff(extended, "extend", "supervisor", reason="缺料", deadline="2026-11-02T18:00:00+08:00")
    clock.set("2026-10-12 10:00")
    at_home.staff(reopened, "answer", "officer", message="已修好")
    at_home.tickets.rate(reopened, False, reason="还是不亮")
    for number in (extended, reopened):
        at_home.staff(number, "amend", "operator", kind="咨询")
    assert row(at_home, extended).handle_by == shanghai("2026-11-02 18:00")
    assert row(at_home, reopened).handle_by == end_of("2026-10-19")


def test_a_reopened_ticket_has_five_working_days_from_then(desk: Desk, clock: Clock) -> None:
    number = desk.answered()
    clock.set("2026-09-29 10:00")
    desk.tickets.rate(number, False, reason="还是不亮")
    assert row(desk, number).handle_by == end_of("2026-10-12")


def test_nobody_sets_a_limit_by_hand(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    before = row(at_home, number)
    at_home.staff(number, "progress", "officer", message="在修", handle_by="2099-01-01T00:00:00+00:00")
    assert row(at_home, number).handle_by == before.handle_by
    assert "handle_by" not in rows(at_home.database, ticket_events)[-1]["fields"]


def test_old_tickets_keep_their_limits_when_the_file_changes(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.open()
    kept = row(desk, number)
    monkeypatch.setattr(clocks, "due", lambda at, span, timezone: at + timedelta(hours=1))
    desk.tickets.supplement(number, "第三盏")
    with desk.database.reading() as connection:
        assert rebuilt_standing(connection, number) == Standing.of(row(desk, number))
    assert row(desk, number).handle_by == kept.handle_by
