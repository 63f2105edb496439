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

from conversations.handover import queue
from conversations.review import facts, forgetting
from conversations.tables import conversations, turn_ratings, turns
from foundation.clock import now
from foundation.database import insert_new

VALUE_BYTES = 24
UNGUESSABLE = 20  # characters of a client id from which on nobody can guess it
ISSUED_WITHIN = 50  # how many turns back a button may still be pressed
SAID = [column for column in turns.c if column.name not in ("evidence", "seconds")]


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
    """A new conversation under a value that only its citizen knows: its internal id.

    Where the same message began it at the same moment, it is that one. Raises UnknownConversation where the value is
    another caller's.
    """
    identifier, at = uuid.uuid4().hex, now()
    is_new = insert_new(
        connection,
        conversations,
        id=identifier,
        value_digest=_digest(value),
        channel=caller.channel,
        user_digest=caller.user_digest,
        last_turn=0,
        started_at=at,
        last_at=at,
    )
    return identifier if is_new else find(connection, value, caller)


def find(connection: Connection, value: str, caller: Caller) -> str:
    """The internal id of the caller's conversation. Raises UnknownConversation."""
    row = connection.execute(select(conversations).where(conversations.c.value_digest == _digest(value))).first()
    if row is None or row.channel != caller.channel:
        raise UnknownConversation
    if row.user_digest is not None and caller.user is not None and row.user_digest != caller.user_digest:
        raise UnknownConversation
    return str(row.id)


def of_user(connection: Connection, caller: Caller) -> str | None:
    """The internal id of the latest conversation of a channel's user, or None."""
    mine = (conversations.c.user_digest == caller.user_digest, conversations.c.channel == caller.channel)
    latest = select(conversations.c.id).where(*mine).order_by(conversations.c.last_at.desc()).limit(1)
    return None if caller.user is None else connection.execute(latest).scalar()


def begin_turn(connection: Connection, conversation: str, client_id: str, **values: Any) -> Any:
    """The turn's row: a new one, or the one that this client id began before. Raises UnknownConversation."""
    if not keep(connection, conversation):  # the same message at the same moment waits here, and then finds the turn
        raise UnknownConversation
    row = of_client(connection, conversation, client_id)
    if row is not None:
        return row
    _add(connection, conversation, sender="citizen", client_id=client_id, **values)
    return of_client(connection, conversation, client_id)


def has_turn(connection: Connection, conversation: str, client_id: str) -> bool:
    """True when a message was begun under this id before."""
    return of_client(connection, conversation, client_id) is not None


def end_turn(connection: Connection, conversation: str, turn: int, **values: Any) -> None:
    """Write how a turn ended, also where the desk's list is read from."""
    which = (turns.c.conversation == conversation, turns.c.turn == turn)
    connection.execute(update(turns).where(*which).values(**values))
    facts.note(connection, conversation, turn)


def keep(connection: Connection, conversation: str) -> bool:
    """Keep a conversation from being erased until the transaction ends; False when it is gone already."""
    mine = select(conversations.c.id).where(conversations.c.id == conversation).with_for_update()
    return connection.execute(mine).first() is not None


def tell(
    connection: Connection, conversation: str, sender: str, replies: list[dict[str, Any]], client_id: str | None = None
) -> int:
    """Add a turn that staff, the hotline or the bot begins, and give its number; the conversation must be kept."""
    return _add(connection, conversation, sender=sender, replies=replies, client_id=client_id)


def one(connection: Connection, conversation: str, turn: int) -> Any:
    """A turn's row, or None."""
    return connection.execute(select(turns).where(turns.c.conversation == conversation, turns.c.turn == turn)).first()


def of_client(connection: Connection, conversation: str, client_id: str) -> Any:
    """The row of the turn that a message began, or None."""
    same = (turns.c.conversation == conversation, turns.c.client_id == client_id)
    return connection.execute(select(turns).where(*same)).first()


def after(connection: Connection, conversation: str, turn: int, most: int | None = None) -> list[Any]:
    """The turns after one, the first so many of them, in order; without what decided them."""
    which = (turns.c.conversation == conversation, turns.c.turn > turn)
    return list(connection.execute(select(*SAID).where(*which).order_by(turns.c.turn).limit(most)).all())


def latest(connection: Connection, conversation: str, most: int, before: int | None = None) -> list[Any]:
    """The last turns, or the last before one, at most so many, in order; without what decided them."""
    mine = select(*SAID).where(turns.c.conversation == conversation)
    mine = mine if before is None else mine.where(turns.c.turn < before)
    return list(connection.execute(mine.order_by(turns.c.turn.desc()).limit(most)).all())[::-1]


def last_words(connection: Connection, conversation: str) -> str:
    """What the citizen wrote last, or "" where nothing was written; identifying numbers stand in it as tokens."""
    written = (turns.c.conversation == conversation, turns.c.sender == "citizen", turns.c.text != "")
    latest = select(turns.c.text).where(*written).order_by(turns.c.turn.desc()).limit(1)
    return str(connection.execute(latest).scalar() or "")


def pictures(connection: Connection, conversation: str) -> list[str]:
    """The uploads that messages of this conversation brought, in order."""
    with_some = (turns.c.conversation == conversation, turns.c.attachments.is_not(None))
    rows = connection.execute(select(turns.c.attachments).where(*with_some).order_by(turns.c.turn)).scalars()
    return [name for names in rows for name in names or ()]


def was_issued(connection: Connection, conversation: str, payload: str) -> bool:
    """True when a button of this conversation gave the payload lately."""
    recent = select(turns.c.replies).where(turns.c.conversation == conversation, turns.c.replies.is_not(None))
    rows = connection.execute(recent.order_by(turns.c.turn.desc()).limit(ISSUED_WITHIN)).scalars()
    return any(payload == given for replies in rows for given in _payloads(replies or []))


def erase(connection: Connection, conversation: str) -> None:
    """Delete a conversation with what staff said about it; cases made of it and figures of waits stay, unlinked."""
    keep(connection, conversation)  # whoever adds a turn now is waited for; who comes later finds nothing to add to
    queue.forget(connection, conversation)
    connection.execute(delete(turn_ratings).where(turn_ratings.c.conversation == conversation))
    connection.execute(delete(turns).where(turns.c.conversation == conversation))
    forgetting.forget(connection, conversation)  # after the turns: whoever ends one now is waited for
    connection.execute(delete(conversations).where(conversations.c.id == conversation))


def _add(connection: Connection, conversation: str, **values: Any) -> int:
    """Write a turn under the conversation's next number."""
    at, mine = now(), conversations.c.id == conversation
    connection.execute(update(conversations).where(mine).values(last_turn=conversations.c.last_turn + 1, last_at=at))
    number = connection.execute(select(conversations.c.last_turn).where(mine)).scalar()
    connection.execute(insert(turns).values(conversation=conversation, turn=number, at=at, **values))
    return int(number)


def _payloads(replies: list[dict[str, Any]]) -> list[str]:
    buttons = [button for reply in replies for name in ("choices", "related") for button in reply.get(name) or ()]
    return [button["payload"] for button in buttons]


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
