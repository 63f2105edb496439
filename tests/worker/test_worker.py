"""Real worker processes against the real simulator: killed, stopped, and with their surroundings down."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotline.heartbeats import is_alive
from hotline.tables import deliveries, delivery_attempts, worker_heartbeats
from hotline.ticket import Appeal
from tests.hotline.support import PHONE, Desk, everything_at_rest, rows
from tests.worker.place import Place, wait_for

OPEN = """
import os, sys
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import load_settings
from hotline.ticket import Appeal, Tickets
settings = load_settings()
Tickets(Database(settings.database_url), Vault(settings.data_keys), settings).open(Appeal("i1", "投诉", "路灯坏了"))
os.kill(os.getpid(), 9)
"""

PATIENT = {"WENZHENG_HOTLINE_TIMEOUT_SECONDS": "60"}  # an answer comes in time, however slow the machine


@pytest.fixture
def place(desk: Desk, tmp_path: Path) -> Iterator[Place]:
    place = Place(desk, tmp_path)
    yield place
    if place.log.exists():
        print(place.log.read_text(encoding="utf-8")[-8000:])  # shown where a test fails


def test_a_ticket_reaches_the_simulator_with_its_phone_which_stays_nowhere_else(place: Place) -> None:
    number = place.desk.open(contact=place.desk.tokenized(f"李女士 {PHONE}"))
    place.environment |= PATIENT
    with place.simulator(), place.worker() as worker:
        wait_for(lambda: place.delivered(number))
        [message] = place.received(number)
        worker.terminate()
        worker.wait(timeout=60)
    log = place.log.read_text(encoding="utf-8")
    assert "worker stopped" in log
    assert message["body"]["data"]["contact"] == f"李女士 {PHONE}"
    assert [(attempt["valid"], attempt["status"]) for attempt in message["attempts"]] == [(1, 200)]
    assert PHONE not in everything_at_rest(place.desk.database) + log


def test_a_worker_killed_between_ticket_and_delivery_leaves_nothing_behind(place: Place) -> None:
    def holds_it_still(worker: "subprocess.Popen[bytes]") -> bool:
        """Stopped, it cannot give up its try between our look and its end."""
        worker.send_signal(signal.SIGSTOP)
        os.waitpid(worker.pid, os.WUNTRACED)
        if rows(place.desk.database, deliveries)[0]["state"] == "sending":
            return True
        worker.send_signal(signal.SIGCONT)
        return False

    with place.simulator():
        place.behave(timeout_share=1, timeout_seconds=600)
        with place.worker() as worker:
            number = place.desk.open()
            wait_for(lambda: place.received(number))  # sent, but no answer came back
            wait_for(lambda: holds_it_still(worker))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        assert rows(place.desk.database, deliveries)[0]["state"] == "sending"
        place.behave()
        with place.worker():
            wait_for(lambda: place.delivered(number))
        [message] = place.received(number)
        assert message["processed"] == 1
        assert message["attempts"][-1]["note"] == "repeat"


def test_a_process_killed_right_after_the_commit_has_left_a_ticket_that_is_delivered(place: Place) -> None:
    with place.running("-c", OPEN) as killed:
        assert killed.wait(timeout=60) == -signal.SIGKILL
    again = place.desk.tickets.open(Appeal("i1", "投诉", "路灯坏了"))
    assert again.view.number.endswith("-000001")
    with place.simulator(), place.worker():
        wait_for(lambda: place.delivered(again.view.number))
        [message] = place.received(again.view.number)
        assert message["processed"] == 1


@pytest.mark.prove
def test_workers_killed_again_and_again_deliver_everything_once_and_in_order(place: Place) -> None:
    with place.simulator():
        place.behave(fail_share=0.3, timeout_share=0.1, timeout_seconds=1.5)
        numbers = [place.desk.open() for _ in range(6)]
        for number in numbers:
            place.desk.tickets.urge(number)
            place.desk.tickets.withdraw(number)
        for _ in range(3):
            with place.worker(), place.worker():
                time.sleep(2.5)  # both are killed at the end of the block
        place.behave()
        with place.worker(), place.worker():
            wait_for(lambda: all(place.delivered(number) for number in numbers))
        for number in numbers:
            messages = place.received(number)
            assert [(message["sequence"], message["processed"]) for message in messages] == [(1, 1), (2, 1), (3, 1)]


def test_sigterm_lets_the_current_try_end_and_be_written_down(place: Place) -> None:
    place.environment |= PATIENT
    with place.simulator(), place.worker() as worker:
        place.behave(timeout_share=1, timeout_seconds=0.6)
        number = place.desk.open()
        wait_for(lambda: place.received(number))
        worker.terminate()
        assert worker.wait(timeout=60) == 0
    assert place.delivered(number)
    assert len(rows(place.desk.database, delivery_attempts)) == 1


def test_tickets_opened_while_the_simulator_is_down_are_delivered_once_it_is_up(place: Place) -> None:
    with place.worker():
        number = place.desk.open()
        wait_for(lambda: rows(place.desk.database, delivery_attempts))
        with place.simulator():
            wait_for(lambda: place.delivered(number))
            assert len(place.received(number)) == 1


def test_the_heartbeat_says_whether_a_worker_is_alive(place: Place) -> None:
    def alive() -> bool:
        with place.desk.database.reading() as connection:
            return is_alive(connection, timedelta(seconds=15))

    assert not alive()
    with place.worker() as worker:
        wait_for(alive)
        assert re.fullmatch(rf".+:{worker.pid}", rows(place.desk.database, worker_heartbeats)[0]["name"])


def test_a_worker_survives_a_database_that_is_away(place: Place, tmp_path: Path) -> None:
    if not place.desk.database.on_sqlite:
        pytest.skip("the file of a SQLite database can be moved away; the shared server cannot be stopped")
    file = Path(str(place.desk.database.url.database))
    with place.simulator(), place.worker() as worker:
        wait_for(lambda: rows(place.desk.database, worker_heartbeats))
        place.desk.database.close()
        tmp_path.joinpath("away").mkdir()
        for part in tmp_path.glob("wenzheng.db*"):
            part.rename(tmp_path / "away" / part.name)
        time.sleep(3)
        assert worker.poll() is None
        for part in tmp_path.glob("away/*"):
            part.replace(file.parent / part.name)
        number = place.desk.open()
        wait_for(lambda: place.delivered(number))
