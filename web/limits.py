"""How often a caller may send: by address for citizens, by key for other channels."""

from flask import g
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web.parts import parts


def _caller() -> str:
    key = g.get("channel_key")
    return f"key:{key.name}" if key else f"address:{get_remote_address()}"


def _rate() -> str:
    key = g.get("channel_key")
    return f"{key.per_minute if key else parts().settings.messages_per_minute} per minute"


def _unlimited() -> bool:
    key = g.get("channel_key")
    return (key.per_minute if key else parts().settings.messages_per_minute) == 0


limiter = Limiter(key_func=_caller, strategy="moving-window")
messages_limit = limiter.shared_limit(_rate, scope="messages", exempt_when=_unlimited)
