"""What citizens asked and no entry answered: a list for the content team, the same question counted once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from knowledge.tables import gaps
from knowledge.tokenizer import Tokenizer

LONGEST = 200  # characters kept of a question


@dataclass(frozen=True)
class Gap:
    """A question without an answer, as it was first asked; identifying numbers stand in it as tokens."""

    question: str
    asked: int
    first_at: datetime
    last_at: datetime


class Gaps:
    """Notes and lists unanswered questions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, question: str) -> None:
        """Count one question; questions of the same words are the same."""
        key = hashlib.sha256(" ".join(sorted(set(_tokenizer().words(question)))).encode()).hexdigest()
        with self._database.writing() as connection:
            if not self._count_again(connection, key):
                at = now()
                values = {"key": key, "question": question[:LONGEST], "asked": 1, "first_at": at, "last_at": at}
                connection.execute(insert(gaps).values(**values))

    def most_asked(self, limit: int = 100) -> list[Gap]:
        """The questions asked most often, the latest first among equals."""
        ordered = select(gaps).order_by(gaps.c.asked.desc(), gaps.c.last_at.desc()).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(ordered).all()
        return [Gap(row.question, row.asked, row.first_at, row.last_at) for row in rows]

    @staticmethod
    def _count_again(connection: Connection, key: str) -> bool:
        counted = update(gaps).where(gaps.c.key == key).values(asked=gaps.c.asked + 1, last_at=now())
        return bool(connection.execute(counted).rowcount)


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    return Tokenizer()
