"""The official account through the web processes: every message answered once, whatever the platform and Rasa do."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from conversations import words as fixed
from conversations.tables import conversations, turns
from foundation.clock import now
from foundation.controls import Controls
from tests.hotline.clock import Clock
from tests.hotline.support import Desk, everything_at_rest, in_threads, rows
from tests.service import eventually
from tests.web.wechat_users import ENDLESS, QUICK, Line, line, rasa, still, wechat
from tests.wechat.account import OPENID, event, query, said, sealed, xml
from tests.wechat.platform import FakePlatform
from tests.wechat.rasa import Row, TalkingRasa, echo
from web import create_app
from wechat.envelope import Envelope
from wechat.markup import read
from wechat.tables import wechat_messages, wechat_pushes, wechat_users
from wechat.words import words
from worker.wechat import NOT_ASKED_FOR

__all__ = ["line", "rasa", "still", "wechat"]


def test_the_handshake(line: Line) -> None:
    client = line.apps[0].test_client()
    answer = client.get("/wechat", query_string=query() | {"echostr": "<b>5"})
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "<b>5", "text/plain")
    assert client.get("/wechat", query_string=query(token="other") | {"echostr": "5"}).status_code == 403
    assert client.get("/wechat").status_code == 403


def test_without_an_account_there_is_nothing(desk: Desk) -> None:
    client = create_app(desk.settings).test_client()
    assert [client.get(path).status_code for path in ("/wechat", "/wechat/login", "/wechat/authorised")] == [404] * 3
    assert client.post("/wechat", query_string=query(), data=xml(said(Content="x"))).status_code == 404


def test_a_question_is_answered_with_the_request(line: Line, rasa: TalkingRasa) -> None:
    assert line.says("身份证丢了") == "答复身份证丢了。"
    assert line.says("要带什么") == "答复要带什么。"
    assert rasa.messages() == ["身份证丢了", "要带什么"]
    [conversation] = rows(line.desk.database, conversations)
    assert conversation["channel"] == "wechat" and len({one["sender"] for one in rasa.heard}) == 1
    assert {one["metadata"]["channel"] for one in rasa.heard} == {"wechat"}


def test_what_all_are_told_comes_once_a_day_with_an_answer_and_never_before_the_numbers_in_danger(line: Line) -> None:
    controls, until = Controls(line.desk.database, line.settings), (now() + timedelta(hours=1)).isoformat()
    storm = {"id": "a", "text": "今天有台风。", "is_grave": True, "since": now().isoformat(), "until": until}
    controls.change("notices", 0, [storm], "admin", "台风")
    controls.change("off:bot", 0, {"reason": "升级。", "until": until}, "admin", "升级")
    assert "119" in line.asks("我家着火了快救命")[:20]
    controls.undo("off:bot", 1, "admin")
    for app in line.apps:
        app.extensions["wenzheng"].controls.refresh()
    assert line.asks("身份证丢了") == "【公告】今天有台风。\n\n答复身份证丢了。"
    assert line.asks("要带什么") == "答复要带什么。"
    with line.desk.database.writing() as connection:
        connection.execute(update(wechat_users).values(announced={"a": "2020-01-01"}))
    assert line.asks("还要带什么").startswith("【公告】")


@pytest.mark.parametrize("compatible", [True, False], ids=["compatible", "safe"])
def test_a_sealed_question_gets_a_sealed_answer(
    desk: Desk, rasa: TalkingRasa, wechat: FakePlatform, compatible: bool
) -> None:
    line = Line(desk, rasa, wechat, sealed=True)
    answer = line.post(*sealed(said(Content="你好"), compatible=compatible))
    key, app_id = line.settings.wechat_encoding_aes_key, line.settings.wechat_app_id
    assert read(Envelope(key, app_id).open(read(answer.data)["Encrypt"]))["Content"] == "答复你好。"
    assert line.post(query(), xml(said(Content="你好"))).status_code == 403


def test_forged_old_broken_and_huge_requests_do_nothing(line: Line, rasa: TalkingRasa) -> None:
    whole = xml(said(Content="你好"))
    assert line.post(query(token="other"), whole).status_code == 403
    assert line.post(query(late=400), whole).status_code == 403
    assert line.post(query(), whole[:-10]).status_code == 400
    assert line.post(query(), "<!DOCTYPE x>" + whole).status_code == 400
    assert line.post(query(), xml(said(Content="好" * 400_000))).status_code == 413
    assert line.post(query(), "x" * 65 * 1024).status_code == 413
    assert rasa.heard == [] and rows(line.desk.database, wechat_messages) == []


def test_the_same_message_three_times_at_once_to_two_processes_is_answered_once(line: Line, rasa: TalkingRasa) -> None:
    def once_all_are_there(heard: Row) -> list[Row]:
        eventually(lambda: rows(line.desk.database, wechat_messages)[0]["requests"] == 3)
        return echo(heard)

    rasa.says, message = once_all_are_there, said(Content="你好")
    told = in_threads(3, lambda _: line.reads(message))
    assert sorted(told) == ["", "", "答复你好。"] and rasa.messages() == ["你好"]
    line.work()
    assert rows(line.desk.database, wechat_pushes) == []


def test_a_retry_brings_the_answer_that_was_not_ready(line: Line, rasa: TalkingRasa) -> None:
    line.hold()
    message = said(Content="你好")
    assert line.reads(message) == ""
    line.let_go()
    assert line.reads(message) == "答复你好。"
    assert rasa.messages() == ["你好"]


def test_a_retry_brings_the_answer_that_was_lost(line: Line, rasa: TalkingRasa) -> None:
    message = said(Content="你好")
    assert [line.reads(message) for _ in range(3)] == ["答复你好。"] * 3
    assert rasa.messages() == ["你好"] and len(rows(line.desk.database, turns)) == 1


def test_what_takes_longer_than_three_requests_is_pushed(line: Line, rasa: TalkingRasa, wechat: FakePlatform) -> None:
    line.hold()
    message = said(Content="你好")
    assert [line.reads(message) for _ in range(3)] == [""] * 3
    line.let_go()
    line.settle()
    line.work()
    assert wechat.texts() == ["答复你好。"] and line.reads(message) == ""
    line.work()
    assert wechat.texts() == ["答复你好。"] and rasa.messages() == ["你好"]


def test_without_the_right_to_push_the_answer_comes_with_the_next_message(
    line: Line, rasa: TalkingRasa, wechat: FakePlatform
) -> None:
    line.hold()
    wechat.codes["/cgi-bin/message/custom/send"] = [48001]
    message = said(Content="身份证丢了")
    assert [line.reads(message) for _ in range(3)] == [""] * 3
    line.let_go()
    line.settle()
    line.work()
    assert wechat.texts() == []
    assert line.says("谢谢") == "刚才您问的“身份证丢了”：\n\n答复身份证丢了。\n\n答复谢谢。"
    assert line.says("你好") == "答复你好。"


def test_the_numbers_in_danger_come_before_what_was_kept(line: Line, rasa: TalkingRasa, wechat: FakePlatform) -> None:
    line.hold()
    wechat.codes["/cgi-bin/message/custom/send"] = [48001]
    message = said(Content="身份证丢了")
    assert [line.reads(message) for _ in range(3)] == [""] * 3
    line.let_go()
    line.settle()
    line.work()
    numbers = fixed.reply("utter_emergency_fire")
    rasa.says = lambda heard: [numbers] if "火" in heard["message"] else echo(heard)
    assert line.says("着火了") == numbers["text"]
    assert line.says("谢谢").startswith("刚才您问的“身份证丢了”：")


def test_an_answer_that_nobody_fetches_is_pushed(line: Line, wechat: FakePlatform, still: Clock) -> None:
    line.hold()
    assert line.says("你好") == ""
    line.let_go()
    line.settle()
    line.work()
    assert wechat.texts() == [], "WeChat may still ask for it"
    still.at += NOT_ASKED_FOR + timedelta(seconds=1)
    line.work()
    assert wechat.texts() == ["答复你好。"]


def test_a_message_whose_process_died_is_not_lost(
    line: Line, rasa: TalkingRasa, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    for app in line.apps:
        monkeypatch.setattr(app.extensions["wenzheng"].wechat.channel, "_begin", lambda *_: None)
    line.wait(QUICK)
    first, second = said(Content="一"), said(Content="二")
    assert line.reads(first) == line.reads(second) == ""
    _age(line, seconds=30)
    monkeypatch.undo()
    line.wait(ENDLESS)
    assert line.reads(first) == "答复一。", "the next request takes the work over"
    _age(line, seconds=30)
    line.work()
    assert wechat.texts() == [words().interrupted]


def _age(line: Line, seconds: int) -> None:
    """Every message came so much earlier."""
    for row in rows(line.desk.database, wechat_messages):
        earlier = {name: row[name] - timedelta(seconds=seconds) for name in ("asked_at", "leased_until")}
        with line.desk.database.writing() as connection:
            mine = wechat_messages.update().where(wechat_messages.c.id == row["id"])
            connection.execute(mine.values(**earlier))


def test_when_too_many_wait_the_rest_is_acknowledged_at_once(
    line: Line, rasa: TalkingRasa, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    for app in line.apps:
        monkeypatch.setattr(app.extensions["wenzheng"].wechat.channel._places, "take", lambda _: False)
    line.hold()
    assert line.says("你好") == ""
    line.let_go()
    line.settle()
    line.work()
    assert wechat.texts() == ["答复你好。"]


@pytest.mark.usefixtures("still")  # the moment lasts however slow this machine is
def test_thirty_messages_in_a_moment_are_answered_or_said_not_to_be(line: Line, rasa: TalkingRasa) -> None:
    told = [one for some in in_threads(3, lambda _: [line.says("你好") for _ in range(10)]) for one in some]
    assert told.count("答复你好。") == len(rasa.heard) == 12
    assert told.count(words().too_fast) == 1 and told.count("") == 17
    assert line.says("你好", "oOtherABCDEFGHIJKLMNOPQRSTUV") == "答复你好。"


def test_citizens_are_never_given_each_others_answers(line: Line, rasa: TalkingRasa) -> None:
    rasa.seconds = 0.05
    citizens = [f"oCitizen{place:020d}" for place in range(10)]

    def talk(place: int) -> list[str]:
        return [line.asks(f"{place}问{number}", citizens[place]) for number in range(4)]

    told = sorted(in_threads(10, talk))
    assert told == [[f"答复{place}问{number}。" for number in range(4)] for place in range(10)]
    assert len(rows(line.desk.database, conversations)) == 10


def test_while_rasa_is_down_the_answer_says_so(desk: Desk, wechat: FakePlatform) -> None:
    nobody = TalkingRasa()
    nobody.url = "http://127.0.0.1:9"
    assert "助手现在出了点问题" in Line(desk, nobody, wechat).says("你好")


def test_a_surprise_is_no_500(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    for app in line.apps:
        monkeypatch.setattr(app.extensions["wenzheng"].intake, "take", lambda *_: 1 / 0)
    assert line.says("你好") == words().failed


def test_who_wrote_stands_in_no_row_and_no_log(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    line.says("我的电话 13812345678")
    line.send(event("CLICK", EventKey="gone"))
    line.post(query(token="other") | {"openid": OPENID}, xml(said(Content="你好")))
    line.work()
    at_rest = everything_at_rest(line.desk.database)
    assert OPENID not in at_rest and "13812345678" not in at_rest
    assert OPENID not in "\n".join(record.getMessage() for record in caplog.records if record.name != "urllib3")
