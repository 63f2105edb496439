"""Notices of time limits: each one once, at its time, whatever the workers and the people do meanwhile."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline.overdue import Overdue
from hotline.tables import ticket_events, ticket_notices, tickets
from tests.hotline.clock import Clock, shanghai
from tests.hotline.support import Desk, in_threads, rows

REMIND, CONTACT, SUPERVISE, ESCALATE = (
    "remind handle_by",
    "overdue contact_by",
    "supervise handle_by",
    "escalate handle_by",
)
ALL = Counter([REMIND, CONTACT, SUPERVISE, ESCALATE])


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


def worker(desk: Desk) -> Overdue:
    return Overdue(desk.database, desk.vault, desk.settings)


def attend(desk: Desk) -> None:
    while worker(desk).attend():
        pass


def noticed(desk: Desk, number: str) -> dict[str, list[datetime]]:
    """What the worker wrote into a ticket's log, and when."""
    found: dict[str, list[datetime]] = {}
    for event in rows(desk.database, ticket_events):
        if event["ticket"] == number and event["role"] == "system":
            name = f"{event['step']} {event['fields'].get('limit', '')}".strip()
            found.setdefault(name, []).append(event["at"])
    return found


def counts(desk: Desk, number: str) -> Counter[str]:
    return Counter({name: len(times) for name, times in noticed(desk, number).items()})


def state(desk: Desk, number: str) -> str:
    return next(str(row["state"]) for row in rows(desk.database, tickets) if row["number"] == number)


def at_department(desk: Desk) -> str:
    number = desk.open()
    desk.staff(number, "accept", "operator")
    desk.staff(number, "dispatch", "operator", department="parks")
    return number


def test_each_notice_is_written_once_in_the_hour_in_which_it_is_due(desk: Desk, clock: Clock) -> None:
    number = desk.open()  # contact until 22 September, answer until 8 October
    while clock.at < shanghai("2026-10-16 00:00"):
        attend(desk)
        clock.move(hours=1)
    assert noticed(desk, number) == {
        CONTACT: [shanghai("2026-09-23 00:00")],
        REMIND: [shanghai("2026-10-01 00:00")],  # a working day before: 30 September has ended
        SUPERVISE: [shanghai("2026-10-09 00:00")],
        ESCALATE: [shanghai("2026-10-13 00:00")],  # after the 9th, Saturday the 10th, and the 12th
    }


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ("2026-09-23 12:00", {CONTACT}),
        ("2026-10-01 12:00", {CONTACT, REMIND}),
        ("2026-10-09 12:00", {CONTACT, REMIND, SUPERVISE}),
        ("2026-11-09 09:00", {CONTACT, REMIND, SUPERVISE, ESCALATE}),
    ],
)
def test_what_came_due_while_no_worker_ran_is_written_once_when_one_is_back(
    desk: Desk, clock: Clock, back: str, expected: set[str]
) -> None:
    number = desk.open()
    clock.set(back)
    for _ in range(3):
        attend(desk)
    assert counts(desk, number) == Counter(expected)
    clock.move(days=7)
    attend(desk)
    clock.set("2026-12-31 09:00")
    attend(desk)
    assert counts(desk, number) == ALL


@pytest.mark.parametrize("downtime", [timedelta(days=1), timedelta(days=7)])
def test_downtime_in_the_midst_of_it_doubles_nothing_and_forgets_nothing(
    desk: Desk, clock: Clock, downtime: timedelta
) -> None:
    numbers = [desk.open(), desk.open(urgency="urgent"), desk.open(kind="咨询"), desk.open(urgency="critical")]
    while clock.at < shanghai("2026-11-02 00:00"):
        attend(desk)
        clock.at += downtime
    assert [counts(desk, number) for number in numbers] == [ALL] * 4


def test_supervising_is_told_to_the_hotline_once(desk: Desk, clock: Clock) -> None:
    number = desk.open()
    clock.set("2026-11-09 09:00")
    attend(desk)
    assert [body["type"] for body in desk.bodies(number)] == ["ticket.opened", "ticket.supervised"]
    assert desk.bodies(number)[1]["data"]["reason"] == "超过办理期限"


def test_four_workers_at_once_write_each_notice_once(desk: Desk, clock: Clock) -> None:
    numbers = [desk.open() for _ in range(12)]
    clock.set("2026-11-09 09:00")
    in_threads(4, lambda _: attend(desk))
    assert [counts(desk, number) for number in numbers] == [ALL] * 12
    assert len(rows(desk.database, ticket_notices)) == 48


def test_three_worker_processes_at_once_write_each_notice_once(desk: Desk, clock: Clock) -> None:
    numbers = [desk.open() for _ in range(6)] + [desk.answered() for _ in range(3)]
    program = f"""
from pathlib import Path
from foundation.database import Database
from foundation.privacy import Vault
from hotline.overdue import Overdue
from tests.hotline.clock import clock_at
from tests.hotline.support import DATA_KEYS, make_settings
url = {desk.settings.database_url!r}
with clock_at("2026-11-09 09:00"):
    Overdue(Database(url), Vault(DATA_KEYS), make_settings(url, Path())).attend()
"""
    command, root = [sys.executable, "-c", program], Path(__file__).parents[2]
    processes = [subprocess.Popen(command, cwd=root) for _ in range(3)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    assert [counts(desk, number) for number in numbers] == [ALL] * 6 + [Counter(["close"])] * 3


def test_more_than_a_hundred_at_once_are_all_noticed(desk: Desk, clock: Clock) -> None:
    numbers = [desk.open(urgency="critical") for _ in range(101)]
    clock.set("2026-09-22 03:00")
    assert worker(desk).attend()
    assert not worker(desk).attend()
    assert {CONTACT: 101, REMIND: 101} == dict(sum((counts(desk, number) for number in numbers), Counter()))


def test_an_extension_begins_the_notices_anew(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    clock.set("2026-10-09 10:00")
    attend(at_home)
    at_home.staff(number, "extend", "supervisor", reason="缺料", deadline="2026-10-16T18:00:00+08:00")
    while clock.at < shanghai("2026-10-26 00:00"):
        attend(at_home)
        clock.move(hours=1)
    found = noticed(at_home, number)
    assert found[REMIND] == [shanghai("2026-10-09 10:00"), shanghai("2026-10-15 18:00")]
    assert found[SUPERVISE] == [shanghai("2026-10-09 10:00"), shanghai("2026-10-16 18:00")]
    assert found[ESCALATE] == [shanghai("2026-10-21 18:00")]


def test_while_the_citizen_is_waited_for_nothing_is_due(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    at_home.staff(number, "wait", "officer", message="哪一盏?", deadline="2026-10-30T18:00:00+08:00")
    clock.set("2026-10-20 10:00")
    attend(at_home)
    assert counts(at_home, number) == Counter()
    at_home.tickets.supplement(number, "第三盏")
    attend(at_home)
    assert counts(at_home, number) == Counter()
    clock.set("2026-12-31 09:00")
    attend(at_home)
    assert counts(at_home, number) == ALL


def test_somebody_who_made_contact_in_time_is_not_told_that_it_is_missing(at_home: Desk, clock: Clock) -> None:
    number = at_department(at_home)
    at_home.staff(number, "contact", "officer", department="parks")
    clock.set("2026-11-09 09:00")
    attend(at_home)
    assert counts(at_home, number) == ALL - Counter([CONTACT])


@pytest.mark.parametrize("end", ["answer", "withdraw", "reject"])
def test_a_ticket_that_is_answered_or_over_is_never_overdue(at_home: Desk, clock: Clock, end: str) -> None:
    number = at_home.open() if end == "reject" else at_department(at_home)
    ends: dict[str, Callable[[], Any]] = {
        "answer": lambda: at_home.staff(number, "answer", "officer", message="已修好"),
        "withdraw": lambda: at_home.tickets.withdraw(number),
        "reject": lambda: at_home.staff(number, "reject", "operator", reason="不归本市管", instead="请找省里"),
    }
    ends[end]()
    clock.set("2026-11-09 09:00")
    attend(at_home)
    assert counts(at_home, number) == Counter(["close"] if end == "answer" else [])


def test_who_was_quicker_than_the_worker_gets_no_notice(at_home: Desk, clock: Clock) -> None:
    contacted, extended, asked = (at_department(at_home) for _ in range(3))
    quick: dict[str, tuple[str, str, dict[str, str]]] = {
        contacted: ("contact", "officer", {}),
        extended: ("extend", "supervisor", {"reason": "缺料", "deadline": "2026-12-01T18:00:00+08:00"}),
        asked: ("wait", "officer", {"message": "哪一盏?"}),
    }

    class Slow(Overdue):
        """Between what it found and what it writes, somebody acts."""

        def _write(self, notice: Any, number: str, limit: datetime, at: datetime) -> None:
            if number in quick:
                step, role, fields = quick.pop(number)
                at_home.staff(number, step, role, **fields)
            super()._write(notice, number, limit, at)

    def look() -> None:
        Slow(at_home.database, at_home.vault, at_home.settings).attend()

    later = {extended: quick.pop(extended)}
    clock.set("2026-09-24 09:00")  # first contact is overdue
    look()
    assert [counts(at_home, number) for number in (contacted, asked)] == [Counter(), Counter()]
    quick |= later
    clock.set("2026-10-01 09:00")  # and the answer is near
    look()
    assert counts(at_home, extended) == Counter([CONTACT])
