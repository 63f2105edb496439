"""What the product answered to a message: a reply, nothing, or something that WeChat does not understand."""

from dataclasses import dataclass
from typing import Any

from simulator.wechat import xml
from simulator.wechat.account import Account
from simulator.wechat.crypto import signature

LONGEST_BYTES = 2048
NOTHING = (b"", b"success")
NEEDED = {"text": "Content", "image": "Image", "voice": "Voice", "news": "Articles", "transfer_customer_service": None}


class BadReply(ValueError):
    """WeChat shows the user that the account is out of order."""


@dataclass(frozen=True)
class Asked:
    """What the reply must fit: who asked, and in which mode the message was sent."""

    openid: str
    mode: str


def read_reply(account: Account, asked: Asked, body: bytes) -> dict[str, Any] | None:
    """The reply as the chat shows it, or None for nothing; raises BadReply."""
    if body.strip() in NOTHING:
        return None
    try:
        fields = _opened(account, asked.mode, xml.read(body.decode()))
        return _shown(account, asked.openid, fields)
    except (ValueError, KeyError, TypeError) as error:
        raise BadReply(f"{type(error).__name__}: {error}") from error


def _opened(account: Account, mode: str, fields: dict[str, Any]) -> dict[str, Any]:
    if "Encrypt" not in fields:
        if mode == "safe":
            raise ValueError("the reply is not sealed")
        return fields
    if mode == "plain":
        raise ValueError("the reply is sealed, but the message was not")
    signed = signature(account.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
    if fields["MsgSignature"] != signed:
        raise ValueError("the signature of the reply is wrong")
    return xml.read(account.cipher.open(fields["Encrypt"]))


def _shown(account: Account, openid: str, fields: dict[str, Any]) -> dict[str, Any]:
    if (fields["ToUserName"], fields["FromUserName"]) != (openid, account.original_id):
        raise ValueError("the reply is for somebody else")
    int(fields["CreateTime"])
    kind = fields["MsgType"]
    if kind not in NEEDED:
        raise ValueError(f"{kind} cannot be replied")
    needed = NEEDED[kind]
    if needed and not fields[needed]:
        raise ValueError(f"{needed} is empty")
    if kind != "text":
        return {"type": kind, "text": "", "fields": {needed: fields[needed]} if needed else {}}
    if len(fields["Content"].encode()) > LONGEST_BYTES:
        raise ValueError("the text is longer than 2048 bytes")
    return {"type": "text", "text": fields["Content"]}
