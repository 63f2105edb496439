"""What citizens send from WeChat, and what becomes of it."""

from typing import Any

import pytest

from conversations.tables import conversations, turns
from hotline.pictures.image import MOST_BYTES
from hotline.tables import uploads
from tests.hotline.photos import photo
from tests.hotline.support import rows
from tests.web.wechat_users import Line, line, rasa, wechat
from tests.wechat.account import event, said
from tests.wechat.platform import FakePlatform
from tests.wechat.rasa import TalkingRasa, echo
from wechat.tables import wechat_messages, wechat_users
from wechat.words import words

__all__ = ["line", "rasa", "wechat"]


def test_a_number_presses_the_button_that_was_offered_last(line: Line, rasa: TalkingRasa) -> None:
    offered = [{"title": "不留电话", "payload": "/inform{}"}, {"title": "匿名提交", "payload": "/inform{1}"}]
    rasa.says = lambda heard: [{"type": "choices", "text": "要留电话吗？", "choices": offered}]
    assert line.says("路灯坏了") == "要留电话吗？\n1. 不留电话\n2. 匿名提交"
    rasa.says = lambda heard: [{"type": "text", "text": "好。"}]
    assert line.says("第二个") == "好。"
    assert line.says("1") == "好。", "nothing is offered any more"
    assert rasa.messages() == ["路灯坏了", "/inform{1}", "1"]
    assert [row["text"] for row in rows(line.desk.database, turns)] == ["路灯坏了", "匿名提交", "1"]


def test_a_long_answer_goes_on_with_more(line: Line, rasa: TalkingRasa) -> None:
    rasa.says = lambda heard: [{"type": "text", "text": "带好户口本去派出所。" * 150}]
    assert line.says("更多").startswith("带好户口本"), "nothing was cut off yet: it is a question"
    first, second = line.says("户口怎么办"), line.says("“更多”")
    assert first.endswith(words().more) and second and len(rasa.heard) == 2
    rest = line.says("更多")
    whole = "".join(part.removesuffix("\n" + words().more) for part in (first, second, rest))
    assert whole == "带好户口本去派出所。" * 150


def spoken(text: str) -> dict[str, Any]:
    """A voice message, as the platform's recognition writes it down."""
    return said(MsgType="voice", MediaId="m", Format="amr", Recognition=text)


def test_what_is_spoken_does_what_is_written(line: Line, rasa: TalkingRasa) -> None:
    offered = [{"title": "挂失", "payload": "/a"}, {"title": "补办", "payload": "/b"}]
    rasa.says = lambda heard: [{"type": "choices", "text": "带好户口本去派出所。" * 150, "choices": offered}]
    assert line.says("身份证丢了").endswith(words().more)
    assert line.reads(spoken("更多。")).startswith("带好户口本") and rasa.messages() == ["身份证丢了"]
    rasa.says = echo
    assert line.reads(spoken("第二个。")) == "答复/b。"
    assert line.reads(spoken("关闭通知。")) == words().notices_off
    assert line.reads(spoken("请打开通知！")) == words().notices_on
    assert rasa.messages() == ["身份证丢了", "/b"]
    assert [row["text"] for row in rows(line.desk.database, turns)] == ["身份证丢了", "补办"]


@pytest.mark.parametrize(
    ("fields", "heard"),
    [
        ({"MsgType": "voice", "MediaId": "m", "Format": "amr", "Recognition": "身份证丢了。"}, "身份证丢了。"),
        ({"MsgType": "link", "Title": "补贴来了", "Description": "x", "Url": "https://x.example"}, "补贴来了"),
        (
            {"MsgType": "location", "Location_X": 30.25, "Location_Y": 120.17, "Scale": 16, "Label": "建设路12号"},
            "建设路12号",
        ),
        (
            {"MsgType": "location", "Location_X": 30.25, "Location_Y": 120.17, "Label": ""},
            "地图上的位置(30.25000,120.17000)",
        ),
        ({"MsgType": "location", "Location_X": "x", "Location_Y": "nan", "Label": "建设路"}, "建设路"),
    ],
)
def test_other_messages_are_understood(line: Line, rasa: TalkingRasa, fields: Any, heard: str) -> None:
    assert line.reads(said(**fields)).startswith("答复")
    assert rasa.messages() == [heard]
    place = rasa.heard[0]["metadata"]["location"]
    has_place = fields["MsgType"] == "location" and fields["Location_X"] != "x"
    assert (place and (place["latitude"], place["longitude"])) == ((30.25, 120.17) if has_place else None)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"MsgType": "video", "MediaId": "m"}, words().unknown),
        ({"MsgType": "hologram"}, words().unknown),
        ({"MsgType": "text", "Content": words().not_shown}, words().unknown),
        ({"MsgType": "voice", "MediaId": "m", "Recognition": ""}, words().voice),
        ({"MsgType": "voice", "MediaId": "m"}, words().voice),
        ({"MsgType": "text", "Content": " \u200b "}, words().empty),
        ({"MsgType": "text"}, words().empty),
        ({"MsgType": "link", "Url": "x"}, words().empty),
        ({"MsgType": "image", "MediaId": "gone"}, words().picture_lost),
        ({"MsgType": "location", "Location_X": "x", "Location_Y": "1", "Label": ""}, words().empty),
    ],
)
def test_what_cannot_be_understood_is_answered_politely(
    line: Line, rasa: TalkingRasa, fields: Any, answer: str
) -> None:
    assert line.reads(said(**fields)) == answer and rasa.heard == []


def test_emoji_are_answered_without_rasa(line: Line, rasa: TalkingRasa) -> None:
    assert "没有我能读的字" in line.says("😀😀") and rasa.heard == []
    label: dict[str, Any] = {"MsgType": "location", "Location_X": 30.1, "Location_Y": 120.1, "Label": "🏠🏠"}
    assert "没有我能读的字" in line.reads(said(**label))


def test_a_picture_is_fetched_checked_and_brought_to_the_report(
    line: Line, rasa: TalkingRasa, wechat: FakePlatform
) -> None:
    wechat.files = {"m1": photo(), "bad": b"%PDF-1.7", "huge": b"\xff\xd8\xff" + b"x" * MOST_BYTES}
    assert line.reads(said(MsgType="image", MediaId="m1", PicUrl="http://x.example/1")).startswith("答复")
    [upload] = rows(line.desk.database, uploads)
    [heard] = rasa.heard
    assert heard["message"] == "/send_picture"
    assert (heard["metadata"]["attachments"], heard["metadata"]["uploader"]) == ([upload["id"]], upload["uploader"])
    assert "不是能收的图片" in line.reads(said(MsgType="image", MediaId="bad"))
    assert "太大" in line.reads(said(MsgType="image", MediaId="huge"))
    assert len(rows(line.desk.database, uploads)) == 1


def test_wrong_codes_of_one_citizen_are_counted_together_and_for_nobody_else(line: Line, rasa: TalkingRasa) -> None:
    for openid in ("o-one", "o-one", "o-two"):
        assert line.says("你好", openid)
    first, again, other = (heard["metadata"]["source"] for heard in rasa.heard)
    assert first == again != other and len({first, other, "", "o-one", "o-two"}) == 5


def test_menu_entries_are_understood_and_other_events_are_silent(line: Line, rasa: TalkingRasa) -> None:
    assert line.reads(event("CLICK", EventKey="progress")) == "答复/ticket_progress。"
    assert line.reads(event("CLICK", EventKey="gone")) == words().greeting
    for silent in ("VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "unheard_of", "pic_sysphoto"):
        assert line.reads(event(silent, EventKey="x")) == ""
    assert rasa.messages() == ["/ticket_progress"]
    assert [row["text"] for row in rows(line.desk.database, turns)] == ["我的工单怎么样了"]


def test_who_follows_or_scans_is_greeted_once_for_each_event(line: Line, rasa: TalkingRasa) -> None:
    follow = event("subscribe", EventKey="qrscene_1", at=1700000000)
    assert [line.reads(follow), line.reads(follow)] == [words().greeting] * 2, "the second is the same again"
    assert line.reads(event("SCAN", EventKey="1")) == words().greeting
    assert len(rows(line.desk.database, wechat_messages)) == 2 and rasa.heard == []


def test_who_leaves_cannot_be_reached_any_more(line: Line) -> None:
    line.says("你好")
    grant = {"List": [{"TemplateId": "t", "SubscribeStatusString": "accept", "PopupScene": "2"}]}
    assert line.reads(event("subscribe_msg_popup_event", SubscribeMsgPopupEvent=grant)) == ""
    assert line.reads(event("unsubscribe", EventKey="")) == ""
    [user] = rows(line.desk.database, wechat_users)
    assert user["openid"] is None and user["message_at"] is None
    assert line.says("我回来了") == "答复我回来了。"
    assert rows(line.desk.database, wechat_users)[0]["openid"]
    assert len(rows(line.desk.database, conversations)) == 1


def test_notices_are_turned_off_and_on_by_words(line: Line, rasa: TalkingRasa) -> None:
    assert line.says("关闭通知。") == words().notices_off
    assert rows(line.desk.database, wechat_users)[0]["wants_notices"] is False
    assert line.says("打开通知") == words().notices_on
    assert rows(line.desk.database, wechat_users)[0]["wants_notices"] is True and rasa.heard == []
