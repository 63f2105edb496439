"""How requests wait: for whom, for how long, and who works meanwhile."""

import socket
import threading
from datetime import timedelta
from functools import partial

import pytest

from conversations.tables import conversations
from tests.hotline.clock import Clock
from tests.hotline.support import rows
from tests.service import eventually
from tests.web.passing import Passing
from tests.web.wechat_users import QUICK, Line, line, rasa, still, wechat
from tests.wechat.account import said
from tests.wechat.platform import FakePlatform
from tests.wechat.rasa import TalkingRasa
from web import wechat_channel
from web.conversations import erase_everywhere
from web.lanes import Lanes
from web.wechat_channel import Patience, is_open
from wechat.inbox import LEASE
from wechat.tables import wechat_messages, wechat_users

__all__ = ["line", "rasa", "still", "wechat"]


def test_a_closed_connection_is_seen() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert is_open({"gunicorn.socket": ours})
        theirs.send(b"x")
        assert is_open({"gunicorn.socket": ours}), "more has come"
        assert ours.recv(1) == b"x", "looking took nothing away"
        theirs.close()
        assert not is_open({"gunicorn.socket": ours})
    assert not is_open({"gunicorn.socket": ours}) or ours.fileno() == -1
    assert is_open({}) and is_open({"werkzeug.socket": object()})


def test_one_name_is_worked_on_in_order_and_others_beside_it() -> None:
    lanes, done, go_on = Lanes(2, "test"), [], threading.Event()
    ended = threading.Semaphore(0)

    def work(name: str) -> None:
        if name == "a1":
            go_on.wait(60)
        done.append(name)
        ended.release()
        if name == "a2":
            raise RuntimeError("a work that fails holds up nobody")

    for name in ("a1", "a2", "a3", "a4"):
        lanes.submit("a", partial(work, name))
    lanes.submit("b", lambda: work("b"))
    assert ended.acquire(timeout=60) and done == ["b"]
    go_on.set()
    assert all(ended.acquire(timeout=60) for _ in range(4))
    assert done == ["b", "a1", "a2", "a3", "a4"]


def test_a_long_answer_keeps_its_lease(
    line: Line, rasa: TalkingRasa, still: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.wechat_channel.RENEW_SECONDS", 0.01)

    def is_renewed() -> bool:
        return bool(rows(line.desk.database, wechat_messages)[0]["leased_until"] == still.at + LEASE)

    line.hold()
    message = said(Content="你好")
    assert line.reads(message) == ""
    for _ in range(3):
        still.at += LEASE - timedelta(seconds=1)
        eventually(is_renewed)
    assert line.reads(message) == ""
    line.let_go()
    assert line.reads(message) == "答复你好。" and rasa.messages() == ["你好"]


def test_when_the_one_who_asked_is_gone_the_answer_waits_for_the_next_request(
    line: Line, rasa: TalkingRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.wechat.is_open", lambda _: False)
    message = said(Content="你好")
    assert line.reads(message) == ""
    assert [row["state"] for row in rows(line.desk.database, wechat_messages)] == ["ready"]
    monkeypatch.undo()
    assert line.reads(message) == "答复你好。"


def test_a_request_without_an_answer_is_held_until_the_platform_has_given_it_up(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.hold()
    line.wait(Patience(look=60))  # one look is enough: nothing comes
    passing, seconds, message = Passing(monkeypatch, wechat_channel), list[float](), said(Content="你好")
    monkeypatch.setattr(wechat_channel._Work, "wait", lambda _, identifier, pause: passing.sleep(pause))
    for _ in range(3):
        began = passing.seconds
        assert line.reads(message) == ""
        seconds.append(passing.seconds - began)
    assert min(seconds[:2]) > 5, "told success, it would not come again"
    assert seconds[2] < 4.5, "told success while the platform surely waits"


def _closes(monkeypatch: pytest.MonkeyPatch, *there: bool) -> None:
    """Whoever asks next waits, or is gone, at each look."""
    looks = iter(there)
    monkeypatch.setattr("web.wechat.is_open", lambda _: next(looks, True))


def test_a_connection_that_closes_before_the_reply_is_written_loses_nothing(
    line: Line, rasa: TalkingRasa, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _closes(monkeypatch, True, False)
    message = said(Content="你好")
    assert line.reads(message) == ""
    assert [row["state"] for row in rows(line.desk.database, wechat_messages)] == ["ready"]
    assert line.reads(message) == "答复你好。"
    line.work()
    assert wechat.texts() == [] and rasa.messages() == ["你好"]


def test_when_it_closes_at_the_last_request_the_answer_is_pushed(
    line: Line, rasa: TalkingRasa, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = said(Content="你好")
    _closes(monkeypatch, *[True, False] * 3)
    assert [line.reads(message) for _ in range(3)] == [""] * 3
    line.work()
    line.work()
    assert wechat.texts() == ["答复你好。"] and line.reads(message) == ""


def test_who_is_gone_before_the_answer_is_taken_at_the_last_request_gets_it_pushed(
    line: Line, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = said(Content="你好")
    _closes(monkeypatch, *[False] * 5)
    assert [line.reads(message) for _ in range(3)] == [""] * 3
    line.work()
    assert wechat.texts() == ["答复你好。"] and line.reads(message) == ""


def test_a_lost_reply_comes_again_also_where_no_more_may_wait(
    line: Line, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = said(Content="你好")
    assert line.reads(message) == "答复你好。"
    for app in line.apps:
        monkeypatch.setattr(app.extensions["wenzheng"].wechat.channel._places, "take", lambda _: False)
    assert line.reads(message) == "答复你好。"
    line.work()
    assert wechat.texts() == []


def test_an_answer_that_comes_ready_while_the_last_request_leaves_is_pushed_once(
    line: Line, rasa: TalkingRasa, wechat: FakePlatform
) -> None:
    message = said(Content="你好")
    line.wait(QUICK)
    rasa.seconds = 1.6 + 1.6 + QUICK.last  # the moment of "success"
    told = [line.reads(message) for _ in range(3)]
    line.settle()
    line.work()
    assert [one for one in told if one] + wechat.texts() == ["答复你好。"]


def test_an_erased_conversation_leaves_nothing_and_another_one_begins(line: Line) -> None:
    line.says("你好")
    parts = line.apps[0].extensions["wenzheng"]
    [old] = rows(line.desk.database, conversations)
    erase_everywhere(parts, old["id"])
    [user] = rows(line.desk.database, wechat_users)
    assert user["openid"] is None and user["conversation"] == ""
    assert line.says("我又来了") == "答复我又来了。"
    [new] = rows(line.desk.database, conversations)
    assert new["id"] != old["id"] and rows(line.desk.database, wechat_users)[0]["openid"]
