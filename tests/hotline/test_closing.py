"""The end of a ticket: five working days of silence, or a citizen who says that nothing is solved."""

from typing import Any

import pytest

from hotline.lifecycle import NotAllowed
from hotline.moving_on import MovingOn
from hotline.overdue import Overdue
from hotline.steps import Steps
from hotline.tables import ticket_events, tickets
from tests.hotline.clock import Clock
from tests.hotline.support import Desk, rows


def attend(desk: Desk) -> None:
    Overdue(desk.database, desk.vault, desk.settings).attend()


def state(desk: Desk) -> str:
    [ticket] = rows(desk.database, tickets)
    return str(ticket["state"])


def escalations(desk: Desk) -> list[str]:
    return [event["fields"]["reason"] for event in rows(desk.database, ticket_events) if event["step"] == "escalate"]


@pytest.mark.parametrize(
    ("answered", "still_open", "closed"),
    [
        ("2026-09-14 10:00", "2026-09-20 09:59", "2026-09-20 10:00"),  # 15, 16, 17, 18, and Sunday the 20th is worked
        ("2026-09-07 10:00", "2026-09-14 09:59", "2026-09-14 10:00"),  # a week; on Saturday only four days have gone by
        ("2026-09-29 16:00", "2026-10-12 15:59", "2026-10-12 16:00"),  # over 国庆节
    ],
)
def test_five_working_days_of_silence_after_an_answer_close_a_ticket(
    desk: Desk, clock: Clock, answered: str, still_open: str, closed: str
) -> None:
    clock.set(answered)
    desk.answered()
    clock.set("2026-09-12 23:59" if answered == "2026-09-07 10:00" else still_open)
    attend(desk)
    assert state(desk) == "answered"
    clock.set(still_open)
    attend(desk)
    assert state(desk) == "answered"
    clock.set(closed)
    attend(desk)
    attend(desk)
    assert state(desk) == "closed"
    assert [event["step"] for event in rows(desk.database, ticket_events)].count("close") == 1


def test_the_citizen_who_was_quicker_than_the_worker_is_heard(desk: Desk, clock: Clock) -> None:
    number = desk.answered()

    class Slow(MovingOn):
        """Between what it found and what it writes, the citizen speaks and is answered anew."""

        def _one(self, step: str, name: str, due: tuple[Any, ...]) -> None:
            desk.tickets.rate(number, False, reason="还是不亮")
            desk.staff(number, "answer", message="换了灯")
            super()._one(step, name, due)

    clock.move(days=14)
    assert Slow(desk.database, Steps(desk.vault, desk.settings), "Asia/Shanghai").attend(clock.at) == 1
    assert state(desk) == "answered"


def test_a_second_reopening_goes_to_the_supervisors_at_once(desk: Desk, clock: Clock) -> None:
    number = desk.answered()
    desk.tickets.rate(number, False, reason="还是不亮")
    assert escalations(desk) == []
    desk.staff(number, "answer", message="换了灯")
    desk.tickets.rate(number, True)
    desk.tickets.reopen(number, "又坏了")
    assert escalations(desk) == ["市民第 2 次说没有解决"]
    desk.staff(number, "answer", message="换了线")
    desk.tickets.rate(number, False, reason="没换")
    assert len(escalations(desk)) == 2


def test_fifteen_days_after_the_last_answer_nothing_is_reopened(desk: Desk, clock: Clock) -> None:
    number = desk.answered()
    clock.move(days=14)
    desk.tickets.rate(number, False, reason="还是不亮")
    desk.staff(number, "answer", message="换了灯")
    desk.tickets.rate(number, True)
    clock.move(days=15, seconds=1)
    with pytest.raises(NotAllowed, match="too_late"):
        desk.tickets.reopen(number, "又坏了")
    assert state(desk) == "closed"
