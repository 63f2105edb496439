"""What citizens asked and no entry answered: a list for the content team, the same question counted once."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from knowledge.tables import gaps

LONGEST = 60  # characters: what is longer tells a story of somebody, of which only the question is kept
_LETTER = re.compile(r"\w")
_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]*")
_CLAUSE = re.compile(r"[^，,\s]+[，,\s]*")
_ASKING = re.compile(r"[？?吗呢咋哪谁啥几]|怎么|如何|什么|多少|多久|能不能|可不可以|是不是|是否|要不要")


@dataclass(frozen=True)
class Gap:
    """A question without an answer, as it was last asked; identifying numbers stand in it as tokens."""

    question: str
    asked: int
    last_at: datetime


def forget(connection: Connection, conversation: str) -> None:
    """Delete what a conversation asked."""
    connection.execute(delete(gaps).where(gaps.c.conversation == conversation))


class Gaps:
    """Notes and lists unanswered questions; each belongs to its conversation and is erased with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, question: str, conversation: str) -> None:
        """Keep one question, of a long message only what it asks; questions of the same letters are the same."""
        question = _short(question)
        letters = "".join(sorted(Counter(_LETTER.findall(question))))
        if not letters:
            return
        key = hashlib.sha256(letters.encode()).hexdigest()
        with self._database.writing() as connection:
            values = {"key": key, "question": question, "conversation": conversation, "at": now()}
            connection.execute(insert(gaps).values(**values))

    def most_asked(self, limit: int = 100) -> list[Gap]:
        """The questions asked most often; the latest first among equals."""
        asked, last = func.count(gaps.c.id).label("asked"), func.max(gaps.c.id).label("last")
        counted = select(asked, last).group_by(gaps.c.key).subquery()
        joined = gaps.join(counted, gaps.c.id == counted.c.last)
        ordered = select(gaps, counted.c.asked).select_from(joined)
        ordered = ordered.order_by(counted.c.asked.desc(), gaps.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [Gap(row.question, row.asked, row.at) for row in connection.execute(ordered)]


def _short(message: str) -> str:
    """What a long message asks last, in as many of its last clauses as are short enough; else how it begins."""
    if len(message) <= LONGEST:
        return message
    asking = [sentence for sentence in _SENTENCE.findall(message) if _ASKING.search(sentence)]
    clauses = _CLAUSE.findall(asking[-1]) if asking else [message]
    while len(clauses) > 1 and len("".join(clauses)) > LONGEST:
        del clauses[0]
    return "".join(clauses).strip()[:LONGEST]
