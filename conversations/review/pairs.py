"""Pairs of letters, by which words are found: Chinese words have no gaps, and two letters are a word already."""

import re
from collections.abc import Collection

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from conversations.review.tables import turn_pairs
from foundation.identifying import TOKEN

ENOUGH = 2000  # a pair that more turns hold is as good as any other
MOST_COMPARED = 12
_RUN = re.compile(r"\w+")


def pairs(text: str) -> set[str]:
    """Every two letters that stand beside each other, tokens left out."""
    runs = _RUN.findall(TOKEN.sub(" ", text).lower())
    return {run[place : place + 2] for run in runs for place in range(len(run) - 1)}


def add(connection: Connection, key: int, text: str) -> None:
    """Let a turn be found by its words."""
    rows = [{"pair": pair, "key": key} for pair in sorted(pairs(text))]
    if rows:
        connection.execute(insert(turn_pairs), rows)


def remove(connection: Connection, key: int, text: str) -> None:
    """Let it not be found any more."""
    own = pairs(text)
    if own:
        connection.execute(delete(turn_pairs).where(turn_pairs.c.pair.in_(own), turn_pairs.c.key == key))


def rarest(connection: Connection, words: Collection[str]) -> str:
    """The pair of these words that the fewest turns hold, or "" where they have no pair."""
    found = sorted({pair for word in words for pair in pairs(word)})[:MOST_COMPARED]
    return min(found, key=lambda pair: _held(connection, pair), default="")


def _held(connection: Connection, pair: str) -> int:
    few = select(turn_pairs.c.key).where(turn_pairs.c.pair == pair).limit(ENOUGH).subquery()
    return int(connection.execute(select(func.count()).select_from(few)).scalar_one())
