"""Only what the platform signed, and lately, comes in; whatever else is sent does nothing and breaks nothing."""

import base64
import time
from dataclasses import replace
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from tests.hotline.clock import Clock
from tests.hotline.support import make_settings
from tests.wechat.account import AES_KEY, APP_ID, OPENID, OWN_NAME, TOKEN, event, query, said, sealed, with_account, xml
from wechat.envelope import Envelope
from wechat.gate import Gate, Refused
from wechat.markup import read
from wechat.signing import signature


def gate(*, with_key: bool = False) -> Gate:
    return Gate(with_account(make_settings("sqlite://", Path("nowhere")), sealed=with_key))


def refused(status: int, asked: dict[str, str], body: bytes | str, *, with_key: bool = False) -> None:
    with pytest.raises(Refused) as error:
        gate(with_key=with_key).open(asked, body.encode() if isinstance(body, str) else body)
    assert error.value.status == status


def test_the_handshake_answers_who_knows_the_token() -> None:
    assert gate().echo(query() | {"echostr": "8123"}) == "8123"
    for asked in ({}, query(token="other"), query(late=600), query() | {"nonce": "1"}):
        with pytest.raises(Refused):
            gate().echo(asked | {"echostr": "8123"})


def test_a_signature_is_the_sha1_of_the_sorted_parts() -> None:
    assert signature("token", "1409659589", "263014780") == sha1(b"1409659589263014780token").hexdigest()


def test_a_plain_message_is_read() -> None:
    message = gate().open(query(), xml(said(Content="你好 ]]> <b>", number=77)).encode())
    assert (message.openid, message.account, message.kind) == (OPENID, OWN_NAME, "text")
    assert message.field("Content") == "你好 ]]> <b>" and not message.sealed


@pytest.mark.parametrize("compatible", [True, False], ids=["compatible", "safe"])
def test_a_sealed_message_is_opened_and_its_reply_is_sealed(compatible: bool) -> None:
    ours = gate(with_key=True)
    asked, body = sealed(said(Content="你好"), compatible=compatible)
    message = ours.open(asked, body.encode())
    assert message.field("Content") == "你好" and message.sealed
    reply = read(ours.reply(message, "您好 ]]>").encode())
    signed = signature(TOKEN, reply["TimeStamp"], reply["Nonce"], reply["Encrypt"])
    assert reply["MsgSignature"] == signed
    inner = read(Envelope(AES_KEY, APP_ID).open(reply["Encrypt"]))
    assert (inner["ToUserName"], inner["FromUserName"], inner["Content"]) == (OPENID, OWN_NAME, "您好 ]]>")


def test_a_plain_reply_is_a_whole_text_message() -> None:
    before = int(time.time())
    message = gate().open(query(), xml(said(Content="你好")).encode())
    reply = read(gate().reply(message, "第一行\n<a>&").encode())
    assert reply["MsgType"] == "text" and reply["Content"] == "第一行\n<a>&"
    assert before <= int(reply["CreateTime"]) <= time.time()


def test_forged_and_old_requests_are_refused() -> None:
    body = xml(said(Content="你好"))
    refused(403, {}, body)
    refused(403, query(token="other"), body)
    refused(403, query() | {"signature": "签名"}, body)
    refused(403, query(late=301), body)
    refused(403, query(late=-400), body)
    for strange in ("", "-5", "١٢٣", "9" * 40, "1e9"):
        asked = {"timestamp": strange, "nonce": "n", "signature": signature(TOKEN, strange, "n")}
        refused(403, asked, body)


def test_a_wrong_clock_refuses_all_and_says_so_in_the_log(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    refused(403, query(), xml(said(Content="你好")))
    assert "clock" in caplog.text


def test_where_there_is_a_key_plain_messages_are_refused() -> None:
    fields = said(Content="你好")
    refused(403, query(), xml(fields), with_key=True)
    asked, body = sealed(fields)
    refused(403, asked | {"msg_signature": asked["signature"]}, body, with_key=True)
    refused(403, {name: value for name, value in asked.items() if name != "msg_signature"}, body, with_key=True)


def test_what_was_sealed_for_another_account_is_refused() -> None:
    asked, body = sealed(said(Content="你好"), app_id="wxffffffffffffffff")
    refused(403, asked, body, with_key=True)
    for damaged in ("", "x", "QUJD", base64.b64encode(b"\0" * 64).decode(), base64.b64encode(b"short").decode()):
        refused(403, query(damaged or "x"), xml({"Encrypt": damaged}), with_key=True)


BOMB = '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
XXE = '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Content>&x;</Content></xml>'
OUTSIDE = '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd"><xml><Content>x</Content></xml>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        XXE,
        OUTSIDE,
        BOMB.encode("utf-16"),
        XXE.replace("<!DOCTYPE", "\n<!DOCTYPE", 1),
        "",
        "{}",
        "<xml>",
        xml(said(Content="你好"))[:-9],
        "<html></html>",
        "<xml></xml><xml></xml>",
        "<xml>" * 20_000,
        "<xml>&unknown;</xml>",
        "\ufeff",
        b"\xff\xfe\x00",
        b"<xml><Content>\x00</Content></xml>",
        b'<?xml version="1.0" encoding="gb2312"?><xml><Content>\xc4\xe3</Content></xml>',
        xml({"MsgType": "text"}),
        xml(said(Content="x") | {"FromUserName": ""}),
        xml(said(Content="x") | {"FromUserName": "a b'--"}),
        xml(said(Content="x") | {"MsgType": ""}),
        xml(said(Content="x") | {"FromUserName": ["one", "two"]}),
    ],
)
@pytest.mark.parametrize("with_key", [False, True])
def test_what_is_no_message_is_refused_and_never_followed(body: str | bytes, with_key: bool) -> None:
    raw = body.encode() if isinstance(body, str) else body
    if not with_key:
        refused(400, query(), raw)
        return
    content = Envelope(AES_KEY, APP_ID).seal(raw.decode("utf-8", "replace"))
    refused(400, query(content), xml({"Encrypt": content}), with_key=True)


def test_a_message_is_known_again_by_its_id_and_an_event_by_who_when_and_what() -> None:
    def key(fields: dict[str, Any]) -> str:
        return gate().open(query(), xml(fields).encode()).key

    assert key(said(number=5, Content="一")) == key(said(number=5, Content="一"))
    assert key(said(number=5)) != key(said(number=6))
    assert key(said(number=5)) != key(said(number=5, openid="oOther"))
    click = event("CLICK", at=1700000000, EventKey="report")
    assert key(click) == key(dict(click))
    assert key(click) != key(click | {"CreateTime": 1700000001})
    assert key(click) != key(click | {"EventKey": "progress"})
    assert replace(gate().open(query(), xml(click).encode()), sealed=True).is_event
