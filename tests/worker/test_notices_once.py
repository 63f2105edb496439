"""Each event is told once: by several workers, after a crash, and never to whoever was erased."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conversations import record
from conversations.rasa import Rasa
from conversations.tables import turns
from foundation.privacy import vault_keys
from hotline.tables import event_notices
from tests.hotline.support import Desk, in_threads, rows
from tests.worker.citizen import Citizen, tell

ROOT = Path(__file__).parents[2]
DIES = """
import os, sys
from pathlib import Path
from conversations import record
from foundation.database import Database
from foundation.privacy import Vault
from tests.hotline.support import DATA_KEYS, make_settings
from worker.notices import TicketNotices
tell = record.tell
def told_and_dead(*arguments):
    tell(*arguments)
    os.kill(os.getpid(), 9)
record.tell = told_and_dead
settings = make_settings(sys.argv[1], Path(sys.argv[2]))
TicketNotices(Database(settings.database_url), Vault(DATA_KEYS), settings).run()
"""


@pytest.fixture(autouse=True)
def no_rasa(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no Rasa to forget what was said."""
    monkeypatch.setattr(Rasa, "forget", lambda *_: None)


def test_an_erased_conversation_is_skipped_and_its_key_stays_destroyed(citizen: Citizen) -> None:
    desk, number = citizen.desk, citizen.open()
    desk.staff(number, "answer", message="请打 010-87654321")
    citizen.erase()
    tell(desk)
    assert rows(desk.database, turns) == [] and rows(desk.database, event_notices) == []
    assert f"conversation:{citizen.conversation}" not in [row["owner"] for row in rows(desk.database, vault_keys)]


def test_erasing_at_the_very_moment_of_telling_leaves_nothing(desk: Desk) -> None:
    for turn in range(8):
        citizen = Citizen(desk, f"value-{turn}")
        desk.staff(citizen.open(), "answer", message="请打 010-87654321")
        in_threads(2, partial(_erase_or_tell, citizen))
    assert rows(desk.database, turns) == [] and rows(desk.database, event_notices) == []
    assert [row["owner"] for row in rows(desk.database, vault_keys) if "conversation:" in row["owner"]] == []


def test_four_workers_at_once_tell_each_event_once_and_in_order(desk: Desk) -> None:
    citizens = [Citizen(desk, f"value-{place}") for place in range(6)]
    numbers = [citizen.open() for citizen in citizens]
    for number in numbers:
        desk.staff(number, "publish", "operator", summary="路灯不亮")
        for citizen in citizens:  # its own too: that is told once, as its own
            desk.tickets.join(number, citizen.conversation)
    for number in numbers:
        for turn in range(5):
            desk.staff(number, "progress", message=f"第{turn}步")
        desk.staff(number, "answer", message="已修好")
    in_threads(4, lambda _: tell(desk))
    for citizen, number in zip(citizens, numbers, strict=True):
        own = [text for text in citizen.heard() if text.startswith(f"您的工单 {number}")]
        assert [text.split("。")[1] for text in own] == [*(f"第{turn}步" for turn in range(5)), "已修好"]
        others = [text for text in citizen.heard() if text.startswith("您跟进的")]
        assert len(others) == len(set(others)) == 2 * 5, "in progress and answered, of each other ticket"
        assert [message["turn"] for message in citizen.messages()] == list(range(1, 17))


def test_a_worker_that_dies_in_between_tells_nothing_and_the_next_one_everything_once(
    citizen: Citizen, tmp_path: Path
) -> None:
    desk, number = citizen.desk, citizen.open()
    desk.staff(number, "progress", message="已派人")
    desk.staff(number, "answer", message="已修好")
    command = [sys.executable, "-c", DIES, desk.settings.database_url, str(tmp_path)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -9
    assert citizen.messages() == []
    tell(desk)
    tell(desk)
    assert [text.split("：")[1] for text in citizen.heard()] == ["办理中。已派人。", "已答复。已修好。"]


def test_a_ticket_that_cannot_be_told_stops_no_other_and_is_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Citizen(desk), Citizen(desk, "value-2")
    for citizen in (first, second):
        desk.staff(citizen.open(), "answer", message="已修好")
    say = record.tell

    def failing(connection: Any, conversation: str, *about: Any) -> None:
        if conversation == first.conversation:
            raise RuntimeError("no")
        say(connection, conversation, *about)

    monkeypatch.setattr(record, "tell", failing)
    with pytest.raises(RuntimeError):
        tell(desk)
    assert (len(first.messages()), len(second.messages())) == (0, 1)
    monkeypatch.undo()
    tell(desk)
    assert (len(first.messages()), len(second.messages())) == (1, 1)


def _erase_or_tell(citizen: Citizen, place: int) -> None:
    if place:
        citizen.erase()
    else:
        tell(citizen.desk)
