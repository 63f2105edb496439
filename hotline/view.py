"""What a citizen sees of a ticket."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.clock import local
from foundation.identifying import TOKEN
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.lifecycle import lifecycle
from hotline.tables import ticket_events
from hotline.words import owner


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


class Views:
    """Makes views of tickets' rows; identifying numbers become hints such as 138****5678.

    With `full`, the numbers that only staff or the hotline wrote are shown: "请拨打…" is of no use without them.
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
            link=self._link(connection, ticket),
        )

    def _events(self, connection: Connection, ticket: Any, full: bool) -> list[dict[str, str]]:
        logged = select(ticket_events).where(ticket_events.c.ticket == ticket.number).order_by(ticket_events.c.position)
        events = connection.execute(logged).all()
        private = _of_citizen(ticket, events)
        return [
            {
                "at": local(event.at, self._timezone).isoformat(timespec="seconds"),
                "label": lifecycle().steps[event.step].label,
                "text": self._shown(connection, ticket, self._told(event), private if full else None),
            }
            for event in events
        ]

    def _told(self, event: Any) -> str:
        return lifecycle().steps[event.step].told(event.fields | self._moments(event.fields))

    def _shown(self, connection: Connection, ticket: Any, text: str, private: set[str] | None) -> str:
        if private is None or private & _tokens(text):
            return self._hinted(connection, ticket, text)
        return self._vault.reveal(connection, owner(ticket.number), text)

    def _moments(self, fields: dict[str, Any]) -> dict[str, str]:
        if not fields.get("deadline"):
            return {}
        deadline = local(datetime.fromisoformat(fields["deadline"]), self._timezone)
        return {"deadline": deadline.strftime(lifecycle().moment)}

    def _hinted(self, connection: Connection, ticket: Any, text: str) -> str:
        return self._vault.hint(connection, owner(ticket.number), text)

    def _link(self, connection: Connection, ticket: Any) -> str:
        try:
            return f"{self._site}/t/{self._vault.unseal(connection, owner(ticket.number), ticket.token)}"
        except KeyError:  # erased
            return ""


def _of_citizen(ticket: Any, events: Iterable[Any]) -> set[str]:
    """The tokens that the citizen brought; a link can be passed on, so it never shows what they stand for."""
    texts = [ticket.what, ticket.place, ticket.time_of_event, ticket.contact]
    texts += [str(event.fields) for event in events if event.role == "citizen"]
    return _tokens("".join(texts))


def _tokens(text: str) -> set[str]:
    return {match.group() for match in TOKEN.finditer(text)}
