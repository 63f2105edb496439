"""What a citizen sees of a ticket."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.clock import local
from foundation.identifying import GIVEN, TOKEN
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.catalogue import catalogue
from hotline.lifecycle import Step, lifecycle
from hotline.tables import ticket_events
from hotline.words import owner

AT_DEPARTMENT = ("dispatched", "in_progress")


@dataclass(frozen=True)
class TicketView:
    """A ticket as its citizen sees it."""

    number: str
    state: str
    state_label: str
    what: str
    place: str
    events: list[dict[str, str]]  # at (ISO 8601 with offset), label, text
    link: str
    department: str = ""  # who has it now
    until: str = ""  # when an answer is due, as people write it; empty while nobody has it
    can: tuple[str, ...] = ()  # the steps that its citizen may take now
    version: int = 0
    followed: bool = False  # somebody else's, who follows it may look at it only


@dataclass(frozen=True)
class Line:
    """One line of a ticket's timeline, as its citizen is told it; the text holds the ticket's tokens."""

    position: int
    step: str
    state: str  # after the step
    moment: datetime
    at: str  # ISO 8601 with offset
    label: str
    text: str
    own: bool  # a number that the citizen brought stands in it


class Views:
    """Makes views of tickets' rows; identifying numbers become hints such as 138****5678.

    With `full`, the numbers that only staff or the hotline wrote are shown: "请拨打…" is of no use without them. What
    opens a ticket is never shown: a link can be passed on, and would then be enough to act.
    """

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._vault = vault
        self._site = settings.site
        self._timezone = settings.timezone

    def of(self, connection: Connection, ticket: Any, full: bool = False) -> TicketView:
        """The view of one ticket."""
        return TicketView(
            number=ticket.number,
            state=ticket.state,
            state_label=lifecycle().states[ticket.state],
            what=self._hinted(connection, ticket, ticket.what),
            place=self._hinted(connection, ticket, ticket.place),
            events=self._events(connection, ticket, full),
            link=self.link(connection, ticket),
            department=catalogue().department_label(ticket.department),
            until=self._until(ticket),
            can=tuple(name for name, step in lifecycle().steps.items() if _may(step, ticket)),
            version=ticket.version,
        )

    def public(self, ticket: Any) -> TicketView:
        """What whoever follows somebody else's ticket sees: the approved summary and how far it is, no one's words."""
        return TicketView(
            number=ticket.number,
            state=ticket.state,
            state_label=lifecycle().states[ticket.state],
            what=ticket.summary,
            place=catalogue().district_label(ticket.district),
            events=[],
            link="",
            department=catalogue().department_label(ticket.department),
            until=self._until(ticket),
            followed=True,
        )

    def timeline(self, connection: Connection, ticket: Any) -> list[Line]:
        """The lines that the citizen is told, in order."""
        shown = (ticket_events.c.ticket == ticket.number, ticket_events.c.step.not_in(_internal()))
        logged = select(ticket_events).where(*shown).order_by(ticket_events.c.position)
        events = connection.execute(logged).all()
        private = _of_citizen(ticket, events)
        return [self._line(event, private) for event in events]

    def told(self, connection: Connection, ticket: Any, conversation: str) -> list[dict[str, str]]:
        """The timeline for a conversation whose ticket it is: numbers for its citizen to use are tokens of its own.

        Trackers and records keep those; the page shows what they stand for, whole. Other numbers are hints.
        """
        return [
            {"at": line.at, "label": line.label, "text": self._in_chat(connection, ticket, line, conversation)}
            for line in self.timeline(connection, ticket)
        ]

    def link(self, connection: Connection, ticket: Any) -> str:
        """The view link, which only the citizen gets; empty when the ticket was erased."""
        try:
            return f"{self._site}/t/{self._vault.unseal(connection, owner(ticket.number), ticket.token)}"
        except KeyError:
            return ""

    def _line(self, event: Any, private: set[str]) -> Line:
        text = self._told(event)
        at = local(event.at, self._timezone).isoformat(timespec="seconds")
        label = lifecycle().steps[event.step].label
        return Line(
            event.position, event.step, event.state, event.at, at, label, text, own=bool(private & _tokens(text))
        )

    def _until(self, ticket: Any) -> str:
        if ticket.handle_by is None or ticket.state not in AT_DEPARTMENT:
            return ""
        return local(ticket.handle_by, self._timezone).strftime(lifecycle().day)

    def _events(self, connection: Connection, ticket: Any, full: bool) -> list[dict[str, str]]:
        return [
            {"at": line.at, "label": line.label, "text": self._shown(connection, ticket, line, full)}
            for line in self.timeline(connection, ticket)
        ]

    def _told(self, event: Any) -> str:
        department = catalogue().department_label(event.fields.get("department", ""))
        words = {"department": department, "handle_by": self._day(event)}
        return lifecycle().steps[event.step].told(event.fields | words | self._moments(event.fields))

    def _day(self, event: Any) -> str:
        """The day an answer is due, where the step set it and it was still to come."""
        limit = event.fields.get("handle_by")
        due = local(datetime.fromisoformat(limit), self._timezone) if limit else None
        return due.strftime(lifecycle().day) if due and due > event.at else ""

    def _shown(self, connection: Connection, ticket: Any, line: Line, full: bool) -> str:
        if not full or line.own:
            return self._hinted(connection, ticket, line.text)
        return self._vault.reveal_to_staff(connection, owner(ticket.number), line.text)

    def _in_chat(self, connection: Connection, ticket: Any, line: Line, conversation: str) -> str:
        if line.own:
            return self._hinted(connection, ticket, line.text)
        return self._vault.copy(connection, owner(ticket.number), f"conversation:{conversation}", line.text, GIVEN)

    def _moments(self, fields: dict[str, Any]) -> dict[str, str]:
        if not fields.get("deadline"):
            return {}
        deadline = local(datetime.fromisoformat(fields["deadline"]), self._timezone)
        return {"deadline": deadline.strftime(lifecycle().moment)}

    def _hinted(self, connection: Connection, ticket: Any, text: str) -> str:
        return self._vault.hint_to_staff(connection, owner(ticket.number), text)


def _internal() -> list[str]:
    return [name for name, step in lifecycle().steps.items() if step.internal]


def _may(step: Step, ticket: Any) -> bool:
    rule = step.rules[ticket.handled_by]
    return "citizen" in rule.by and ticket.state in rule.states


def _of_citizen(ticket: Any, events: Iterable[Any]) -> set[str]:
    """The tokens that the citizen brought; a link can be passed on, so it never shows what they stand for."""
    texts = [ticket.what, ticket.place, ticket.time_of_event, ticket.contact]
    texts += [str(event.fields) for event in events if _is_citizens(event.step, ticket.handled_by)]
    return _tokens("".join(texts))


def _is_citizens(step: str, handled_by: str) -> bool:
    """A step that citizens take; an operator takes it for a citizen who phones, with that citizen's words."""
    return "citizen" in lifecycle().steps[step].rules[handled_by].by


def _tokens(text: str) -> set[str]:
    return {match.group() for match in TOKEN.finditer(text)}
