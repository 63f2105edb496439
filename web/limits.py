"""How often a caller may send: by address for citizens, by key for other channels."""

from flask import g
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web.parts import parts

SUGGESTIONS_A_MESSAGE = 5
UPLOADS_A_DAY = 2000  # for a whole address, which many phones may share


def _caller() -> str:
    key = g.get("channel_key")
    return f"key:{key.name}" if key else f"address:{get_remote_address()}"


def _rate() -> str:
    key = g.get("channel_key")
    return f"{key.per_minute if key else parts().settings.messages_per_minute} per minute"


def _uploads_rate() -> str:
    """A key stands for many people; one address must not fill the disk."""
    return _rate() if g.get("channel_key") else f"{_rate()};{UPLOADS_A_DAY} per day"


def _suggestions_rate() -> str:
    """Several letters make one message."""
    return f"{SUGGESTIONS_A_MESSAGE * parts().settings.messages_per_minute} per minute"


def _unlimited() -> bool:
    key = g.get("channel_key")
    return (key.per_minute if key else parts().settings.messages_per_minute) == 0


limiter = Limiter(key_func=_caller, strategy="moving-window")
messages_limit = limiter.shared_limit(_rate, scope="messages", exempt_when=_unlimited)
uploads_limit = limiter.shared_limit(_uploads_rate, scope="uploads", exempt_when=_unlimited)
suggestions_limit = limiter.shared_limit(_suggestions_rate, scope="suggestions", exempt_when=_unlimited)
