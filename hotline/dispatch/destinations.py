"""Where the tickets of a category really go: mostly to its own department, but people may have decided otherwise."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hotline.catalogue import catalogue
from hotline.dispatch.settings import settings

Counts = dict[str, dict[str, int]]  # by category, how many confirmed tickets went to each department


@dataclass(frozen=True)
class Elsewhere:
    """Where most confirmed tickets of a category went instead: the department, how many, and how many in all."""

    department: str
    count: int
    every: int


def counted(decided: Iterable[tuple[str, str]]) -> Counts:
    """The counts over categories and departments of confirmed tickets."""
    sent: dict[str, Counter[str]] = defaultdict(Counter)
    for category, department in decided:
        sent[category][department] += 1
    return {category: dict(counts) for category, counts in sent.items()}


def without(counts: Counts, category: str, department: str) -> Counts:
    """The counts as they were before one of the tickets."""
    own = counts[category]
    return counts | {category: own | {department: own[department] - 1}}


def elsewhere(counts: Mapping[str, Mapping[str, int]], category: str) -> Elsewhere | None:
    """The department that took the category over, or None when it stays with its own."""
    own, wanted = counts.get(category, {}), settings()["department"]
    every = sum(own.values())
    if every < wanted["confirmed_at_least"]:
        return None
    department = max(own, key=lambda name: own[name])
    took_over = own[department] > wanted["share_more_than"] * every
    if not took_over or department == catalogue().categories[category].department:
        return None
    return Elsewhere(department, own[department], every)


def department_of(counts: Mapping[str, Mapping[str, int]], category: str) -> str:
    """The department that a ticket of the category goes to."""
    taken = elsewhere(counts, category)
    return taken.department if taken else catalogue().categories[category].department
