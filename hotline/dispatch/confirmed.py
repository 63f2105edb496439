"""Confirmed tickets: those that an operator or a supervisor dispatched, and that did not come back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation import demonstration
from hotline.dispatch.words import cleaned
from hotline.tables import suggestions, ticket_events, tickets

CONFIRM = ("operator", "supervisor")
STEPS = ("submit", "amend", "dispatch", "return", "recall")
MOST = 6_000  # the newest; more would teach little and take long


@dataclass(frozen=True)
class Confirmed:
    """One ticket and where people sent it."""

    number: str
    text: str
    category: str
    department: str
    at: datetime
    suggested: tuple[str, str] | None  # category and department, as they were suggested before

    @property
    def corrected(self) -> bool:
        """True where people decided otherwise than was suggested."""
        return self.suggested is not None and self.suggested != (self.category, self.department)


def text_of(ticket: Any) -> str:
    """What a ticket says, with its place, as suggestions are made from it."""
    return cleaned(f"{ticket.what} {ticket.place}")


def confirmed(connection: Connection) -> list[Confirmed]:
    """The newest that have a category, oldest first; what is made up or only supervisors may see teaches nothing."""
    sent = select(ticket_events.c.ticket).where(ticket_events.c.step == "dispatch", ticket_events.c.role.in_(CONFIRM))
    made_up = demonstration.names(demonstration.TICKET)
    known = (tickets.c.number.in_(sent), tickets.c.audience == "", tickets.c.number.not_in(made_up))
    chosen = select(tickets).where(*known).order_by(tickets.c.opened_at.desc()).limit(MOST)
    rows = {row.number: row for row in connection.execute(chosen)}
    numbers = select(tickets.c.number).where(*known).order_by(tickets.c.opened_at.desc()).limit(MOST).subquery()
    logged = select(ticket_events).where(
        ticket_events.c.ticket.in_(select(numbers.c.number)), ticket_events.c.step.in_(STEPS)
    )
    events: dict[str, list[Any]] = defaultdict(list)
    for event in connection.execute(logged.order_by(ticket_events.c.ticket, ticket_events.c.position)):
        events[event.ticket].append(event)
    made = select(suggestions).where(suggestions.c.ticket.in_(select(numbers.c.number))).order_by(suggestions.c.id)
    before: dict[str, list[Any]] = defaultdict(list)
    for suggestion in connection.execute(made):
        before[suggestion.ticket].append(suggestion)
    found = (_confirmed(rows[number], own, before[number]) for number, own in events.items() if number in rows)
    return sorted((one for one in found if one is not None and one.category), key=lambda one: (one.at, one.number))


def _confirmed(ticket: Any, events: Iterable[Any], made: list[Any]) -> Confirmed | None:
    category, sent = "", None
    for event in events:
        category = event.fields.get("category") or category
        if event.step in ("return", "recall") or (event.step == "dispatch" and event.role not in CONFIRM):
            sent = None
        elif event.step == "dispatch":
            sent = event
    if sent is None:
        return None
    earlier = [one for one in made if one.at <= sent.at]
    suggested = (earlier[-1].category, earlier[-1].department) if earlier else None
    return Confirmed(ticket.number, text_of(ticket), category, sent.fields["department"], sent.at, suggested)
