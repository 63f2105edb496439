"""Keys of other channels: a name, a secret shown once, a limit, and what it may be used for."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from conversations.tables import channel_keys
from foundation.clock import now

WEB = "web"
OUR_OWN = (WEB, "wechat", "report", "open311", "phone")  # channels of the product; a key named so would speak for them
MESSAGES, OPEN311 = "messages", "open311"
RIGHTS = (MESSAGES, OPEN311)
NAME = re.compile(r"[\w.\-]{1,40}")


@dataclass(frozen=True)
class ChannelKey:
    """A channel that may call, how often a minute (0: without limit), and what for."""

    name: str
    per_minute: int
    rights: tuple[str, ...] = RIGHTS


def add(connection: Connection, name: str, per_minute: int, rights: Sequence[str] = RIGHTS) -> str:
    """A new key, told once and kept as a digest. Raises ValueError for a bad or taken name, or an unknown right."""
    if not NAME.fullmatch(name):
        raise ValueError("名字只能用字、字母、数字、点、横线和下划线，最多 40 个字")
    if name in OUR_OWN:
        raise ValueError(f"{name} 是产品自己的渠道，请换一个名字")
    if not rights or set(rights) - set(RIGHTS):
        raise ValueError(f"权限只能是 {'、'.join(RIGHTS)}，至少一个")
    key = f"wz_{secrets.token_urlsafe(32)}"
    values = {"name": name, "digest": _digest(key), "per_minute": per_minute, "created_at": now()}
    given = ",".join(right for right in RIGHTS if right in rights)
    try:
        connection.execute(insert(channel_keys).values(**values, rights=given))
    except IntegrityError as error:
        raise ValueError(f"已经有叫 {name} 的密钥") from error
    return key


def find(connection: Connection, key: str) -> ChannelKey | None:
    """The channel of a key, or None."""
    row = connection.execute(select(channel_keys).where(channel_keys.c.digest == _digest(key))).first()
    return _channel(row) if row else None


def everyone(connection: Connection) -> list[ChannelKey]:
    """Every channel that has a key, by name."""
    return [_channel(row) for row in connection.execute(select(channel_keys).order_by(channel_keys.c.name))]


def remove(connection: Connection, name: str) -> None:
    """Take a key away: it opens nothing from now on; the channel's conversations stay. Raises ValueError."""
    if connection.execute(delete(channel_keys).where(channel_keys.c.name == name)).rowcount == 0:
        raise ValueError(f"没有叫 {name} 的密钥")


def _channel(row: Any) -> ChannelKey:
    return ChannelKey(row.name, row.per_minute, tuple(row.rights.split(",")))


def _digest(key: str) -> str:
    """Keys are random enough that a plain digest cannot be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()
