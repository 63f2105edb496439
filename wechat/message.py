"""One message or event of a user, read from its XML."""

import hashlib
import re
from dataclasses import dataclass

from wechat.markup import BadDocument, Fields

NAME = re.compile(r"[A-Za-z0-9_\-@.]{1,64}")
EVENT = "event"


@dataclass(frozen=True)
class Message:
    """What came; `sealed` tells that the reply must be sealed, too."""

    openid: str
    account: str
    kind: str  # text, image, voice …, or event
    event: str  # the event's name in small letters
    key: str  # the same for the same message sent again
    fields: Fields
    sealed: bool = False

    @property
    def is_event(self) -> bool:
        """Not something that the user said."""
        return self.kind == EVENT

    def field(self, name: str) -> str:
        """A field's text; empty where there is none."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""


def message_of(fields: Fields, *, sealed: bool = False) -> Message:
    """The message that the fields describe. Raises BadDocument when they name nobody."""
    openid, account, kind = (_text(fields, name) for name in ("FromUserName", "ToUserName", "MsgType"))
    if not NAME.fullmatch(openid) or not NAME.fullmatch(account) or not kind:
        raise BadDocument("nobody's message")
    return Message(openid, account, kind, _text(fields, "Event").lower(), _key(fields, openid), fields, sealed)


def _key(fields: Fields, openid: str) -> str:
    """MsgId names a message; an event is named by who, when, and what it was."""
    names = ("MsgId",) if fields.get("MsgId") else ("CreateTime", "Event", "EventKey")
    named = "\0".join((openid, *(_text(fields, name) for name in names)))
    return hashlib.sha256(named.encode()).hexdigest()


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""
