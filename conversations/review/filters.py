"""What the list of turns can be narrowed to, and which of it leads to the turns that fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func

from conversations.review.keys import first_key
from conversations.review.tables import turn_facts

# The narrowest first: the first of those that are given is looked up in its index, the others are read in passing.
LEADING = ("thumb", "entry", "domain", "band", "intent", "outcome", "channel")
REVIEWED = {"disputed": ("disputed", True), "yes": ("reviewed", True), "no": ("reviewed", False)}
NAMELESS = "-"  # how an empty domain is written


@dataclass(frozen=True)
class Filters:
    """One choice for each way of narrowing; empty leaves it open."""

    outcome: str = ""  # or several, with commas between them
    intent: str = ""
    band: str = ""
    entry: str = ""
    domain: str = ""  # or NAMELESS
    channel: str = ""
    thumb: str = ""
    reviewed: str = ""  # yes, no, or disputed
    words: str = ""
    since: date | None = None
    until: date | None = None
    each: str = ""  # "conversation": of every conversation and day the latest turn that fits, and no other

    @property
    def outcomes(self) -> list[str]:
        """The outcomes, of which a turn must have one."""
        return list(dict.fromkeys(self.outcome.split(","))) if self.outcome else []

    @property
    def sought(self) -> list[str]:
        """The words that every turn must hold."""
        return self.words.lower().split()


def equal(filters: Filters) -> list[list[Any]]:
    """For each narrowed column, the narrowest first, its conditions: of one value each, of which a turn meets one."""
    given = {name: [getattr(filters, name)] for name in LEADING if getattr(filters, name)}
    if filters.outcomes:
        given["outcome"] = filters.outcomes
    if filters.domain == NAMELESS:
        given["domain"] = [""]
    narrowed = [[turn_facts.c[name] == value for value in values] for name, values in given.items()]
    if not filters.reviewed:
        return narrowed
    column, value = REVIEWED[filters.reviewed]
    reviewed = [turn_facts.c[column] == value]
    return [reviewed, *narrowed] if filters.reviewed == "disputed" else [*narrowed, reviewed]


def held(filters: Filters) -> list[Any]:
    """The conditions of the words."""
    return [func.lower(turn_facts.c.text).contains(word, autoescape=True) for word in filters.sought]


def within(filters: Filters, timezone: str, key: Any) -> Iterator[Any]:
    """The conditions of the days, on a column that holds keys."""
    if filters.since:
        yield key >= first_key(_begin(filters.since, timezone))
    if filters.until:
        yield key < first_key(_begin(filters.until + timedelta(days=1), timezone))


def _begin(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone))
