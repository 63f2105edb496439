"""Unanswered questions that mean the same, put together: the same letters, or mostly the same words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.engine import Connection

from knowledge.tables import gaps
from knowledge.tokenizer import Tokenizer

LOOKED_AT = 2000  # the newest questions
ALIKE = 0.5  # share of the words of both that both hold
SHOWN = 5  # ways to ask of a cluster


@dataclass(frozen=True)
class Asked:
    """A question without an answer, and the conversation that it stands in."""

    question: str
    conversation: str
    at: datetime


@dataclass
class Cluster:
    """Questions that mean the same, the newest first."""

    asked: list[Asked] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How often it was asked."""
        return len(self.asked)

    @property
    def ways(self) -> list[Asked]:
        """Some different ways in which it was asked, the newest of each."""
        by_question = {one.question: one for one in reversed(self.asked)}
        return sorted(by_question.values(), key=lambda one: one.at, reverse=True)[:SHOWN]


def clusters(connection: Connection, since: datetime) -> list[Cluster]:
    """The unanswered questions since then, those asked most first."""
    newest = select(gaps).where(gaps.c.at >= since).order_by(gaps.c.id.desc()).limit(LOOKED_AT)
    by_letters: dict[str, list[Asked]] = defaultdict(list)
    for row in connection.execute(newest):
        by_letters[row.key].append(Asked(row.question, row.conversation, row.at))
    return joined(list(by_letters.values()))


def joined(groups: Sequence[list[Asked]]) -> list[Cluster]:
    """Groups of equal questions, each joined to the largest one that is alike enough."""
    found: list[Cluster] = []
    leaders: list[frozenset[str]] = []  # the words of each cluster's largest group
    holding: dict[str, list[int]] = defaultdict(list)
    for group in sorted(groups, key=len, reverse=True):
        words = frozenset(_tokenizer().words(group[0].question))
        near = {place for word in words for place in holding[word]}
        best = max(near, key=lambda place: (_alike(words, leaders[place]), -place), default=None)
        if best is not None and _alike(words, leaders[best]) >= ALIKE:
            found[best].asked.extend(group)
            continue
        for word in words:
            holding[word].append(len(found))
        found.append(Cluster(list(group)))
        leaders.append(words)
    for cluster in found:
        cluster.asked.sort(key=lambda one: one.at, reverse=True)
    return sorted(found, key=lambda cluster: (cluster.count, cluster.asked[0].at), reverse=True)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer()
