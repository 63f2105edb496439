"""What citizens think of an answer, or of the whole conversation: one word for each, which they may change."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from conversations import record
from conversations.record import UnknownConversation
from conversations.review import facts
from conversations.tables import turn_ratings
from foundation.clock import now
from foundation.privacy import Vault

WHOLE = 0  # stands for the whole conversation where a turn is named
REASONS = ("off_point", "unclear", "wrong", "other")


class UnknownTurn(LookupError):
    """The conversation has no such answer."""


@dataclass(frozen=True)
class Rating:
    """Thumbs up or down; why, if that was said."""

    up: bool
    reason: str = ""
    text: str = ""


def rate(connection: Connection, vault: Vault, conversation: str, turn: int, rating: Rating) -> None:
    """Keep a rating in place of an earlier one. Raises UnknownTurn, and UnknownConversation when it was erased."""
    if not record.keep(connection, conversation):  # two ratings at once wait for each other, too
        raise UnknownConversation
    row = record.one(connection, conversation, turn)
    if turn != WHOLE and (row is None or not row.outcome):
        raise UnknownTurn
    text = vault.tokenize(connection, f"conversation:{conversation}", rating.text)
    values = {"up": rating.up, "reason": rating.reason, "text": text, "at": now()}
    same = (turn_ratings.c.conversation == conversation, turn_ratings.c.turn == turn)
    connection.execute(delete(turn_ratings).where(*same))
    connection.execute(insert(turn_ratings).values(conversation=conversation, turn=turn, **values))
    facts.set_thumb(connection, conversation, turn, up=rating.up)


def given(connection: Connection, conversation: str) -> dict[int, Rating]:
    """The ratings of a conversation, by turn."""
    mine = select(turn_ratings).where(turn_ratings.c.conversation == conversation)
    return {row.turn: Rating(row.up, row.reason, row.text) for row in connection.execute(mine)}
