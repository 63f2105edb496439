"""How many messages may be pushed: five within 48 hours after a message, three within a minute after an act."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import Connection

from foundation.clock import now
from wechat.errors import NO_QUOTA, NO_WINDOW
from wechat.message import Message
from wechat.tables import wechat_users

ACTS = ("click", "scan", "subscribe", "scancode_push", "scancode_waitmsg")
AFTER = {"message": (5, timedelta(hours=48)), "act": (3, timedelta(minutes=1))}
MARGIN = timedelta(seconds=5)  # the platform's clock, and the way there


def renewed(message: Message, at: datetime, lately: int) -> dict[str, Any]:
    """What a message or event changes; pushes of `lately` may count for it already."""
    if not message.is_event:
        return {"message_at": at, "message_pushes": lately}
    return {"act_at": at, "act_pushes": lately} if message.event in ACTS else {}


def left(user: Any) -> int:
    """How many messages may be pushed to a citizen now."""
    return sum(_left(user, name) for name in AFTER)


def take(connection: Connection, user: Any, leaving: int = 0) -> str:
    """Use one push of a locked citizen's: after what; empty where none may be used.

    The longer one is used first: whichever the platform uses first, it never counts more than we do. With `leaving`,
    so many must be left of the longer one itself: those after an act are gone within a minute.
    """
    if leaving and _left(user, "message") <= leaving:
        return ""
    name = next((name for name in AFTER if _left(user, name)), "")
    if name:
        _change(connection, user.citizen, name, 1)
    return name


def give_back(connection: Connection, citizen: str, name: str, code: int) -> None:
    """A push did not arrive; what the platform says of the quota is believed."""
    if code == NO_QUOTA:
        _set(connection, citizen, message_pushes=AFTER["message"][0], act_pushes=AFTER["act"][0])
    elif code == NO_WINDOW:
        _set(connection, citizen, message_at=None, act_at=None)
    else:
        _change(connection, citizen, name, -1)


def _left(user: Any, name: str) -> int:
    most, within = AFTER[name]
    at = getattr(user, f"{name}_at")
    return max(0, most - getattr(user, f"{name}_pushes")) if at and now() < at + within - MARGIN else 0


def _change(connection: Connection, citizen: str, name: str, by: int) -> None:
    column = wechat_users.c[f"{name}_pushes"]
    _set(connection, citizen, **{column.name: column + by})


def _set(connection: Connection, citizen: str, **values: Any) -> None:
    connection.execute(update(wechat_users).where(wechat_users.c.citizen == citizen).values(**values))
