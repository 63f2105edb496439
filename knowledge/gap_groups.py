"""Gaps for the content team: questions of nearly the same words together, and what was decided about them."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, Text, delete, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.clock import now
from foundation.database import Instant, metadata
from knowledge.importing.duplicates import letters
from knowledge.tables import gaps

CONSIDERED = 600  # questions, the most asked first
SHOWN = 60  # groups
A_PAGE = 50
OVERLAP = 0.5  # of two questions' pairs of letters, from which they are about the same
FILLERS = (
    "请问",
    "我想问",
    "怎么办理",
    "如何办理",
    "怎么办",
    "如何",
    "怎么",
    "咋办",
    "咋",
    "办理",
    "一下",
    "呢",
    "啊",
    "吗",
    "的",
    "要",
)
LONGEST_REASON = 300
TOKEN = "〔"  # begins what stands for an identifying number

decisions = Table(
    "gap_decisions",
    metadata,
    Column("key", String(64), primary_key=True),  # of a gap
    Column("entry", String(80), nullable=False),  # whose draft answers it; empty where it was dismissed
    Column("reason", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Instant, nullable=False),
)


@dataclass(frozen=True)
class Question:
    """One wording, as it was last asked."""

    key: str
    text: str
    asked: int


@dataclass(frozen=True)
class Group:
    """Wordings of one need: how many people asked, and when last."""

    questions: tuple[Question, ...]
    people: int
    asked: int
    last_at: datetime
    entry: str = ""
    reason: str = ""
    by: str = ""

    @property
    def key(self) -> str:
        """The key of the wording that was asked most."""
        return self.questions[0].key

    @property
    def text(self) -> str:
        """The wording that was asked most."""
        return self.questions[0].text


def groups(connection: Connection) -> tuple[list[Group], list[Group]]:
    """The groups that wait for a decision, those of most people first, and those decided on."""
    rows = _rows(connection, [])
    known = {row.key: row for row in connection.execute(select(decisions))}
    decided = [_group(connection, [row], [], known[row.key]) for row in rows if row.key in known][:SHOWN]
    return _waiting(connection, [row for row in rows if row.key not in known], []), decided


def asked_within(
    connection: Connection, group: Group, begin: datetime, end: datetime, after: int = 0
) -> tuple[list[Any], int]:
    """A page of what a group counts between two moments, the latest first; and after what the next one begins, or 0."""
    mine = [gaps.c.key.in_([one.key for one in group.questions]), gaps.c.at >= begin, gaps.c.at < end]
    earlier = [gaps.c.id < after] if after else []  # what was asked earlier has the lower number
    query = select(gaps).where(*mine, *earlier).order_by(gaps.c.id.desc()).limit(A_PAGE + 1)
    rows = list(connection.execute(query).all())
    return rows[:A_PAGE], rows[A_PAGE - 1].id if len(rows) > A_PAGE else 0


def waiting(connection: Connection, begin: datetime, end: datetime) -> list[Group]:
    """The groups that wait for a decision, as they were asked between two moments."""
    within = [gaps.c.at >= begin, gaps.c.at < end]
    known = set(connection.execute(select(decisions.c.key)).scalars())
    return _waiting(connection, [row for row in _rows(connection, within) if row.key not in known], within)


def _waiting(connection: Connection, rows: list[Any], within: list[Any]) -> list[Group]:
    together = sorted(_together(rows), key=lambda few: -sum(row.asked for row in few))[:SHOWN]
    found = [_group(connection, few, within) for few in together]
    return sorted(found, key=lambda one: (-one.people, -one.asked, one.text))


def decide(connection: Connection, keys: Sequence[str], by: str, *, entry: str = "", reason: str = "") -> int:
    """Say that a draft answers these gaps, or why none is written; counts those that were not decided yet."""
    there = set(connection.execute(select(gaps.c.key).where(gaps.c.key.in_(keys)).distinct()).scalars())
    there -= set(connection.execute(select(decisions.c.key).where(decisions.c.key.in_(keys))).scalars())
    decided = 0
    for key in sorted(there):
        with suppress(IntegrityError), connection.begin_nested():  # two decide at the same moment: the first one counts
            connection.execute(insert(decisions).values(key=key, entry=entry, reason=reason, by=by, at=now()))
            decided += 1
    return decided


def reopen(connection: Connection, key: str) -> bool:
    """Let a gap wait for a decision again."""
    return bool(connection.execute(delete(decisions).where(decisions.c.key == key)).rowcount)


def reopen_of(connection: Connection, entry: str) -> int:
    """Let the gaps that a new entry was to answer wait again: its draft was given up. Counts them."""
    return int(connection.execute(delete(decisions).where(decisions.c.entry == entry)).rowcount)


def questions_of(connection: Connection, keys: Sequence[str]) -> list[str]:
    """The latest wording of each of these gaps, in their order; none that holds a token for an identifying number."""
    last = select(func.max(gaps.c.id)).where(gaps.c.key.in_(keys)).group_by(gaps.c.key)
    rows = connection.execute(select(gaps.c.key, gaps.c.question).where(gaps.c.id.in_(last))).all()
    return [row.question for row in sorted(rows, key=lambda row: keys.index(row.key)) if TOKEN not in row.question]


def first_asked(connection: Connection, keys: Sequence[str]) -> datetime | None:
    """When the first of these gaps was asked first."""
    at: datetime | None = connection.execute(select(func.min(gaps.c.at)).where(gaps.c.key.in_(keys))).scalar()
    return at


def _rows(connection: Connection, within: list[Any]) -> list[Any]:
    """The most asked questions with their latest wording."""
    asked, last = func.count(gaps.c.id).label("asked"), func.max(gaps.c.id).label("last")
    by_key = select(asked, last).where(*within).group_by(gaps.c.key)
    counted = by_key.order_by(asked.desc(), last.desc()).limit(CONSIDERED).subquery()
    joined = gaps.join(counted, gaps.c.id == counted.c.last)
    ordered = select(gaps.c.key, gaps.c.question, gaps.c.at, counted.c.asked).select_from(joined)
    return list(connection.execute(ordered.order_by(counted.c.asked.desc(), gaps.c.id.desc())))


def _together(rows: Iterable[Any]) -> list[list[Any]]:
    """Each question beside the first group whose most asked wording it shares most of its words with."""
    found: list[tuple[frozenset[str], list[Any]]] = []
    for row in rows:
        own = _words(row.question)
        beside = next((few for words, few in found if _overlap(own, words) >= OVERLAP), None)
        if beside is None:
            found.append((own, [row]))
        else:
            beside.append(row)
    return [few for _, few in found]


def _group(connection: Connection, rows: list[Any], within: list[Any], decision: Any = None) -> Group:
    mine = (gaps.c.key.in_([row.key for row in rows]), *within)
    people = connection.execute(select(func.count(gaps.c.conversation.distinct())).where(*mine)).scalar()
    questions = tuple(Question(row.key, row.question, row.asked) for row in rows)
    asked, last = sum(row.asked for row in rows), max(row.at for row in rows)
    if decision is None:
        return Group(questions, int(people or 0), asked, last)
    return Group(questions, int(people or 0), asked, last, decision.entry, decision.reason, decision.by)


def _words(question: str) -> frozenset[str]:
    bare = letters(question)
    for filler in FILLERS:
        bare = bare.replace(filler, "")
    bare = bare or letters(question)
    return frozenset(bare[place : place + 2] for place in range(max(len(bare) - 1, 1)))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
