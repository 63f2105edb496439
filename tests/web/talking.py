"""Conversations as rows, for tests that count them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select

from conversations.review import facts
from conversations.tables import conversations, turn_ratings, turns
from foundation.database import Database
from knowledge.tables import entries

CHANNEL = "web"


def know(database: Database, **domains: str) -> None:
    """Entries, by id with _ for -, and their domains."""
    rows = [
        {"id": name.replace("_", "-"), "domain": domain, "title": f"条目{name}"} for name, domain in domains.items()
    ]
    with database.writing() as connection:
        connection.execute(insert(entries), [row | {"published_revision": 1, "touched": False} for row in rows])


def talk(database: Database, at: datetime, channel: str = CHANNEL) -> str:
    """The internal id of a new conversation."""
    name = uuid4().hex
    row = {"id": name, "value_digest": name, "channel": channel, "last_turn": 0, "started_at": at, "last_at": at}
    with database.writing() as connection:
        connection.execute(insert(conversations).values(row))
    return name


def say(
    database: Database,
    conversation: str,
    at: datetime,
    outcome: str | None,
    *,
    answer: str = "",
    likeliest: str = "",
    probability: float = 0.9,
    up: bool | None = None,
    sender: str = "citizen",
) -> int:
    """The number of a new turn; an answer comes from an entry, a likeliest one is only found."""
    origin = (
        {"kind": "entry", "id": answer, "revision": 1} if answer else {"kind": "response", "id": "x", "revision": None}
    )
    first = {"entry": likeliest or answer, "revision": 1, "title": "", "score": 1.0, "probability": probability}
    found = [first] if likeliest or answer else []
    row: dict[str, Any] = {"conversation": conversation, "sender": sender, "at": at, "text": "问", "outcome": outcome}
    row |= {
        "replies": [{"type": "text", "text": "答", "origin": origin}],
        "evidence": {"knowledge": {"candidates": found}},
    }
    with database.writing() as connection:
        last = connection.execute(select(func.max(turns.c.turn)).where(turns.c.conversation == conversation)).scalar()
        number = (last or 0) + 1
        connection.execute(insert(turns).values(turn=number, **row))
        if sender == "citizen" and outcome is not None:
            facts.note(connection, conversation, number)
    if up is not None:
        thumb(database, conversation, number, at, up=up)
    return number


def thumb(database: Database, conversation: str, turn: int, at: datetime, *, up: bool) -> None:
    """A thumb for an answer."""
    row = {"conversation": conversation, "turn": turn, "up": up, "reason": "", "text": "", "at": at}
    with database.writing() as connection:
        connection.execute(insert(turn_ratings).values(row))
        facts.set_thumb(connection, conversation, turn, up=up)
