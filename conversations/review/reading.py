"""A conversation read by staff: some turns at a time, however long it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from conversations.evidence import candidates
from conversations.record import UnknownConversation
from conversations.review.tables import turn_facts
from conversations.showing import show_to_staff
from conversations.tables import conversations, turn_ratings, turns
from foundation.privacy import Vault

PAGE = 50


@dataclass(frozen=True)
class TurnRead:
    """One turn as staff see it."""

    turn: int
    at: datetime
    sender: str
    text: str
    payload: str
    attachments: list[str]
    location: str
    replies: list[dict[str, Any]]
    outcome: str
    intent: str
    confidence: float | None
    probability: float | None
    rating: Any  # the row of the citizen's rating, or None
    reviewed: bool


@dataclass(frozen=True)
class Reading:
    """Some turns of a conversation, and the turns at which the pages before and after begin (0: there is none)."""

    conversation: Any
    turns: list[TurnRead]
    before: int
    following: int
    rating: Any  # of the conversation as a whole


def read(connection: Connection, vault: Vault, conversation: str, turn: int = 0) -> Reading:
    """The page that holds a turn, or the last one; raises UnknownConversation."""
    row = known(connection, conversation)
    turn = min(turn, row.last_turn) if turn > 0 else row.last_turn
    first = max(0, turn - 1) // PAGE * PAGE + 1
    which = (turns.c.conversation == conversation, turns.c.turn >= first, turns.c.turn < first + PAGE)
    found = connection.execute(select(turns).where(*which).order_by(turns.c.turn)).all()
    ratings = _ratings(connection, vault, conversation, first)
    mine = (
        turn_facts.c.conversation == conversation,
        turn_facts.c.turn.between(first, first + PAGE),
        turn_facts.c.reviewed,
    )
    reviewed = set(connection.execute(select(turn_facts.c.turn).where(*mine)).scalars())
    return Reading(
        row,
        [_turn(connection, vault, one, ratings.get(one.turn), reviewed) for one in found],
        max(0, first - PAGE),
        first + PAGE if row.last_turn >= first + PAGE else 0,
        ratings.get(0),
    )


def known(connection: Connection, conversation: str) -> Any:
    """The row of a conversation; raises UnknownConversation."""
    row = connection.execute(select(conversations).where(conversations.c.id == conversation)).first()
    if row is None:
        raise UnknownConversation
    return row


def one(connection: Connection, vault: Vault, row: Any) -> TurnRead:
    """One turn by its row."""
    rating = _ratings(connection, vault, row.conversation, row.turn, 1).get(row.turn)
    which = (turn_facts.c.conversation == row.conversation, turn_facts.c.turn == row.turn, turn_facts.c.reviewed)
    reviewed = connection.execute(select(turn_facts.c.turn).where(*which)).scalars()
    return _turn(connection, vault, row, rating, set(reviewed))


def _turn(connection: Connection, vault: Vault, row: Any, rating: Any, reviewed: set[int]) -> TurnRead:
    evidence = row.evidence or {}
    intent = evidence.get("intent") or {}
    found = candidates(evidence.get("knowledge") or {})
    text, replies = show_to_staff(vault, connection, row.conversation, [row.text or "", row.replies or []])
    return TurnRead(
        row.turn,
        row.at,
        row.sender,
        text,
        row.payload or "",
        list(row.attachments or []),
        str((row.location or {}).get("label") or ("一个位置" if row.location else "")),
        replies,
        row.outcome or "",
        str(intent.get("name") or ""),
        intent.get("confidence"),
        found[0]["probability"] if found else None,
        rating,
        row.turn in reviewed,
    )


def _ratings(
    connection: Connection, vault: Vault, conversation: str, first: int, count: int = PAGE
) -> dict[int, dict[str, Any]]:
    wanted = turn_ratings.c.turn.in_([0, *range(first, first + count)])
    rows = connection.execute(select(turn_ratings).where(turn_ratings.c.conversation == conversation, wanted))
    return {
        row.turn: {
            "up": row.up,
            "reason": row.reason,
            "text": show_to_staff(vault, connection, conversation, row.text),
        }
        for row in rows.all()
    }
