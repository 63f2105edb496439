"""The stand-in for WeChat's platform: what the account may call, when, and with which error codes it is refused."""

import json
import time
from typing import Any

import pytest

from tests.service import eventually
from tests.simulator.callback import Callback
from tests.simulator.phone import Phone

NOTICE = {"thing1": {"value": "您的诉求有了进展"}, "character_string2": {"value": "20261123-000001"}}


def test_a_token_needs_the_right_account(phone: Phone) -> None:
    assert phone.plain_token()["expires_in"] == 7200
    for ask in (phone.plain_token, phone.stable_token):
        assert ask(appid="wx0")["errcode"] == 40013
        assert ask(secret="b" * 32)["errcode"] == 40125
        assert ask(grant_type="password")["errcode"] == 40002


def test_a_stable_token_stays_until_five_minutes_before_its_end(phone: Phone) -> None:
    began = time.monotonic()
    first = phone.stable_token()
    phone.pass_by(6800)
    again = phone.stable_token()
    assert again["access_token"] == first["access_token"]
    assert int(400 - (time.monotonic() - began)) <= again["expires_in"] <= 400
    phone.pass_by(150)
    second = phone.stable_token()["access_token"]
    assert second != first["access_token"]
    phone.say()
    assert (phone.push("旧", first["access_token"]), phone.push("新", second)) == (0, 0)
    phone.pass_by(251)
    assert (phone.push("旧", first["access_token"]), phone.push("新", second)) == (42001, 0)


def test_a_new_plain_token_ends_the_older_ones_but_no_stable_one(phone: Phone) -> None:
    stable = phone.stable_token()["access_token"]
    tokens = [phone.plain_token()["access_token"] for _ in range(3)]
    phone.say()
    assert [phone.push("好", token) for token in tokens] == [40001, 0, 0]
    phone.pass_by(301)
    assert [phone.push("好", token) for token in (*tokens, stable)] == [40001, 40001, 0, 0]


def test_a_forced_token_is_new_at_most_every_thirty_seconds(phone: Phone) -> None:
    first = phone.stable_token()["access_token"]
    forced = phone.stable_token(force_refresh=True)["access_token"]
    assert phone.stable_token(force_refresh=True)["access_token"] == forced != first
    phone.pass_by(31)
    assert phone.stable_token(force_refresh=True)["access_token"] != forced
    phone.say()
    assert (phone.push("好", first), phone.push("好", forced)) == (40001, 0)


def test_a_token_that_is_missing_made_up_or_revoked_is_refused(phone: Phone) -> None:
    token = phone.stable_token()["access_token"]
    phone.say()
    assert (phone.push("好", ""), phone.push("好", "made-up"), phone.push("好", token)) == (41001, 40001, 0)
    phone.told("/platform/tokens/revoke")
    assert phone.push("好", token) == 40001
    assert phone.push("好", phone.stable_token()["access_token"]) == 0


def test_a_token_lives_as_long_as_it_is_told(phone: Phone) -> None:
    phone.switch(mode="plain", token_seconds=400)
    token = phone.stable_token()
    assert token["expires_in"] == 400
    phone.say()
    phone.pass_by(401)
    assert phone.push("好", token["access_token"]) == 42001


def test_after_a_message_five_may_be_pushed_within_two_days(phone: Phone) -> None:
    assert phone.push("没有来由") == 45015
    phone.say()
    assert [phone.push(f"第 {number} 条") for number in range(6)] == [0] * 5 + [45047]
    assert phone.received() == [("push", f"第 {number} 条") for number in range(5)]
    phone.say()
    assert phone.user()["quota"] == {"after_message": 5, "after_act": 0}
    phone.pass_by(48 * 3600 + 1)
    assert phone.push("太晚") == 45015


def test_after_a_click_three_may_be_pushed_within_a_minute(phone: Phone) -> None:
    for act in ({"kind": "click", "key": "K"}, {"kind": "scan", "scene": "1"}):
        phone.act(**act)
        assert [phone.push("好") for _ in range(4)] == [0, 0, 0, 45047]
    phone.act("view", url="https://a.example")
    assert phone.push("好") == 45047
    phone.act("click", key="K")
    phone.pass_by(61)
    assert phone.push("好") == 45015


def test_the_allowance_that_ends_first_is_spent_first(phone: Phone) -> None:
    phone.say()
    phone.act("click", key="K")
    assert [phone.push("好") for _ in range(9)] == [0] * 8 + [45047]
    phone.say()
    phone.act("click", key="K")
    phone.push("好")
    assert phone.user()["quota"] == {"after_message": 5, "after_act": 2}


def test_who_leaves_takes_the_allowance_along(phone: Phone) -> None:
    phone.say()
    phone.act("unsubscribe")
    assert phone.push("别走") == 45015
    phone.act("subscribe")
    assert [phone.push("欢迎") for _ in range(3)] == [0, 0, 0]


def test_pushes_that_are_none_are_refused(phone: Phone) -> None:
    phone.say()
    send = "/cgi-bin/message/custom/send"

    def code(**body: Any) -> int:
        return int(phone.call(send, {"touser": phone.openid} | body).get_json()["errcode"])

    assert phone.call(send, b"{").get_json()["errcode"] == phone.call(send, b"[]").get_json()["errcode"] == 47001
    assert code(touser="nobody", msgtype="text", text={"content": "好"}) == 40003
    assert code(msgtype="text", text={"content": ""}) == 44004
    assert code(msgtype="text", text={"content": "长" * 682 + "ab"}) == 0
    assert code(msgtype="text", text={"content": "长" * 682 + "abc"}) == 45002
    assert code(msgtype="poem", poem={}) == 40008
    assert code(msgtype="image", image={"media_id": "none"}) == 40007
    choices = [{"id": "1", "content": "满意"}]
    assert code(msgtype="msgmenu", msgmenu={"head_content": "满意吗？", "list": choices}) == 0
    phone.switch(mode="plain", may_push=False)
    assert code(msgtype="text", text={"content": "好"}) == 48001
    assert [row["errcode"] for row in phone.client.get("/platform/calls").get_json()["calls"]][-1] == 48001


def test_escaped_chinese_is_shown_as_it_was_written(phone: Phone) -> None:
    phone.say()
    body = {"touser": phone.openid, "msgtype": "text", "text": {"content": "好"}}
    assert phone.call("/cgi-bin/message/custom/send", json.dumps(body).encode()).get_json()["errcode"] == 0
    assert phone.received() == [("push", "\\u597d")]


def test_one_grant_sends_one_subscription_message(phone: Phone, callback: Callback) -> None:
    def send(**other: Any) -> int:
        body = {"touser": phone.openid, "template_id": "T1", "data": NOTICE, "page": "https://a.example/t"} | other
        return int(phone.call("/cgi-bin/message/subscribe/bizsend", body).get_json()["errcode"])

    assert send() == 43101
    phone.act("grant", templates={"T1": "accept", "T2": "reject"})
    sent = callback.requests[0].body
    assert "<SubscribeMsgPopupEvent><List><TemplateId><![CDATA[T1]]></TemplateId>" in sent
    assert phone.user()["grants"] == {"T1": 1}
    assert send(template_id="") == 40037
    for data in (
        {},
        {"thing1": {"value": "长" * 21}},
        {"thing1": {"value": ""}},
        {"what1": {"value": "好"}},
        {"thing": "好"},
    ):
        assert send(data=data) == 47003
    assert (send(template_id="T2"), send(), send()) == (43101, 0, 43101)
    assert phone.received() == [("notice", "您的诉求有了进展\n20261123-000001")]


def test_the_account_is_told_what_became_of_a_subscription_message(phone: Phone, callback: Callback) -> None:
    body = {"touser": phone.openid, "template_id": "T1", "data": NOTICE}
    for error, status in ((0, "success"), (43101, "failed")):
        callback.requests.clear()
        phone.switch(mode="plain", notice_error=error)
        phone.act("grant", templates={"T1": "accept"})
        assert phone.call("/cgi-bin/message/subscribe/bizsend", body).get_json()["errcode"] == 0
        eventually(lambda: len(callback.requests) == 2)
        told = f"<ErrorCode>{error}</ErrorCode><ErrorStatus><![CDATA[{status}]]></ErrorStatus>"
        assert told in callback.requests[1].body
    assert [way for way, _ in phone.received()] == ["notice"]
    phone.act("grant", templates={"T1": "accept"})
    phone.act("refuse", template="T1")
    assert callback.requests[-1].fields["Event"] == "subscribe_msg_change_event"
    assert phone.call("/cgi-bin/message/subscribe/bizsend", body).get_json()["errcode"] == 43101


def test_the_menu_is_kept_and_checked(phone: Phone) -> None:
    below = [{"type": "view", "name": "随手拍", "url": "https://a.example/report"}]
    menu = {"button": [{"type": "click", "name": "办事", "key": "A"}, {"name": "更多", "sub_button": below}]}
    assert phone.call("/cgi-bin/menu/get").get_json()["errcode"] == 46003
    assert phone.call("/cgi-bin/menu/create", menu).get_json()["errcode"] == 0
    assert phone.call("/cgi-bin/menu/get").json == {"menu": menu}
    click: dict[str, Any] = {"type": "click", "name": "好", "key": "A"}
    refused: dict[int, list[dict[str, Any]]] = {
        40016: [click] * 4,
        40018: [click | {"name": "六个汉字太长"}],
        40019: [click | {"key": ""}],
        40020: [click | {"type": "view"}],
        40017: [click | {"type": "dance"}],
        40023: [{"name": "更多", "sub_button": [click] * 6}],
    }
    for code, buttons in refused.items():
        assert phone.call("/cgi-bin/menu/create", {"button": buttons}).get_json()["errcode"] == code
    assert phone.call("/cgi-bin/menu/delete").get_json()["errcode"] == 0
    assert phone.call("/cgi-bin/menu/get").get_json()["errcode"] == 46003


def test_the_interfaces_can_be_down_and_slow(phone: Phone) -> None:
    phone.switch(mode="plain", down=True)
    assert phone.client.get("/cgi-bin/token").status_code == 503
    assert phone.client.get("/sns/oauth2/access_token").status_code == 503
    phone.switch(mode="plain", slow_seconds=0.01)
    assert phone.plain_token()["expires_in"] == 7200


@pytest.mark.parametrize(
    "wanted",
    [{"mode": "loud"}, {"lost_share": 2}, {"token_seconds": 300}, {"speed": 1}, {"down": "yes"}, {"reply_seconds": 0}],
)
def test_switches_that_make_no_sense_are_refused(phone: Phone, wanted: dict[str, Any]) -> None:
    assert phone.client.post("/platform/switches", json=wanted).status_code == 400
