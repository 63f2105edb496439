"""The public board: reports whose summary staff approved, how far they are, and never anyone's own words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import false, select
from sqlalchemy.engine import Connection

from foundation.clock import local, now
from foundation.database import Database
from foundation.settings import Settings
from hotline import followers
from hotline.catalogue import catalogue
from hotline.followers import ENDED
from hotline.order import PUBLISHED, UNANSWERED_STATES
from hotline.overdue import RUNNING
from hotline.public import public, without_numbers
from hotline.tables import ticket_events, tickets, uploads

PAGE = 20
ANSWERED_STATES = ("answered", "closed")
GONE = ("duplicate", "withdrawn")  # told of on their own page only: nobody handles them any more
NUMBER = re.compile(r"\d{8}-\d{6,9}")
MOST_WORDS = 5


@dataclass(frozen=True)
class Filters:
    """One choice for each way of narrowing; empty leaves it open."""

    district: str = ""
    topic: str = ""  # a first level of the categories
    group: str = ""  # open, answered or overdue
    words: str = ""


@dataclass(frozen=True)
class Report:
    """A ticket as anybody may see it."""

    number: str
    summary: str
    place: str
    category: str
    department: str
    state: str  # in words
    mark: str  # answered, overdue or ""
    opened: str  # days, as people write them
    answered: str
    behind: int  # how many people reported or follow it
    pictures: tuple[str, ...]
    can_be_followed: bool


@dataclass(frozen=True)
class Page:
    """Some reports, the latest first, and the place at which the next page begins; empty at the end."""

    reports: list[Report]
    after: str


class Board:
    """Reads what is public, and nothing else."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._timezone = settings.timezone

    def page(self, filters: Filters, after: str = "") -> Page:
        """At most twenty of the reports that the filters let through."""
        wanted = [tickets.c.state.not_in(GONE), *_conditions(filters, now())]
        # In passing, along the board's own order: found by another index, all that fit would be sorted.
        passing = [one.is_not(false()) for one in (public(), *wanted)]
        beyond = [tickets.c.number < after] if after else []
        query = select(tickets).where(PUBLISHED, *beyond, *passing).order_by(tickets.c.number.desc())
        with self._database.reading() as connection:
            found = connection.execute(query.limit(PAGE + 1)).all()
            reports = self._reports(connection, found[:PAGE])
        return Page(reports, found[PAGE - 1].number if len(found) > PAGE else "")

    def one(self, number: str) -> Report | None:
        """The report, or None for one that is unknown or not public."""
        with self._database.reading() as connection:
            found = connection.execute(select(tickets).where(tickets.c.number == number, public())).all()
            return next(iter(self._reports(connection, found)), None)

    def progress(self, number: str) -> list[tuple[str, str]]:
        """Labels and days of a public report's public steps, in order; the same on the same day stands once."""
        shown = (ticket_events.c.ticket == number, ticket_events.c.step.in_(list(words()["steps"])))
        query = select(ticket_events.c.step, ticket_events.c.at).where(*shown).order_by(ticket_events.c.position)
        with self._database.reading() as connection:
            lines = [(words()["steps"][step], self._day(at)) for step, at in connection.execute(query)]
        return [line for line, _ in groupby(lines)]

    def standing(self, number: str, conversation: str) -> str:
        """Whether a conversation opened the ticket ("own"), follows it ("following"), or neither ("")."""
        if not conversation:
            return ""
        own = select(tickets.c.number).where(tickets.c.number == number, tickets.c.conversation == conversation)
        with self._database.reading() as connection:
            if connection.execute(own).first():
                return "own"
            return "following" if conversation in followers.followers(connection, number) else ""

    def _reports(self, connection: Connection, rows: list[Any]) -> list[Report]:
        numbers = [row.number for row in rows]
        behind, pictures = followers.behind(connection, numbers), _pictures(connection, numbers)
        return [self._report(row, behind[row.number], tuple(pictures.get(row.number, ()))) for row in rows]

    def _report(self, ticket: Any, behind: int, pictures: tuple[str, ...]) -> Report:
        lists = catalogue()
        return Report(
            number=ticket.number,
            summary=without_numbers(ticket.summary),
            place=without_numbers(lists.district_label(ticket.district) + ticket.street),
            category=lists.category_label(ticket.category),
            department=without_numbers(lists.department_label(ticket.department)),
            state=words()["states"][ticket.state],
            mark=_mark(ticket, now()),
            opened=self._day(ticket.opened_at),
            answered=self._day(ticket.answered_at) if ticket.state in ANSWERED_STATES else "",
            behind=behind,
            pictures=pictures,
            can_be_followed=ticket.state not in ENDED,
        )

    def _day(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        day, today = local(moment, self._timezone), local(now(), self._timezone)
        return day.strftime(words()["day" if day.year == today.year else "day_of_another_year"])


@cache
def words() -> Mapping[str, Any]:
    """The sentences of board.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "board.yml").read_text(encoding="utf-8"))
    return content


def _mark(ticket: Any, at: datetime) -> str:
    if ticket.state in ANSWERED_STATES:
        return "answered"
    late = ticket.state in RUNNING and ticket.handle_by is not None and ticket.handle_by <= at
    return "overdue" if late else ""


def _conditions(filters: Filters, at: datetime) -> list[Any]:
    conditions = [tickets.c.district == filters.district] if filters.district else []
    if filters.topic:
        leaves = [leaf.id for leaf in catalogue().categories.values() if leaf.top == filters.topic]
        conditions.append(tickets.c.category.in_(leaves))
    return [*conditions, *_of_group(filters.group, at), *_of_words(filters.words)]


def _of_group(group: str, at: datetime) -> list[Any]:
    groups = {
        "open": [tickets.c.state.in_(UNANSWERED_STATES)],
        "answered": [tickets.c.state.in_(ANSWERED_STATES)],
        "overdue": [tickets.c.state.in_(RUNNING), tickets.c.handle_by <= at],
    }
    return groups.get(group, [])


def _of_words(text: str) -> list[Any]:
    """Every word must stand in the summary; a number finds its ticket."""
    if NUMBER.fullmatch(text):
        return [tickets.c.number == text]
    return [tickets.c.summary.contains(word, autoescape=True) for word in text.split()[:MOST_WORDS]]


def _pictures(connection: Connection, numbers: list[str]) -> dict[str, list[str]]:
    """The pictures of each ticket that staff made public, in order."""
    shown = (uploads.c.ticket.in_(numbers), uploads.c.visibility == "public")
    found: dict[str, list[str]] = {}
    for row in connection.execute(select(uploads.c.ticket, uploads.c.id).where(*shown).order_by(uploads.c.position)):
        found.setdefault(row.ticket, []).append(row.id)
    return found
