"""Who calls: a citizen on the web, or another channel with its key."""

import secrets
from collections.abc import Callable
from functools import wraps

from flask import abort, g, request, session
from flask.typing import ResponseReturnValue

from conversations import keys, record
from conversations.record import Caller
from hotline import access
from web.errors import failure
from web.parts import parts
from wechat import users

View = Callable[..., ResponseReturnValue]


def identified(view: View) -> View:
    """Reads the key, if there is one, before the limits count; a wrong key, or one without the right, is refused."""

    @wraps(view)
    def wrapped(*args: object, **kwargs: object) -> ResponseReturnValue:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        g.channel_key = None
        if scheme:
            with parts().database.reading() as connection:
                g.channel_key = keys.find(connection, key) if scheme.lower() == "bearer" else None
            if g.channel_key is None:
                abort(401)
            if keys.MESSAGES not in g.channel_key.rights:
                abort(failure(403, "no_right", "这个密钥不能用消息接口。要用的话，请找发密钥的人加上 messages 权限。"))
        return view(*args, **kwargs)

    return wrapped


def wechat_conversation() -> str:
    """The internal id of the conversation of whom WeChat named in this browser, or "" where it named nobody."""
    citizen = session.get("wechat")
    if not citizen:
        return ""
    with parts().database.reading() as connection:
        user = users.one(connection, citizen)
    return str(user.conversation) if user else ""


def known_conversation() -> str:
    """The internal id of this browser's conversation, or "" where it has none."""
    mine = wechat_conversation()
    if mine:
        return mine
    try:
        with parts().database.reading() as connection:
            return record.find(connection, session.get("conversation", ""), Caller(keys.WEB))
    except record.UnknownConversation:
        return ""


def own_conversation() -> str:
    """The internal id of this browser's conversation, begun now if there is none."""
    mine = wechat_conversation()
    if mine:
        return mine
    with parts().database.writing() as connection:
        try:
            return record.find(connection, session.get("conversation", ""), Caller(keys.WEB))
        except record.UnknownConversation:
            value = secrets.token_urlsafe(record.VALUE_BYTES)
            session.permanent = True
            session["conversation"] = value
            return record.start(connection, value, Caller(keys.WEB))


def caller(user: str | None = None) -> Caller:
    """The caller of this request; only keyed channels name their users."""
    return Caller(g.channel_key.name, user) if g.channel_key else Caller(keys.WEB)


def source(user: str | None = None) -> str:
    """Where tries with codes are counted together: this request's address, or the user of a keyed channel."""
    secret, key = parts().settings.secret_key, g.get("channel_key")
    if key:
        return access.source_of_user(secret, key.name, user or "")
    return access.source(secret, request.remote_addr or "")
