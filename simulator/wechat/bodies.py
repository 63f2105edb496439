"""What the account sends on its own, checked, as the chat shows it."""

import re
from typing import Any

from simulator.wechat.errors import Refused
from simulator.wechat.media import Media

LONGEST_BYTES = 2048
VALUE_LENGTHS = {  # how many characters each kind of value may have in a subscription message
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "time": 40,
    "date": 40,
    "amount": 20,
    "phone_number": 17,
    "car_number": 8,
    "name": 20,
    "phrase": 5,
    "const": 20,
}
Row = dict[str, Any]


def push_of(body: Row, media: Media) -> Row:
    """A customer-service message; raises Refused when it is none."""
    kind = body.get("msgtype")
    content = body.get(str(kind))
    if not isinstance(content, dict):
        raise Refused(40008 if kind not in ("text", "image", "news", "msgmenu") else 44004)
    match kind:
        case "text":
            return {"type": "text", "text": _text(content.get("content"))}
        case "image":
            media_id = str(content.get("media_id"))
            media.get(media_id)
            return {"type": "image", "text": "", "media_id": media_id}
        case "news":
            return {"type": "news", "text": "", "fields": content}
        case "msgmenu":
            return _choices(content)
    raise Refused(40008)


def notice_of(body: Row) -> tuple[str, Row]:
    """The template of a subscription message, and what the chat shows; raises Refused when it is none."""
    template, data = body.get("template_id"), body.get("data")
    if not isinstance(template, str) or not template:
        raise Refused(40037)
    if not isinstance(data, dict) or not data:
        raise Refused(47003)
    values = {name: _value(name, one) for name, one in data.items()}
    shown = {"type": "notice", "text": "\n".join(values.values()), "template": template, "data": values}
    return template, shown | {"page": str(body.get("page") or "")}


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Refused(44004)
    if len(value.encode()) > LONGEST_BYTES:
        raise Refused(45002)
    return value


def _choices(content: Row) -> Row:
    lines = content.get("list")
    if not isinstance(lines, list) or not all(isinstance(one, dict) and one.get("content") for one in lines):
        raise Refused(47001)
    head, tail = (str(content.get(name) or "") for name in ("head_content", "tail_content"))
    choices = [{"id": str(one.get("id") or ""), "content": str(one["content"])} for one in lines]
    return {"type": "msgmenu", "text": head, "choices": choices, "tail": tail}


def _value(name: str, one: Any) -> str:
    known = re.fullmatch(r"([a-z_]+?)\d+", name)
    longest = VALUE_LENGTHS.get(known[1]) if known else None
    value = one.get("value") if isinstance(one, dict) else None
    if longest is None or not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise Refused(47003)
    return value
