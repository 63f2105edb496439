"""Whatever comes to /wechat: nothing is answered twice, nothing lost, nothing in it followed, and there is no 500."""

from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.tables import turns
from tests.hotline.support import Desk, in_threads, rows
from tests.service import eventually
from tests.web.wechat_users import Line, line, rasa, wechat
from tests.wechat.account import AES_KEY, APP_ID, OPENID, event, query, said, sealed, xml
from tests.wechat.platform import FakePlatform
from tests.wechat.rasa import TalkingRasa
from tests.wechat.test_gate import BOMB, OUTSIDE, XXE
from wechat.envelope import Envelope
from wechat.tables import wechat_messages, wechat_pushes
from wechat.words import words

__all__ = ["line", "rasa", "wechat"]
NAMES = ("🏮🏮", "👨‍👩‍👧‍👦", "\u202e\u200d", "'; DROP TABLE turns; --", "<b>粗</b>", "]]>", "a" * 5000)


@pytest.fixture
def sealed_line(desk: Desk, rasa: TalkingRasa, wechat: FakePlatform) -> Line:
    return Line(desk, rasa, wechat, sealed=True)


def nothing_came_in(line: Line, rasa: TalkingRasa) -> bool:
    return rasa.heard == [] and rows(line.desk.database, wechat_messages) == []


@pytest.mark.parametrize("body", [BOMB, XXE, OUTSIDE, XXE.encode("utf-16"), "<xml>" * 5_000, "<xml>&unknown;</xml>"])
def test_nothing_in_a_body_is_expanded_or_fetched(
    line: Line, sealed_line: Line, rasa: TalkingRasa, body: str | bytes
) -> None:
    assert line.post(query(), body).status_code == 400
    inside = body if isinstance(body, str) else body.decode("utf-16")
    content = Envelope(AES_KEY, APP_ID).seal(inside)
    assert sealed_line.post(query(content), xml({"Encrypt": content})).status_code == 400
    assert nothing_came_in(line, rasa)


def test_what_is_sealed_wrongly_is_refused(sealed_line: Line, rasa: TalkingRasa) -> None:
    asked, body = sealed(said(Content="你好"), app_id="wxffffffffffffffff")
    assert sealed_line.post(asked, body).status_code == 403
    asked, body = sealed(said(Content="你好"))
    assert sealed_line.post(asked | {"msg_signature": "0" * 40}, body).status_code == 403
    assert sealed_line.post(asked | {"timestamp": "1"}, body).status_code == 403
    assert sealed_line.post(asked, body[:-40]).status_code in (400, 403)
    assert sealed_line.post(asked, "x" * 1_000_000).status_code == 413
    assert nothing_came_in(sealed_line, rasa)


@pytest.mark.parametrize("late", [301, 86400, -301, -86400])
def test_with_a_wrong_clock_nothing_comes_in_and_the_log_says_why(
    line: Line, rasa: TalkingRasa, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    asked = query(late=late)
    looks_at = datetime.fromtimestamp(int(asked["timestamp"]) + late, UTC)
    monkeypatch.setattr("wechat.signing.now", lambda: looks_at)  # else a second that ends meanwhile counts too
    assert line.post(asked, xml(said(Content="你好"))).status_code == 403
    assert "clock" in caplog.text and nothing_came_in(line, rasa)


@pytest.mark.parametrize("name", NAMES)
def test_strange_names_break_nothing(line: Line, name: str) -> None:
    place: dict[str, Any] = {"MsgType": "location", "Location_X": 30.1, "Location_Y": 120.1, "Label": name}
    for fields in (place, {"MsgType": "link", "Title": name}, {"MsgType": "voice", "Recognition": name}):
        assert line.brings(said(**fields)), "everybody gets some answer"
    assert line.send(event("CLICK", EventKey=name)).status_code == 200
    assert line.send(event("SCAN", EventKey=name)).status_code == 200
    assert line.send(said(MsgType=name)).status_code in (200, 400)


@pytest.mark.parametrize("name", ["🏮🏮", "a b", "'--", "", "o" * 200])
def test_a_sender_whose_name_is_no_openid_is_refused(line: Line, rasa: TalkingRasa, name: str) -> None:
    assert line.send(said(name, Content="你好")).status_code == 400
    assert nothing_came_in(line, rasa)


def test_ten_messages_in_a_second_are_each_answered_once(line: Line, rasa: TalkingRasa) -> None:
    told = in_threads(10, lambda place: (f"答复问{place}。", line.asks(f"问{place}")))
    assert all(answer == expected for expected, answer in told)
    once = [f"问{place}" for place in range(10)]
    assert sorted(row["text"] for row in rows(line.desk.database, turns)) == sorted(rasa.messages()) == once


def test_while_the_platform_is_down_or_the_token_is_revoked_nothing_is_lost(
    line: Line, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    for app in line.apps:
        monkeypatch.setattr(app.extensions["wenzheng"].wechat.channel._places, "take", lambda _: False)
    wechat.is_down = True
    assert line.says("一") == "" and line.reads(said(MsgType="image", MediaId="m")) == ""
    settled(line, 2)
    line.work()
    assert wechat.texts() == [] and "sent" not in {row["state"] for row in rows(line.desk.database, wechat_pushes)}
    wechat.is_down = False
    monkeypatch.undo()
    wechat.revoke()
    told = line.says("二")  # what was kept comes in the order in which it came to be
    first, second = "刚才您问的“一”：\n\n答复一。\n\n", f"{words().kept_plain}\n\n{words().picture_lost}\n\n"
    assert told in (f"{first}{second}答复二。", f"{second}{first}答复二。")
    line.work()
    assert wechat.texts() == [], "told already"


def test_a_revoked_token_costs_no_push(line: Line, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    for app in line.apps:
        monkeypatch.setattr(app.extensions["wenzheng"].wechat.channel._places, "take", lambda _: False)
    for question in ("一", "二"):
        assert line.says(question) == ""
        settled(line, 1)
        line.work()
        wechat.revoke()
    assert wechat.texts() == ["答复一。", "答复二。"]
    assert {body["touser"] for body in wechat.taken} == {OPENID}


def settled(line: Line, count: int) -> None:
    """So many answers are with the pushes and not sent."""
    eventually(lambda: sum(row["state"] == "due" for row in rows(line.desk.database, wechat_pushes)) == count)
