"""The citizens on WeChat: which conversation is theirs, how they are reached, and what they see at the moment."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import insert_new
from foundation.privacy import Vault
from wechat import pushes, quota
from wechat.message import Message
from wechat.tables import wechat_messages, wechat_pushes, wechat_users

Choice = dict[str, str]  # title and payload
Conversation = Callable[[Connection], str]  # the citizen's conversation, begun where there is none


def lock(connection: Connection, citizen: str) -> Any:
    """A citizen's row, made where there is none; nobody else changes it, or what goes to them, meanwhile."""
    insert_new(connection, wechat_users, citizen=citizen)
    mine = select(wechat_users).where(wechat_users.c.citizen == citizen)
    return connection.execute(mine.with_for_update()).one()


def wrote(connection: Connection, vault: Vault, user: Any, message: Message, conversation: Conversation) -> str:
    """A locked citizen did something: the way back to them is kept, and what may be pushed counts from now.

    Gives their conversation.
    """
    mine, lately = conversation(connection), pushes.lately(connection, user.citizen)
    values: dict[str, Any] = {"conversation": mine} | quota.renewed(message, now(), lately)
    if user.openid is None or mine != user.conversation:
        values["openid"] = vault.seal(connection, owner(mine), message.openid)
    change(connection, user.citizen, **values)
    return mine


def left(connection: Connection, citizen: str) -> None:
    """The citizen follows no longer: nothing leads to them any more."""
    change(connection, citizen, openid=None, message_at=None, act_at=None, more=None)


def forget(connection: Connection, conversation: str) -> None:
    """The conversation is erased: nothing leads to its citizen, and nothing of it waits to be said."""
    mine = wechat_users.c.conversation == conversation
    connection.execute(update(wechat_users).where(mine).values(openid=None, more=None, offered=None, conversation=""))
    connection.execute(delete(wechat_pushes).where(wechat_pushes.c.conversation == conversation))
    connection.execute(
        update(wechat_messages).where(wechat_messages.c.conversation == conversation).values(sent=None, turn=None)
    )


def change(connection: Connection, citizen: str, **values: Any) -> None:
    """Write something about a citizen."""
    connection.execute(update(wechat_users).where(wechat_users.c.citizen == citizen).values(**values))


def one(connection: Connection, citizen: str) -> Any:
    """A citizen's row, or None."""
    return connection.execute(select(wechat_users).where(wechat_users.c.citizen == citizen)).first()


def of_conversation(connection: Connection, conversation: str) -> Any:
    """The row of the citizen whose conversation it is, or None."""
    mine = select(wechat_users).where(wechat_users.c.conversation == conversation)
    return connection.execute(mine).first() if conversation else None


def openid_of(connection: Connection, vault: Vault, user: Any) -> str:
    """How the platform calls a citizen; empty when they left or were erased."""
    try:
        return vault.unseal(connection, owner(user.conversation), user.openid) if user.openid else ""
    except KeyError:
        return ""


def owner(conversation: str) -> str:
    """Under which name the vault keeps what belongs to a conversation."""
    return f"conversation:{conversation}"
