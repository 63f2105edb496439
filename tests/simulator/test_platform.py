"""The stand-in for WeChat's platform: how messages travel to the account and its replies back."""

import base64
import time
from typing import Any

import pytest

from simulator.wechat.crypto import Cipher, signature
from tests.service import eventually
from tests.simulator.callback import AES_KEY, APP_ID, TOKEN, Callback, Received, sealed, text_reply
from tests.simulator.phone import Phone

# WeChat's own sample of a sealed message.
SAMPLE = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXp"
    "bUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlp"
    "Kn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD"
    "1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
FAULT = ("fault", "该公众号提供的服务出现故障，请稍后再试")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_it_signs_and_opens_wechats_own_sample() -> None:
    sign = signature(TOKEN, "1409735669", "1320562132", SAMPLE)
    assert sign == "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
    assert "<Content><![CDATA[abcdteT]]></Content>" in Cipher(AES_KEY, APP_ID).open(SAMPLE)
    with pytest.raises(ValueError, match="another AppID"):
        Cipher(AES_KEY, "wx0000000000000000").open(SAMPLE)
    with pytest.raises(ValueError):
        Cipher(AES_KEY, APP_ID).open(SAMPLE[:-24] + "A" * 24)


def test_a_reply_comes_back_to_the_user(phone: Phone, callback: Callback) -> None:
    callback.answer = lambda request: text_reply(request, f"您说的是“{request.fields['Content']}”]]>吗？")
    began = int(time.time())
    assert phone.say("身份证 <丢了>]]>&") == "reply"
    assert phone.received() == [("passive", "您说的是“身份证 <丢了>]]>&”]]>吗？")]
    fields = callback.requests[0].fields
    assert (fields["ToUserName"], fields["FromUserName"]) == ("gh_2c2769f8efd9", phone.openid)
    assert fields["MsgType"] == "text" and 0 < int(fields["MsgId"]) < 2**63
    assert began <= int(fields["CreateTime"]) <= time.time()
    assert "encrypt_type" not in callback.requests[0].query


def test_success_and_an_empty_answer_mean_no_reply(phone: Phone, callback: Callback) -> None:
    for said in ("success", ""):
        callback.answer = lambda request, said=said: (200, said)  # type: ignore[misc]
        assert phone.say() == "nothing"
    assert (phone.received(), len(callback.requests)) == ([], 2)


@pytest.mark.parametrize(
    "body",
    [
        "ok",
        "{}",
        "<xml>",
        "<xml></xml>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><xml><ToUserName>&b;</ToUserName></xml>",
        {"Content": ""},
        {"Content": "长" * 683},
        {"ToUserName": "somebody-else"},
        {"MsgType": "poem"},
        {"CreateTime": "yesterday"},
    ],
)
def test_any_other_answer_is_a_fault_without_another_try(phone: Phone, callback: Callback, body: Any) -> None:
    callback.answer = lambda request: (200, body) if isinstance(body, str) else text_reply(request, "", **body)
    assert phone.say() == "fault"
    assert phone.received() == [FAULT]
    assert (len(callback.requests), phone.outcomes()) == (1, ["bad"])


def at_the_second(callback: Callback, request: Received) -> Received:
    """The request, once two have come: the first gets no answer in time, and none is read before the other's."""
    eventually(lambda: len(callback.requests) > 1)
    return request


def test_a_late_answer_is_asked_for_again_with_the_same_id(phone: Phone, callback: Callback) -> None:
    phone.switch(mode="plain", reply_seconds=2)
    callback.answer = lambda request: text_reply(at_the_second(callback, request), "补办要带户口簿。")
    assert phone.say() == "reply"
    assert phone.received() == [("passive", "补办要带户口簿。")]
    assert len({request.fields["MsgId"] for request in callback.requests}) == 1
    assert len({request.query["nonce"] for request in callback.requests}) == 2
    assert phone.outcomes() == ["late", "reply"]


def test_after_three_tries_the_user_is_told_of_a_fault(phone: Phone, callback: Callback) -> None:
    callback.answer = lambda request: (500, "")
    assert phone.say() == "fault"
    assert (phone.received(), phone.outcomes()) == ([FAULT], ["refused"] * 3)


def test_a_broken_connection_loses_the_reply_and_the_next_try_brings_it(phone: Phone, callback: Callback) -> None:
    phone.switch(mode="plain", lost_share=1.0)
    callback.answer = lambda request: text_reply(at_the_second(callback, request), f"第 {len(callback.requests)} 次")
    assert phone.say() == "reply"
    assert (phone.received(), phone.outcomes()) == ([("passive", "第 2 次")], ["lost", "reply"])


def test_a_message_three_times_at_once_shows_one_reply(phone: Phone, callback: Callback) -> None:
    callback.answer = lambda request: text_reply(request, "同一句")
    assert phone.say(copies=3) == "reply"
    assert phone.received() == [("passive", "同一句")]
    assert sorted(phone.outcomes()) == ["repeat", "repeat", "reply"]
    assert len({request.body for request in callback.requests}) == 1
    phone.switch(mode="plain", triple_share=1.0)
    assert phone.say() == "reply"
    assert len(callback.requests) == 6


def test_in_safe_mode_nothing_travels_open(phone: Phone, callback: Callback) -> None:
    phone.switch(mode="safe")
    account = callback.account
    callback.answer = lambda request: sealed(text_reply(request, "加密的回复")[1], account)
    assert phone.say("我的秘密") == "reply"
    request = callback.requests[0]
    assert set(request.fields) == {"ToUserName", "Encrypt"} and request.query["encrypt_type"] == "aes"
    query = request.query
    sign = signature(TOKEN, query["timestamp"], query["nonce"], request.fields["Encrypt"])
    assert query["msg_signature"] == sign
    assert "<Content><![CDATA[我的秘密]]></Content>" in account.cipher.open(request.fields["Encrypt"])
    assert phone.received() == [("passive", "加密的回复")]


def test_a_sealed_reply_that_is_forged_or_open_is_a_fault_in_safe_mode(phone: Phone, callback: Callback) -> None:
    phone.switch(mode="safe")
    account = callback.account
    forged = account.cipher.seal("<xml></xml>")

    def wrong_sign(request: Received) -> tuple[int, str]:
        status, body = sealed(text_reply(request, "好")[1], account)
        return status, body.replace("<Nonce><![CDATA[17", "<Nonce><![CDATA[18")

    for answer in (
        lambda request: text_reply(request, "明文"),
        wrong_sign,
        lambda request: (200, f"<xml><Encrypt>{forged}</Encrypt></xml>"),
    ):
        callback.answer = answer
        assert phone.say() == "fault"


def test_compatible_mode_sends_both_and_takes_either(phone: Phone, callback: Callback) -> None:
    phone.switch(mode="compatible")
    callback.answer = lambda request: text_reply(request, "明文")
    assert phone.say() == "reply"
    assert {"Content", "Encrypt"} <= set(callback.requests[0].fields)
    callback.answer = lambda request: sealed(text_reply(request, "密文")[1], callback.account)
    assert phone.say() == "reply"
    assert phone.received() == [("passive", "明文"), ("passive", "密文")]


def test_the_handshake_needs_the_echo(phone: Phone, callback: Callback) -> None:
    assert phone.told("/platform/handshake") == {"proved": True}
    callback.take = lambda query, body: (200, "hello")  # type: ignore[method-assign]
    assert phone.told("/platform/handshake") == {"proved": False}


@pytest.mark.parametrize(
    ("kind", "wanted", "fields"),
    [
        ("voice", {"recognition": "路灯坏了"}, {"MsgType": "voice", "Format": "amr", "Recognition": "路灯坏了"}),
        (
            "location",
            {"latitude": 39.9, "longitude": 116.4, "label": "幸福路"},
            {"MsgType": "location", "Location_X": "39.9", "Location_Y": "116.4", "Label": "幸福路"},
        ),
        ("link", {"title": "公告", "url": "https://a.example"}, {"MsgType": "link", "Title": "公告"}),
        ("other", {"msg_type": "hologram"}, {"MsgType": "hologram"}),
        ("click", {"key": "REPORT"}, {"MsgType": "event", "Event": "CLICK", "EventKey": "REPORT"}),
        ("view", {"url": "https://a.example/t"}, {"Event": "VIEW", "EventKey": "https://a.example/t"}),
        ("scan", {"scene": "12"}, {"Event": "SCAN", "EventKey": "12"}),
        ("subscribe", {"scene": "12"}, {"Event": "subscribe", "EventKey": "qrscene_12"}),
        ("unsubscribe", {}, {"Event": "unsubscribe"}),
    ],
)
def test_everything_else_that_users_do_travels_too(
    phone: Phone, callback: Callback, kind: str, wanted: dict[str, Any], fields: dict[str, str]
) -> None:
    assert phone.act(kind, **wanted)["ended"] == "nothing"
    sent = callback.requests[0].fields
    assert sent | fields == sent
    assert ("MsgId" in sent) == (fields.get("MsgType") != "event" and "Event" not in fields)


def test_a_picture_is_kept_for_three_days(phone: Phone, callback: Callback) -> None:
    phone.act("image", picture=base64.b64encode(PNG).decode())
    fields = callback.requests[0].fields
    token = phone.stable_token()["access_token"]
    kept = phone.client.get(f"/cgi-bin/media/get?access_token={token}&media_id={fields['MediaId']}")
    assert (kept.data, kept.content_type) == (PNG, "image/png")
    assert f'filename="{fields["MediaId"]}.png"' in kept.headers["Content-disposition"]
    assert phone.client.get(fields["PicUrl"].removeprefix("http://platform.example")).data == PNG
    phone.pass_by(3 * 86400 + 1)
    token = phone.stable_token()["access_token"]
    gone = phone.client.get(f"/cgi-bin/media/get?access_token={token}&media_id={fields['MediaId']}")
    assert gone.get_json()["errcode"] == 40007
    refused = {"type": "image", "picture": base64.b64encode(b"%PDF").decode()}
    assert phone.client.post(f"/platform/users/{phone.openid}/messages", json=refused).status_code == 400


def test_a_wrong_clock_shows_in_messages_only(phone: Phone, callback: Callback) -> None:
    began = int(time.time())
    phone.pass_by(48 * 3600)
    phone.say()
    phone.switch(mode="plain", wrong_clock_seconds=-3600)
    phone.say()
    right, wrong = callback.requests
    assert began <= int(right.query["timestamp"]) <= time.time()
    for told in (wrong.query["timestamp"], wrong.fields["CreateTime"]):
        assert began - 3600 <= int(told) <= time.time() - 3600


def test_who_left_writes_no_more_until_they_follow_again(phone: Phone, callback: Callback) -> None:
    phone.act("unsubscribe")
    said = phone.client.post(f"/platform/users/{phone.openid}/messages", json={"type": "text", "text": "在吗"})
    assert said.status_code == 400
    phone.act("subscribe")
    assert phone.say() == "nothing"
