"""An official account, and requests as the platform makes them for it."""

import secrets
import time
from typing import Any

from foundation.settings import Settings
from wechat.envelope import Envelope
from wechat.signing import signature

APP_ID, TOKEN, OWN_NAME = "wx2c2769f8efd9abc2", "citytoken", "gh_0123456789ab"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
TEMPLATE = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3"


def with_account(settings: Settings, url: str = "http://127.0.0.1:9", *, sealed: bool = False) -> Settings:
    """Settings that connect the account to a platform."""
    account = {
        "wechat_app_id": APP_ID,
        "wechat_app_secret": "s" * 32,
        "wechat_token": TOKEN,
        "wechat_encoding_aes_key": AES_KEY if sealed else "",
        "wechat_api_base": url,
        "wechat_oauth_base": url,
        "wechat_subscribe_template": TEMPLATE,
    }
    return settings.copy(update=account)


def xml(fields: dict[str, Any]) -> str:
    """The fields as the platform writes them."""
    return f"<xml>{_inner(fields)}</xml>"


def said(openid: str = OPENID, number: int = 0, **fields: Any) -> dict[str, Any]:
    """A message of a user: a text where nothing else is given."""
    names = {"ToUserName": OWN_NAME, "FromUserName": openid, "CreateTime": int(time.time())}
    return names | {"MsgType": "text"} | fields | {"MsgId": number or secrets.randbelow(10**18)}


def event(name: str, openid: str = OPENID, at: int = 0, **fields: Any) -> dict[str, Any]:
    """An event of a user."""
    names = {"ToUserName": OWN_NAME, "FromUserName": openid, "CreateTime": at or int(time.time())}
    return names | {"MsgType": "event", "Event": name} | fields


def query(body: str = "", *, token: str = TOKEN, late: int = 0) -> dict[str, str]:
    """What stands in the address of a request; with a body, of a sealed one."""
    timestamp, nonce = str(int(time.time()) - late), secrets.token_hex(5)
    signed = {"signature": signature(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    if not body:
        return signed
    return signed | {"encrypt_type": "aes", "msg_signature": signature(token, timestamp, nonce, body)}


def sealed(fields: dict[str, Any], *, app_id: str = APP_ID, compatible: bool = False) -> tuple[dict[str, str], str]:
    """Query and body of a sealed message."""
    content = Envelope(AES_KEY, app_id).seal(xml(fields))
    beside = fields if compatible else {"ToUserName": OWN_NAME}
    return query(content), xml({**beside, "Encrypt": content})


def _inner(fields: dict[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    inner = _inner(value) if isinstance(value, dict) else str(value)
    if isinstance(value, str):
        inner = f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
    return f"<{name}>{inner}</{name}>"
