"""Keys of other channels: a name, a secret shown once, a limit."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from conversations.tables import channel_keys
from foundation.clock import now

WEB = "web"


@dataclass(frozen=True)
class ChannelKey:
    """A channel that may call, and how often a minute (0: without limit)."""

    name: str
    per_minute: int


def add(connection: Connection, name: str, per_minute: int) -> str:
    """A new key, told once and kept as a digest. Raises ValueError for a name that is taken."""
    if name == WEB:
        raise ValueError(f"{WEB} 是网页自己的名字")
    key = f"wz_{secrets.token_urlsafe(32)}"
    values = {"name": name, "digest": _digest(key), "per_minute": per_minute, "created_at": now()}
    try:
        connection.execute(insert(channel_keys).values(**values))
    except IntegrityError as error:
        raise ValueError(f"已经有叫 {name} 的密钥") from error
    return key


def find(connection: Connection, key: str) -> ChannelKey | None:
    """The channel of a key, or None."""
    row = connection.execute(select(channel_keys).where(channel_keys.c.digest == _digest(key))).first()
    return ChannelKey(row.name, row.per_minute) if row else None


def _digest(key: str) -> str:
    """Keys are random enough that a plain digest cannot be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()
