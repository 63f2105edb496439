"""`wenzheng deliveries` on a real database, with exit status 0 only on success."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from commands import main
from tests.hotline.archive import ARCHIVE, enter, entries, of, send_all_to, send_to, with_three_messages
from tests.hotline.conftest import archive, database, desk, receiver
from tests.hotline.receiver import Receiver
from tests.hotline.support import CALLBACK_SECRET, DATA_KEYS, HOTLINE_SECRET, PHONE, Desk

__all__ = ["archive", "database", "desk", "receiver"]
Run = Callable[..., Result]


@pytest.fixture
def run(desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Run:
    given = {
        "DATABASE_URL": desk.settings.database_url,
        "DATA_DIR": str(desk.settings.data_dir),
        "DATA_KEYS": DATA_KEYS,
        "SECRET_KEY": "secret",
        "OPS_TOKEN": "ops",
        "RASA_TOKEN": "rasa",
        "HOTLINE_URL": receiver.url,
        "HOTLINE_SECRET": HOTLINE_SECRET,
        "CALLBACK_SECRET": CALLBACK_SECRET,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"WENZHENG_{name}", value)
    desk.settings.hotline_url = receiver.url
    return lambda *words, **more: CliRunner().invoke(main, ["deliveries", *words], **more)


def listed(run: Run, *options: str) -> list[dict[str, Any]]:
    result = run("list", "--json", *options)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.output)["deliveries"]
    return found


def dead_letter(desk: Desk, receiver: Receiver) -> tuple[str, str]:
    """A ticket whose first message is dead, and that message's id."""
    number = with_three_messages(desk)
    receiver.answer = lambda request: (500, {})
    send_all_to(desk, 0)
    return number, of(desk, number, "hotline")[0]["webhook_id"]


def test_list_shows_the_newest_first_with_every_attempt(desk: Desk, receiver: Receiver, run: Run) -> None:
    number, webhook_id = dead_letter(desk, receiver)
    other = desk.open(contact=desk.tokenized(PHONE))
    found = listed(run)
    assert [(one["ticket"], one["sequence"]) for one in found] == [(other, 1), (number, 3), (number, 2), (number, 1)]
    assert [attempt["status"] for attempt in found[3]["attempts"]] == [500] * 4
    assert [one["state"] for one in listed(run, "--ticket", number)] == ["held", "held", "dead"]
    assert [one["webhook_id"] for one in listed(run, "--state", "dead")] == [webhook_id]
    assert len(listed(run, "--limit", "2")) == 2
    assert listed(run, "--destination", ARCHIVE) == []
    in_words = run("list").output
    assert "死信" in in_words and "4 次尝试,最近:500" in in_words
    assert PHONE not in in_words


def test_a_state_that_does_not_exist_is_refused(run: Run) -> None:
    assert run("list", "--state", "lost").exit_code == 2


def test_show_prints_every_attempt_with_time_and_milliseconds(desk: Desk, receiver: Receiver, run: Run) -> None:
    _, webhook_id = dead_letter(desk, receiver)
    result = run("show", webhook_id)
    assert result.exit_code == 0
    assert result.output.count("毫秒") == 4
    assert len(json.loads(run("show", webhook_id, "--json").output)["attempts"]) == 4
    assert run("show", "msg_0").exit_code == 1


@pytest.mark.parametrize(("act", "after"), [("replay", "pending"), ("skip", "skipped")])
def test_a_dead_letter_can_be_replayed_or_skipped_once(
    desk: Desk, receiver: Receiver, run: Run, act: str, after: str
) -> None:
    number, webhook_id = dead_letter(desk, receiver)
    assert run(act, webhook_id).exit_code == 0
    assert desk.states(number)[0] == after
    again = run(act, webhook_id)
    assert (again.exit_code, "不是死信" in again.output) == (1, True)


def test_a_stopped_receiver_is_resumed(desk: Desk, receiver: Receiver, run: Run) -> None:
    assert run("resume", "hotline").exit_code == 1
    number = desk.open()
    receiver.answer = lambda request: (410, {})
    send_to(desk, 0)
    assert [one["state"] for one in listed(run)] == ["stopped"]
    assert run("resume", "hotline").exit_code == 0
    assert desk.states(number) == ["pending"]


def test_a_receiver_is_added_rotated_and_removed(desk: Desk, archive: Receiver, run: Run) -> None:
    secrets = [run("add-destination", ARCHIVE, archive.url).output, run("rotate", ARCHIVE).output]
    assert all(secret.startswith("whsec_") and len(secret.splitlines()) == 1 for secret in secrets)
    assert secrets[0] != secrets[1]
    desk.open()
    send_to(desk, 1)
    assert len(archive.requests[0].headers["webhook-signature"].split()) == 2
    assert run("remove", ARCHIVE, input="n\n").exit_code == 1
    assert len(entries(desk)) == 2
    assert run("remove", ARCHIVE, "--yes").exit_code == 0
    assert len(entries(desk)) == 1


@pytest.mark.parametrize(
    ("name", "url", "why"),
    [
        (ARCHIVE, "https://169.254.169.254/", "元数据地址"),
        (ARCHIVE, "https://203.0.113.9/", "不在允许的网段里"),
        (ARCHIVE, "https://nobody.invalid/", "解析不了"),
        ("hotline", "https://127.0.0.1/", "不能叫 hotline"),
    ],
)
def test_a_receiver_that_may_not_be_entered_is_refused_in_words(run: Run, name: str, url: str, why: str) -> None:
    result = run("add-destination", name, url)
    assert (result.exit_code, why in result.output) == (1, True), result.output


def test_the_citys_hotline_and_unknown_names_are_refused(desk: Desk, receiver: Receiver, run: Run) -> None:
    enter(desk, receiver.url)
    for words in (["rotate", "hotline"], ["remove", "hotline", "--yes"], ["rotate", "没有的"]):
        assert run(*words).exit_code == 1
    assert len(entries(desk)) == 2
