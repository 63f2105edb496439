"""The staff's list of tickets: what waits for an answer, the most urgent and the nearest limit first.

A page begins where the last one ended, and counting stops at a thousand: a long list is as quick as a short one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, literal, select, tuple_
from sqlalchemy.engine import Connection

from foundation.clock import moment_asked, now
from hotline.appeal import AUDIENCES
from hotline.desk import UNBOUND, Actor, visible
from hotline.figures.selection import is_officer_only
from hotline.filters import NUMBER, Filters, conditions, numbered
from hotline.order import HANDLE_BY, NO_LIMIT, UNANSWERED, URGENCY_RANK
from hotline.tables import assignments, tickets

PAGE = 50
RANKS = ("critical", "urgent", "normal")
MOST_COUNTED = 999
SHOWN = (
    *(
        "number",
        "version",
        "state",
        "kind",
        "what",
        "place",
        "category",
        "urgency",
        "district",
        "department",
        "joint",
        "channel",
        "handled_by",
    ),
    *("contact_by", "handle_by", "contacted_at", "extension_asked", "extensions"),
    *("returns", "reopens", "urges", "opened_at"),
)
COLUMNS = [tickets.c[name] for name in SHOWN]

QUEUES: Mapping[str, Filters] = {
    "submitted": Filters(state="submitted"),
    "accepted": Filters(state="accepted"),
    "at_department": Filters(state="at_department"),
    "dispatched": Filters(state="dispatched"),
    "in_progress": Filters(state="in_progress"),
    "soon": Filters(limit="soon"),
    "overdue": Filters(limit="overdue"),
    "extension": Filters(mark="extension"),
    "returned": Filters(mark="returned"),
}
OF_OFFICERS = ("dispatched", "in_progress", "soon", "overdue", "extension")  # a department never has the other ones
OF_OTHERS = ("submitted", "accepted", "at_department", "soon", "overdue", "extension", "returned")


@dataclass(frozen=True)
class Page:
    """Some tickets in order, and the place at which the next page begins; empty at the end."""

    tickets: list[Any]
    after: str


def page(connection: Connection, actor: Actor, filters: Filters, timezone: str, after: str = "") -> Page:
    """At most fifty of the tickets that the actor may see; raises ValueError for a place that no page gave."""
    order = ByUrgency() if filters.unanswered else ByAge()
    wanted = [visible(actor), *conditions(filters, now(), timezone)]
    query = select(*COLUMNS).where(
        *order.within(filters),
        *order.beyond(after),
        *numbered(filters),
        *_in_passing(wanted),  # along the list's own order: found by another index, all that fit would be sorted
    )
    found = connection.execute(query.order_by(*order.columns).limit(PAGE + 1)).all()
    return Page(found[:PAGE], order.place(found[PAGE - 1]) if len(found) > PAGE else "")


def counts(connection: Connection, actor: Actor, timezone: str) -> dict[str, int]:
    """How many tickets each of the actor's queues holds; one more than MOST_COUNTED stands for any more."""
    names = OF_OFFICERS if is_officer_only(actor) else OF_OTHERS
    at = now()
    columns = [_counted(actor, QUEUES[name], at, timezone).label(name) for name in names]
    return dict(connection.execute(select(*columns)).one()._mapping)


def _counted(actor: Actor, filters: Filters, at: datetime, timezone: str) -> Any:
    wanted = [tickets.c.state.in_(filters.states), *conditions(filters, at, timezone)]
    parts = [select(literal(1)).where(*part) for part in _parts(actor, wanted)]
    few = parts[0].union_all(*parts[1:]).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(few).scalar_subquery()


def _parts(actor: Actor, wanted: list[Any]) -> list[list[Any]]:
    """The conditions once, or once for each share that an officer may see, so that each is found by its own index."""
    if set(actor.roles) & set(UNBOUND):
        return [[tickets.c.audience.in_(AUDIENCES), *wanted]]  # all there are; named, they lead to the small indexes
    if not is_officer_only(actor):
        return [[visible(actor), *wanted]]
    joint = select(assignments.c.ticket).where(assignments.c.department == actor.department, ~assignments.c.leading)
    own = [tickets.c.audience == "", *wanted]
    return [
        [tickets.c.department == actor.department, *own],
        [tickets.c.number.in_(joint), *_in_passing(own)],
    ]


def _in_passing(wanted: list[Any]) -> list[Any]:
    """The same conditions, which no index is then used for."""
    return [one.is_not(false()) for one in wanted]


class ByUrgency:
    """The order of what waits for an answer."""

    columns = (URGENCY_RANK, HANDLE_BY, tickets.c.number)

    def within(self, filters: Filters) -> list[Any]:
        """The condition of the state."""
        return [UNANSWERED, *_in_passing([tickets.c.state.in_(filters.states)])]

    def beyond(self, after: str) -> list[Any]:
        """The condition of what comes after a place."""
        if not after:
            return []
        rank, limit, number = after.split("~")
        moment = literal(moment_asked(limit), HANDLE_BY.type) if limit else NO_LIMIT
        return [tuple_(*self.columns) > tuple_(literal(RANKS.index(rank)), moment, literal(_number(number)))]

    def place(self, ticket: Any) -> str:
        """Where a ticket stands in the order."""
        rank = ticket.urgency if ticket.urgency in RANKS else RANKS[-1]
        return f"{rank}~{ticket.handle_by.isoformat() if ticket.handle_by else ''}~{ticket.number}"


class ByAge:
    """The order of what is over or may be: the latest first."""

    columns = (tickets.c.number.desc(),)

    def within(self, filters: Filters) -> list[Any]:
        """The condition of the state."""
        return [tickets.c.state == filters.state] if filters.state != "all" else []

    def beyond(self, after: str) -> list[Any]:
        """The condition of what comes after a place."""
        return [tickets.c.number < _number(after)] if after else []

    def place(self, ticket: Any) -> str:
        """Where a ticket stands in the order."""
        return str(ticket.number)


def _number(text: str) -> str:
    if not NUMBER.fullmatch(text):
        raise ValueError(f"no number of a ticket: {text!r}")
    return text
