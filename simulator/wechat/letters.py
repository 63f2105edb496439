"""What a user does, as the fields of the message or event that WeChat sends for it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Letter:
    """One message or event: what the chat shows, what travels, and what it lets the account send afterwards."""

    shown: Row
    fields: Row
    earns: str = ""  # "said", "acted" or nothing

    @property
    def is_event(self) -> bool:
        """Events carry no MsgId."""
        return bool(self.fields["MsgType"] == "event")


def letter_of(wanted: Row) -> Letter:
    """The letter that a JSON object asks for; raises ValueError when it asks for none.

    A media file is already kept: its object names `media_id`, and pictures also `address`.
    """
    kind = wanted.get("type")
    make = KINDS.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise ValueError(f"type is one of {', '.join(KINDS)}")
    try:
        return make(wanted)
    except KeyError as missing:
        raise ValueError(f"{kind} needs {missing}") from missing


def _text(wanted: Row) -> Letter:
    text = str(wanted["text"])
    choice = {"bizmsgmenuid": str(wanted["choice"])} if wanted.get("choice") else {}
    return _said({"text": text}, "text", {"Content": text} | choice)


def _image(wanted: Row) -> Letter:
    media_id = str(wanted["media_id"])
    return _said({"media_id": media_id}, "image", {"PicUrl": str(wanted["address"]), "MediaId": media_id})


def _voice(wanted: Row) -> Letter:
    words = str(wanted.get("recognition") or "")
    fields = {"MediaId": str(wanted["media_id"]), "Format": "amr"}
    return _said({"text": words}, "voice", fields | ({"Recognition": words} if words else {}))


def _location(wanted: Row) -> Letter:
    label = str(wanted.get("label") or "")
    place = {"Location_X": float(wanted["latitude"]), "Location_Y": float(wanted["longitude"])}
    shown = {"text": label, "latitude": place["Location_X"], "longitude": place["Location_Y"]}
    return _said(shown, "location", place | {"Scale": 16, "Label": label})


def _link(wanted: Row) -> Letter:
    fields = {"Title": str(wanted["title"]), "Description": str(wanted.get("description") or "")}
    return _said({"text": fields["Title"]}, "link", fields | {"Url": str(wanted["url"])})


def _other(wanted: Row) -> Letter:
    """Whatever type of message or event WeChat may think of next."""
    kind = str(wanted["msg_type"])
    fields = {str(name): str(value) for name, value in dict(wanted.get("fields") or {}).items()}
    if kind == "event":
        return _event(fields["Event"], fields, "", "")
    return _said({"text": kind}, kind, fields)


def _click(wanted: Row) -> Letter:
    return _event("CLICK", {"EventKey": str(wanted["key"])}, "acted", str(wanted.get("name") or wanted["key"]))


def _view(wanted: Row) -> Letter:
    return _event("VIEW", {"EventKey": str(wanted["url"])}, "", str(wanted["url"]))


def _scan(wanted: Row) -> Letter:
    scene = str(wanted["scene"])
    return _event("SCAN", {"EventKey": scene, "Ticket": secrets.token_urlsafe(40)}, "acted", scene)


def _subscribe(wanted: Row) -> Letter:
    scene = str(wanted.get("scene") or "")
    scanned = {"EventKey": f"qrscene_{scene}", "Ticket": secrets.token_urlsafe(40)} if scene else {"EventKey": ""}
    return _event("subscribe", scanned, "acted", scene)


def _unsubscribe(wanted: Row) -> Letter:
    return _event("unsubscribe", {"EventKey": ""}, "", "")


def _grant(wanted: Row) -> Letter:
    answers = wanted["templates"]
    if not isinstance(answers, dict) or not set(answers.values()) <= {"accept", "reject"} or not answers:
        raise ValueError("templates are objects of id and accept or reject")
    listed = [
        {"TemplateId": name, "SubscribeStatusString": answer, "PopupScene": 1} for name, answer in answers.items()
    ]
    shown = "、".join(f"{name} {answer}" for name, answer in answers.items())
    return _event("subscribe_msg_popup_event", {"SubscribeMsgPopupEvent": {"List": listed}}, "", shown)


def _refuse(wanted: Row) -> Letter:
    """The user turns a template off in WeChat's own settings."""
    listed = [{"TemplateId": str(wanted["template"]), "SubscribeStatusString": "reject"}]
    fields = {"SubscribeMsgChangeEvent": {"List": listed}}
    return _event("subscribe_msg_change_event", fields, "", str(wanted["template"]))


def sent_letter(template: str, error: int) -> Letter:
    """WeChat's own report of what became of a subscription message; 0 is no error."""
    status = {"ErrorCode": error, "ErrorStatus": "failed" if error else "success"}
    listed = [{"TemplateId": template, "MsgID": time.time_ns()} | status]
    return _event("subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": listed}}, "", template)


def _said(shown: Row, kind: str, fields: Row) -> Letter:
    return Letter({"type": kind} | shown, {"MsgType": kind} | fields, "said")


def _event(name: str, fields: Row, earns: str, shown: str) -> Letter:
    return Letter({"type": "event", "event": name, "text": shown}, {"MsgType": "event", "Event": name} | fields, earns)


KINDS: dict[str, Callable[[Row], Letter]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "location": _location,
    "link": _link,
    "other": _other,
    "click": _click,
    "view": _view,
    "scan": _scan,
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "grant": _grant,
    "refuse": _refuse,
}
