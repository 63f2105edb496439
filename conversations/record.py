"""The record: conversations and their turns."""

import base64
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from conversations.tables import conversations, turns
from foundation.clock import now

VALUE_BYTES = 24
UNGUESSABLE = 20  # characters of a client id from which on nobody can guess it
ISSUED_WITHIN = 50  # how many turns back a button may still be pressed


class UnknownConversation(LookupError):
    """No conversation of this caller has that value."""


@dataclass(frozen=True)
class Caller:
    """Who speaks: a citizen on the web, or one user of a keyed channel."""

    channel: str
    user: str | None = None

    @property
    def user_digest(self) -> str | None:
        """Another channel's user reference, kept so that it can be compared and not read."""
        return _digest(f"{self.channel}:{self.user}") if self.user is not None else None


def first_value(key: str, caller: Caller, client_id: str) -> str:
    """The value of the conversation that this message begins; the same message again, its answer lost, has the same."""
    if len(client_id) < UNGUESSABLE:
        return secrets.token_urlsafe(VALUE_BYTES)
    named = f"{caller.channel}\0{caller.user or ''}\0{client_id}".encode()
    return base64.urlsafe_b64encode(hmac.new(key.encode(), named, hashlib.sha256).digest()[:VALUE_BYTES]).decode()


def start(connection: Connection, value: str, caller: Caller) -> str:
    """A new conversation under a value that only its citizen knows: its internal id."""
    identifier, at = uuid.uuid4().hex, now()
    connection.execute(
        insert(conversations).values(
            id=identifier,
            value_digest=_digest(value),
            channel=caller.channel,
            user_digest=caller.user_digest,
            last_turn=0,
            started_at=at,
            last_at=at,
        )
    )
    return identifier


def find(connection: Connection, value: str, caller: Caller) -> str:
    """The internal id of the caller's conversation. Raises UnknownConversation."""
    row = connection.execute(select(conversations).where(conversations.c.value_digest == _digest(value))).first()
    if row is None or row.channel != caller.channel:
        raise UnknownConversation
    if row.user_digest is not None and caller.user is not None and row.user_digest != caller.user_digest:
        raise UnknownConversation
    return str(row.id)


def begin_turn(connection: Connection, conversation: str, client_id: str, **values: Any) -> Any:
    """The turn's row: a new one, or the one that this client id began before."""
    same = (turns.c.conversation == conversation, turns.c.client_id == client_id)
    row = connection.execute(select(turns).where(*same)).first()
    if row is not None:
        return row
    at = now()
    mine = conversations.c.id == conversation
    connection.execute(update(conversations).where(mine).values(last_turn=conversations.c.last_turn + 1, last_at=at))
    number = connection.execute(select(conversations.c.last_turn).where(mine)).scalar()
    connection.execute(
        insert(turns).values(
            conversation=conversation, turn=number, sender="citizen", client_id=client_id, at=at, **values
        )
    )
    return connection.execute(select(turns).where(*same)).one()


def end_turn(connection: Connection, conversation: str, turn: int, **values: Any) -> None:
    """Write how a turn ended."""
    which = (turns.c.conversation == conversation, turns.c.turn == turn)
    connection.execute(update(turns).where(*which).values(**values))


def after(connection: Connection, conversation: str, turn: int) -> list[Any]:
    """The turns after one, in order."""
    which = (turns.c.conversation == conversation, turns.c.turn > turn)
    return list(connection.execute(select(turns).where(*which).order_by(turns.c.turn)).all())


def was_issued(connection: Connection, conversation: str, payload: str) -> bool:
    """True when a button of this conversation gave the payload lately."""
    recent = select(turns.c.replies).where(turns.c.conversation == conversation, turns.c.replies.is_not(None))
    rows = connection.execute(recent.order_by(turns.c.turn.desc()).limit(ISSUED_WITHIN)).scalars()
    return any(payload == given for replies in rows for given in _payloads(replies or []))


def erase(connection: Connection, conversation: str) -> None:
    """Delete a conversation and its turns."""
    connection.execute(delete(turns).where(turns.c.conversation == conversation))
    connection.execute(delete(conversations).where(conversations.c.id == conversation))


def _payloads(replies: list[dict[str, Any]]) -> list[str]:
    buttons = [button for reply in replies for name in ("choices", "related") for button in reply.get(name) or ()]
    return [button["payload"] for button in buttons]


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
