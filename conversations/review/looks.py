"""Looks behind the tokens of a turn: with a written reason, once, and never unseen."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from conversations import record
from conversations.ratings import UnknownTurn
from conversations.record import UnknownConversation
from conversations.review.tables import looks
from foundation.clock import now
from foundation.privacy import Vault

LOOK = "look"  # the fact that says which look a row of the trace speaks of
SHORTEST_REASON, LONGEST_REASON = 4, 200


class LookedAlready(ValueError):
    """The form was used before: another look needs a new one."""


def look(
    connection: Connection, vault: Vault, conversation: str, turn: int, actor: str, reason: str, before: int
) -> tuple[int, list[str]]:
    """Everything said in a turn with its originals, the citizen's words first; the look is written down under an id.

    `before` is how often the actor had looked when the form was made: a form that is sent again shows nothing. Raises
    LookedAlready, UnknownConversation and UnknownTurn.
    """
    if not record.keep(connection, conversation):
        raise UnknownConversation
    row = record.one(connection, conversation, turn)
    if row is None:
        raise UnknownTurn
    if count(connection, conversation, turn, actor) != before:
        raise LookedAlready
    owner = f"conversation:{conversation}"
    values = {"conversation": conversation, "turn": turn, "actor": actor, "at": now()}
    kept = insert(looks).values(**values, reason=vault.tokenize(connection, owner, reason))
    identifier = int(connection.execute(kept).inserted_primary_key[0])
    texts = [row.text or "", *(str(reply.get("text") or "") for reply in row.replies or [])]
    return identifier, [vault.reveal_to_staff(connection, owner, text) for text in texts if text]


def count(connection: Connection, conversation: str, turn: int, actor: str) -> int:
    """How often somebody has looked behind a turn."""
    which = (looks.c.conversation == conversation, looks.c.turn == turn, looks.c.actor == actor)
    return int(connection.execute(select(func.count()).where(*which)).scalar_one())


def of_turn(connection: Connection, conversation: str, turn: int) -> list[Any]:
    """Who looked behind a turn, when and why, the latest first."""
    which = (looks.c.conversation == conversation, looks.c.turn == turn)
    return list(connection.execute(select(looks).where(*which).order_by(looks.c.id.desc())).all())


def said(connection: Connection, identifier: int) -> object:
    """What a look says of itself, for the trace; None where there is none."""
    row = connection.execute(select(looks).where(looks.c.id == identifier)).first()
    return _said(row) if row else None


def contents(connection: Connection, rows: Sequence[Any]) -> dict[int, object]:
    """What rows of the trace say of looks; of those that were erased with their conversations, nothing."""
    wanted = [look for row in rows if isinstance(look := row.facts.get(LOOK), int)]
    known = {row.id: row for row in connection.execute(select(looks).where(looks.c.id.in_(wanted)))}
    pairs = ((row, known.get(row.facts.get(LOOK))) for row in rows)
    there = ((row, look) for row, look in pairs if look and row.subject == subject(look.conversation, look.turn))
    return {row.number: _said(look) for row, look in there}


def subject(conversation: str, turn: int) -> str:
    """How the trace calls a turn."""
    return f"conversation:{conversation}/{turn}"


def _said(row: Any) -> dict[str, str]:
    return {"actor": row.actor, "reason": row.reason, "at": row.at.isoformat()}
