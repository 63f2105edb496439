"""The days that the hotline names for its answer."""

import pytest

from hotline.standing import Standing
from hotline.steps import rebuilt_standing
from hotline.tables import ticket_events
from tests.hotline.clock import Clock, shanghai
from tests.hotline.support import Desk, rows
from tests.hotline.test_time_limits import at_department, end_of, row


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


@pytest.mark.parametrize("step", ["accept", "dispatch", "progress"])
def test_the_day_that_the_hotline_names_is_the_limit_and_a_later_one_an_extension(
    desk: Desk, clock: Clock, step: str
) -> None:
    number = desk.open()
    named = {"message": "在看", "department": "城管局"}
    for until, extensions in (("2026-10-12 18:00", 1), ("2026-09-30 18:00", 1), ("2026-10-14 18:00", 2)):
        desk.staff(number, step, **named, deadline=shanghai(until).isoformat())
        ticket = row(desk, number)
        assert (ticket.handle_by, ticket.extensions) == (shanghai(until), extensions)
        step = "progress"
    [view] = desk.tickets.of_conversation("c1")
    assert view.until == "10月14日" and view.events[-1]["text"].endswith("预计10月14日 18:00前答复您。")
    assert [event["fields"].get("extends") for event in rows(desk.database, ticket_events)] == [None, True, None, True]
    with desk.database.reading() as connection:
        assert rebuilt_standing(connection, number) == Standing.of(ticket)


def test_a_limit_that_has_passed_is_not_made_good_by_a_later_day_of_the_hotline(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    clock.set("2026-10-09 09:00")
    desk.staff(number, "progress", message="在看", deadline="2026-10-20T18:00:00+08:00")
    assert (row(desk, number).handle_by, row(desk, number).extensions) == (end_of("2026-10-08"), 0)


def test_a_day_of_the_hotline_that_has_passed_is_no_limit(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    desk.staff(number, "progress", message="在看", deadline="2026-09-20T18:00:00+08:00")
    assert row(desk, number).handle_by == end_of("2026-10-08")


def test_a_day_within_what_a_pause_has_given_back_is_no_extension(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    desk.staff(number, "wait", message="哪一盏?")
    clock.move(days=2)
    desk.staff(number, "progress", message="找到了", deadline="2026-10-09T18:00:00+08:00")
    assert (row(desk, number).handle_by, row(desk, number).extensions) == (shanghai("2026-10-09 18:00"), 0)


def test_another_kind_takes_away_no_earlier_day_that_the_hotline_named(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    desk.staff(number, "progress", message="在看", deadline="2026-09-30T18:00:00+08:00")
    desk.staff(number, "amend", "operator", kind="举报")
    assert row(desk, number).handle_by == shanghai("2026-09-30 18:00")
    desk.staff(number, "amend", "operator", urgency="critical")
    assert row(desk, number).handle_by == shanghai("2026-09-22 09:00")


def test_what_our_own_desk_writes_beside_a_step_is_no_limit(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    named = {"deadline": "2026-12-12T18:00:00+08:00", "extends": True}
    at_home.staff(number, "progress", "officer", message="在修", **named)
    assert (row(at_home, number).handle_by, row(at_home, number).extensions) == (end_of("2026-10-08"), 0)
