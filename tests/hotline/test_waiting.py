"""A wait for the citizen: it ends, and the clocks go on."""

from collections import Counter
from datetime import timedelta

import pytest

from hotline.lifecycle import NotAllowed
from hotline.steps import rebuilt_standing
from hotline.tables import tickets
from tests.hotline.clock import Clock, shanghai
from tests.hotline.support import Desk, in_threads, rows
from tests.hotline.test_overdue import ALL, at_department, attend, counts, noticed, state


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


@pytest.mark.parametrize(
    ("named", "until", "limit"),
    [
        ({}, "2026-09-29 23:59:59", "2026-10-14 23:59:59"),  # five working days, 中秋节 not among them
        ({"deadline": "2026-09-22T18:00:00+08:00"}, "2026-09-22 18:00", "2026-10-09 23:59:59"),
    ],
)
def test_a_wait_for_the_citizen_ends_once_at_its_limit_and_both_clocks_go_on(
    at_home: Desk, clock: Clock, named: dict[str, str], until: str, limit: str
) -> None:
    number = at_department(at_home)
    at_home.staff(number, "wait", "officer", message="哪一盏?", **named)
    [view] = at_home.tickets.of_conversation("c1")
    assert view.events[-1]["text"] == f"需要您补充:哪一盏?请在{shanghai(until):%-m月%-d日 %H:%M}前补充。"
    clock.at = shanghai(until) - timedelta(seconds=1)
    attend(at_home)
    assert state(at_home, number) == "waiting_for_citizen"
    clock.at = shanghai(until)
    in_threads(4, lambda _: attend(at_home))
    assert noticed(at_home, number) == {"resume": [shanghai(until)]}
    [ticket] = rows(at_home.database, tickets)
    assert (ticket["state"], ticket["paused_at"], ticket["wait_by"]) == ("in_progress", None, None)
    assert ticket["handle_by"] == shanghai(limit)
    sent = at_home.bodies(number)[-1]
    assert (sent["type"], sent["data"]["state"]) == ("ticket.changed", "in_progress")
    [view] = at_home.tickets.of_conversation("c1")
    told = f"没有等到您的补充,我们按已有的情况接着办。一般{shanghai(limit):%-m月%-d日}前给您答复。"
    assert view.events[-1]["text"] == told
    with at_home.database.reading() as connection:
        assert rebuilt_standing(connection, number).state == "in_progress"
    clock.set("2026-12-31 09:00")
    attend(at_home)
    assert counts(at_home, number) == ALL + Counter(["resume"])


def test_a_day_that_is_over_is_named_to_no_citizen(at_home: Desk, desk: Desk, clock: Clock) -> None:
    number, past = at_department(at_home), "2026-09-20T18:00:00+08:00"
    with pytest.raises(NotAllowed, match="deadline"):
        at_home.staff(number, "wait", "officer", message="哪一盏?", deadline=past)
    of_hotline = desk.open(conversation="c2")
    desk.staff(of_hotline, "wait", "hotline", message="哪一盏?", deadline=past)
    [view] = desk.tickets.of_conversation("c2")
    assert view.events[-1]["text"] == "需要您补充:哪一盏?请在9月29日 23:59前补充。"
    clock.set("2026-12-01 09:00")  # the limit is long over
    at_home.staff(number, "wait", "officer", message="哪一盏?")
    clock.set("2026-12-31 09:00")
    attend(at_home)
    [view] = at_home.tickets.of_conversation("c1")
    assert view.events[-1]["text"] == "没有等到您的补充,我们按已有的情况接着办。"


def test_a_second_wait_until_the_same_moment_ends_as_well(desk: Desk, clock: Clock) -> None:
    number, until = desk.open(), "2026-09-22T18:00:00+08:00"
    clock.set("2026-09-22 18:00")
    for times in (1, 2):
        desk.staff(number, "wait", message="哪一盏?", deadline=until)
        attend(desk)
        assert (state(desk, number), noticed(desk, number)["resume"]) == ("in_progress", [clock.at] * times)
        desk.staff(number, "answer", message="修好了")
        desk.tickets.rate(number, False, reason="还是不亮")


def test_a_ticket_that_waited_before_there_was_a_limit_to_it_goes_on(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    at_home.staff(number, "wait", "officer", message="哪一盏?")
    with at_home.database.writing() as connection:
        connection.execute(tickets.update().values(wait_by=None))
    attend(at_home)
    assert state(at_home, number) == "in_progress"


def test_the_citizen_who_supplements_ends_the_wait(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    at_home.staff(number, "wait", "officer", message="哪一盏?")
    at_home.tickets.supplement(number, "第三盏")
    clock.set("2026-09-30 00:00")
    attend(at_home)
    assert "resume" not in noticed(at_home, number)
