"""The same message at several web processes: Rasa hears it once, and whoever sent it reads the same answer."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep
from typing import Any, cast

import pytest
from sqlalchemy import update

from conversations import leases, record
from conversations.intake import Incoming, Intake, Turn
from conversations.keys import WEB
from conversations.rasa import Rasa
from conversations.tables import conversations, turns
from foundation.clock import now
from foundation.controls import Controls
from foundation.database import Database
from tests.hotline.support import Desk, in_threads, rows
from tests.web.fake_rasa import ANSWER
from tests.web.talk import begin

Waiting = Callable[[Callable[[float], object]], None]


class Killed(BaseException):
    """The process is gone, in the middle of what it did."""


class Listener:
    """A Rasa that remembers what it heard; the first message is answered by what `first` does meanwhile."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.first: Callable[[], object] = lambda: None

    def send(self, sender: str, message: str, metadata: dict[str, Any]) -> dict[str, Any]:
        """The answer names how many messages were heard before."""
        self.heard.append(message)
        place = len(self.heard)
        if place == 1:
            self.first()
        said = cast(list[dict[str, Any]], ANSWER["messages"])[0]
        return {**ANSWER, "messages": [said | {"text": f"第 {place} 次"}]}


class Processes:
    """As many web processes as are asked for, on one database and one Rasa."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rasa = Listener()
        self.message = Incoming(None, uuid.uuid4().hex, text="路灯坏了", within=begin(desk))

    def take(self, message: Incoming | None = None) -> Turn:
        """The message at one more process."""
        controls = Controls(self.desk.database, self.desk.settings)
        rasa = cast(Rasa, self.rasa)
        intake = Intake(self.desk.database, self.desk.vault, rasa, self.desk.settings.secret_key, controls)
        return intake.take(message or self.message, record.Caller(WEB))

    def time_passes(self, _seconds: float = 0) -> None:
        """Nobody has renewed a lease for so long that it ended."""
        with self.desk.database.writing() as connection:
            ended = update(turns).where(turns.c.leased_until.is_not(None))
            connection.execute(ended.values(leased_until=now() - timedelta(seconds=1)))


@pytest.fixture
def processes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Processes:
    monkeypatch.setattr(leases, "LEASE", timedelta(hours=1))  # none ends but where a test ends it
    return Processes(desk)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """Lets something happen instead of the time that passes between two looks at the database."""

    def instead(happens: Callable[[float], object]) -> None:
        renews = leases.RENEW_SECONDS
        monkeypatch.setattr(leases, "sleep", lambda pause: sleep(pause) if pause == renews else happens(pause))

    return instead


def leased_until(database: Database) -> Any:
    return rows(database, turns)[0]["leased_until"]


def test_a_message_sent_again_while_it_is_worked_on_is_heard_once(processes: Processes, waiting: Waiting) -> None:
    second_is_there = threading.Event()
    waiting(lambda _: second_is_there.set())
    with ThreadPoolExecutor(1) as other:
        again = list[Any]()

        def sent_again() -> None:
            again.append(other.submit(processes.take))
            again[0].add_done_callback(lambda _: second_is_there.set())
            assert second_is_there.wait(60)

        processes.rasa.first = sent_again
        first = processes.take()
        assert again[0].result() == first
    assert processes.rasa.heard == ["路灯坏了"]
    assert first.replies[0]["text"] == "第 1 次" and len(rows(processes.desk.database, turns)) == 1


def test_a_first_message_that_arrives_several_times_at_once_begins_one_conversation(processes: Processes) -> None:
    before = len(rows(processes.desk.database, conversations))
    message = Incoming(None, uuid.uuid4().hex, text="路灯坏了")
    answers = in_threads(6, lambda _: processes.take(message))
    assert len(answers) == 6 and all(answer == answers[0] for answer in answers)
    assert processes.rasa.heard == ["路灯坏了"]
    assert len(rows(processes.desk.database, conversations)) == before + 1


def test_what_a_killed_process_left_is_taken_over_once_its_lease_is_over(
    processes: Processes, waiting: Waiting
) -> None:
    def killed() -> None:
        raise Killed

    processes.rasa.first = killed
    with pytest.raises(Killed):
        processes.take()
    waited = list[float]()

    def time_passes(pause: float) -> None:
        waited.append(pause)
        processes.time_passes()

    waiting(time_passes)
    assert processes.take().replies[0]["text"] == "第 2 次"
    assert waited == [leases.FIRST_LOOK_SECONDS], "its lease was live, and the other process looked once more"


def test_a_process_that_was_too_slow_changes_nothing_any_more(processes: Processes, waiting: Waiting) -> None:
    waiting(processes.time_passes)
    quick = list[Turn]()

    def overtaken() -> None:
        processes.time_passes()
        quick.append(processes.take())

    processes.rasa.first = overtaken
    slow = processes.take()
    assert slow == quick[0] and slow.replies[0]["text"] == "第 2 次"
    assert rows(processes.desk.database, turns)[0]["replies"] == slow.replies


def test_a_lease_is_renewed_while_the_work_goes_on(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed, real = threading.Event(), leases._change

    def change(*arguments: Any, **values: Any) -> bool:
        done = real(*arguments, **values)
        if "leased_by" not in values:
            renewed.set()
        return done

    monkeypatch.setattr(leases, "_change", change)
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.01)
    until = list[Any]()

    def long_work() -> None:
        until.append(leased_until(processes.desk.database))
        assert renewed.wait(60)

    processes.rasa.first = long_work
    processes.take()
    assert until[0] and leased_until(processes.desk.database) is None, "given back at the end"


def test_whoever_waits_too_long_is_told_so_and_the_turn_stays_with_its_process(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "WAIT_SECONDS", -1)
    told = list[Turn]()
    processes.rasa.first = lambda: told.append(processes.take())
    answer = processes.take()
    assert told[0].outcome == "unavailable" and told[0].turn == answer.turn
    assert answer.outcome == "collecting" and processes.rasa.heard == ["路灯坏了"]
    assert processes.take() == answer


def test_whoever_waits_too_long_with_a_danger_reads_the_numbers(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "WAIT_SECONDS", -1)
    processes.message = replace(processes.message, text="厨房着火了")
    told = list[Turn]()
    processes.rasa.first = lambda: told.append(processes.take())
    processes.take()
    assert told[0].outcome == "emergency" and "119" in told[0].replies[0]["text"]
