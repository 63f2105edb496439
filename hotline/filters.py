"""What the staff's list of tickets can be narrowed to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from hotline.catalogue import catalogue
from hotline.lifecycle import lifecycle
from hotline.nearness import near
from hotline.order import EXTENSION_ASKED, RETURNED, UNANSWERED_STATES
from hotline.overdue import RUNNING
from hotline.standing import SECRET_KINDS
from hotline.tables import assignments, tickets
from hotline.time_limits import moved

NUMBER = re.compile(r"\d{8}-\d{6,12}", re.ASCII)
AT_DEPARTMENT = ("dispatched", "in_progress", "waiting_for_citizen")
LIMITS = ("overdue", "soon", "contact")
MARKS = ("returned", "reopened", "extension", "unpublished")


@dataclass(frozen=True)
class Filters:
    """One choice for each way of narrowing; empty leaves it open."""

    state: str = "open"  # a state, or one of the groups `open`, `at_department` and `all`
    department: str = ""
    category: str = ""  # a leaf, or a first level
    district: str = ""
    kind: str = ""
    urgency: str = ""
    channel: str = ""
    limit: str = ""  # one of LIMITS
    mark: str = ""  # one of MARKS
    words: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """The states that the tickets may be in: for `open` those without an answer."""
        groups = {"open": UNANSWERED_STATES, "at_department": AT_DEPARTMENT, "all": tuple(lifecycle().states)}
        return groups.get(self.state, (self.state,))

    @property
    def unanswered(self) -> bool:
        """Whether every ticket that fits waits for an answer."""
        return set(self.states) <= set(UNANSWERED_STATES)


def conditions(filters: Filters, at: datetime, timezone: str) -> list[Any]:
    """The conditions of everything but the state and the days."""
    equal = ("district", "kind", "urgency", "channel")
    return [
        *(tickets.c[name] == value for name in equal if (value := getattr(filters, name))),
        *_of_category(filters.category),
        *_of_department(filters.department),
        *_of_limit(filters.limit, at, timezone),
        *_of_mark(filters.mark),
        *_of_words(filters.words),
    ]


def numbered(filters: Filters) -> Iterator[Any]:
    """The conditions of number and days: a number begins with the day on which its ticket was opened."""
    if NUMBER.fullmatch(filters.words):
        yield tickets.c.number == filters.words
    if filters.since:
        yield tickets.c.number >= f"{filters.since:%Y%m%d}"
    if filters.until:
        yield tickets.c.number < f"{filters.until + timedelta(days=1):%Y%m%d}"


def _of_category(name: str) -> list[Any]:
    leaves = [leaf.id for leaf in catalogue().categories.values() if leaf.top == name]
    return [tickets.c.category.in_(leaves or [name])] if name else []


def _of_department(name: str) -> list[Any]:
    shares = select(assignments.c.ticket).where(assignments.c.department == name)
    return [tickets.c.number.in_(shares)] if name else []


def _of_limit(name: str, at: datetime, timezone: str) -> list[Any]:
    """The clock stands while the citizen is waited for, so that such a ticket is never late."""
    if not name:
        return []
    running = tickets.c.state.in_(RUNNING)
    if name == "overdue":
        return [running, tickets.c.handle_by <= at]
    soon = moved(at, 1, timezone)
    if name == "soon":
        return [running, tickets.c.handle_by > at, near(at, soon)]
    return [running, tickets.c.contacted_at.is_(None), tickets.c.contact_by <= soon]


def _of_mark(name: str) -> list[Any]:
    if name == "unpublished":
        public = [leaf.id for leaf in catalogue().categories.values() if leaf.public]
        return [tickets.c.summary == "", tickets.c.kind.not_in(SECRET_KINDS), tickets.c.category.in_(public)]
    marks = {"returned": RETURNED, "reopened": tickets.c.reopens > 0, "extension": EXTENSION_ASKED}
    return [marks[name]] if name else []


def _of_words(words: str) -> list[Any]:
    if not words or NUMBER.fullmatch(words):
        return []
    return [or_(tickets.c.what.contains(words, autoescape=True), tickets.c.place.contains(words, autoescape=True))]
