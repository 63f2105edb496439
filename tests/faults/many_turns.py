"""Very many made turns in the desk's list: alike in every respect but their number."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from conversations.review.keys import wanted_key
from conversations.review.pairs import pairs
from conversations.review.tables import turn_facts, turn_pairs
from conversations.review.words import band
from foundation.database import Database
from hotline.staff_words import words as staff_words

NEWEST = datetime(2026, 11, 27, 15, tzinfo=UTC)
PAUSE = timedelta(seconds=30)
RARE = "貔貅"  # stands in one turn of a thousand-fold, the oldest
OUTCOMES = {
    "answered": 45,
    "answered_facet": 10,
    "clarifying": 15,
    "no_answer": 8,
    "small_talk": 10,
    "collecting": 11,
    "refused": 1,
}
INTENTS = {"ask": 60, "ask_facet": 12, "report": 12, "greet": 10, "thank": 5, "abuse": 1}
CHUNK = 20_000


def fill(database: Database, count: int, questions: list[str], domains: list[str], pause: timedelta = PAUSE) -> None:
    """Make so many turns, one every pause, the newest at the same moment whatever their number."""
    made = _rows(count, questions, domains, pause)
    while chunk := list(islice(made, CHUNK)):
        with database.writing() as connection:
            connection.execute(insert(turn_facts), chunk)
            _add_pairs(connection, chunk)
    with database.writing() as connection:
        connection.exec_driver_sql("ANALYZE")


def _add_pairs(connection: Connection, chunk: list[dict[str, Any]]) -> None:
    rows = sorted((pair, row["key"]) for row in chunk for pair in pairs(row["text"]))
    connection.execute(insert(turn_pairs), [{"pair": pair, "key": key} for pair, key in rows])


def _rows(count: int, questions: list[str], domains: list[str], pause: timedelta) -> Iterator[dict[str, Any]]:
    random, channels = Random(count), [*staff_words()["channels"]][:4]
    for place in range(count):
        conversation, turn = f"{place // 4:032x}", place % 4 + 1
        probability = round(random.random() ** 0.4, 4)
        yield {
            "key": wanted_key(NEWEST - pause * (count - place), conversation, turn),
            "conversation": conversation,
            "turn": turn,
            "channel": random.choice(channels),
            "text": f"{random.choice(questions)}{RARE if not place else ''}",
            "outcome": _one(random, OUTCOMES),
            "intent": _one(random, INTENTS),
            "entry": f"entry-{random.randrange(400)}",
            "domain": random.choice(domains),
            "probability": probability,
            "band": band(probability),
            "thumb": random.choices([None, "up", "down"], [96, 3, 1])[0],
            "reviewed": random.random() < 0.02,
        }


def _one(random: Random, shares: dict[str, int]) -> str:
    return random.choices([*shares], [*shares.values()])[0]
