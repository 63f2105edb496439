"""Conversations with turns, as the product itself records them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import update

from conversations import record
from conversations.record import Caller
from conversations.tables import turns
from tests.hotline.support import Desk

TITLES = {"id-card-lost": "身份证丢了怎么补", "id-card-renew": "身份证到期或坏了怎么换"}


def begin(desk: Desk, channel: str = "web") -> str:
    """The internal id of a new conversation."""
    with desk.database.writing() as connection:
        return record.start(connection, uuid4().hex, Caller(channel))


def say(
    desk: Desk,
    text: str,
    conversation: str = "",
    *,
    outcome: str = "answered",
    intent: str = "ask",
    entry: str = "id-card-lost",
    probability: float = 0.93,
    channel: str = "web",
    at: datetime | None = None,
    **other: Any,
) -> tuple[str, int]:
    """One turn of a citizen from beginning to end: its conversation and its number."""
    conversation = conversation or begin(desk, channel)
    owner = f"conversation:{conversation}"
    with desk.database.writing() as connection:
        said = desk.vault.tokenize(connection, owner, text)
        row = record.begin_turn(connection, conversation, uuid4().hex, text=said, **other)
        if at:
            mine = (turns.c.conversation == conversation, turns.c.turn == row.turn)
            connection.execute(update(turns).where(*mine).values(at=at))
        ended = {
            "outcome": outcome,
            "offers": [],
            "replies": replies(outcome, entry),
            "seconds": {"whole": 0.2, "rasa": 0.15},
        }
        evidence = found(intent, entry, probability)
        record.end_turn(connection, conversation, row.turn, **ended, evidence=evidence)
    return conversation, row.turn


def replies(outcome: str, entry: str) -> list[dict[str, Any]]:
    """What the assistant said."""
    if outcome.startswith("answered"):
        origin = {"kind": "entry", "id": entry, "revision": 1}
    else:
        origin = {"kind": "response", "id": "utter_x", "revision": None}
    return [{"type": "text", "text": f"关于这件事:{TITLES.get(entry, entry)}", "origin": origin}]


def found(intent: str, entry: str, probability: float) -> dict[str, Any]:
    """Evidence in the form in which Rasa attaches it."""
    one = {"entry": entry, "revision": 1, "title": TITLES.get(entry, entry), "score": 1.234, "probability": probability}
    other = {
        "entry": "id-card-renew",
        "revision": 1,
        "title": TITLES["id-card-renew"],
        "score": 0.5,
        "probability": 0.02,
    }
    decision = "answer" if probability >= 0.7 else "nothing"
    reason = f"{probability:.2f} ≥ 0.70" if decision == "answer" else f"{probability:.2f} < 0.07"
    return {
        "intent": {"name": intent, "confidence": 0.97},
        "intent_ranking": [{"name": intent, "confidence": 0.97}, {"name": "report", "confidence": 0.02}],
        "knowledge": {
            "snapshot": "20261128T000000",
            "decision": decision,
            "reason": reason,
            "candidates": [one | {"passage": "身份证掉了咋办"}, other | {"passage": "换证"}],
            "questions": [],
            "seconds": 0.004,
        },
        "danger": None,
    }
