"""Who calls: a citizen on the web, or another channel with its key."""

from collections.abc import Callable
from functools import wraps

from flask import abort, g, request
from flask.typing import ResponseReturnValue

from conversations import keys
from conversations.record import Caller
from web.parts import parts

View = Callable[..., ResponseReturnValue]


def identified(view: View) -> View:
    """Reads the key, if there is one, before the limits count; a wrong key is refused."""

    @wraps(view)
    def wrapped(*args: object, **kwargs: object) -> ResponseReturnValue:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        g.channel_key = None
        if scheme:
            with parts().database.reading() as connection:
                g.channel_key = keys.find(connection, key) if scheme.lower() == "bearer" else None
            if g.channel_key is None:
                abort(401)
        return view(*args, **kwargs)

    return wrapped


def caller(user: str | None = None) -> Caller:
    """The caller of this request; only keyed channels name their users."""
    return Caller(g.channel_key.name, user) if g.channel_key else Caller(keys.WEB)
