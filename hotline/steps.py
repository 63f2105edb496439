"""Taking a step: the one way in which a ticket changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import outbox
from hotline.destination import destinations
from hotline.lifecycle import Step, lifecycle
from hotline.message import message
from hotline.tables import ticket_events, tickets
from hotline.words import own_words

FREE_TEXT = ("department", "message", "reason", "instead")


class UnknownTicket(LookupError):
    """No ticket has this number."""


class Steps:
    """Writes a step, the event that proves it and the message to the hotline, in the caller's transaction."""

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._vault = vault
        self._destinations = [destination.name for destination in destinations(settings)]

    def take(
        self,
        connection: Connection,
        number: str,
        name: str,
        role: str,
        fields: Mapping[str, Any],
        conversation: str = "",
    ) -> None:
        """Take one step; raises UnknownTicket, or NotAllowed when the table of steps does not allow it.

        `conversation` says whose tokens the words hold; without one they are raw.
        """
        ticket = locked(connection, number)
        step, at = lifecycle().steps[name], now()
        step.check(ticket.state, ticket.handled_by, role, fields)
        step.check_time(at, _last(connection, number, name), _last(connection, number, "answer"))
        state = step.after(ticket.state)
        kept = self._kept(connection, number, fields, conversation)
        tells = bool(step.webhook) and role != "hotline"  # the hotline knows what it told us
        self._log(connection, ticket, step, role, state, kept, at)
        _move(connection, ticket, state, at, tells)
        if tells:
            body = message(ticket, step.webhook, state, kept, at)
            outbox.add(connection, self._destinations, number, ticket.sequence + 1, body, at)

    def _kept(
        self, connection: Connection, number: str, fields: Mapping[str, Any], conversation: str
    ) -> dict[str, Any]:
        return {
            name: own_words(connection, self._vault, number, value, conversation) if name in FREE_TEXT else value
            for name, value in fields.items()
            if value not in (None, "")
        }

    @staticmethod
    def _log(
        connection: Connection, ticket: Any, step: Step, role: str, state: str, fields: dict[str, Any], at: datetime
    ) -> None:
        connection.execute(
            insert(ticket_events).values(
                ticket=ticket.number,
                position=ticket.version + 1,
                step=step.name,
                role=role,
                state=state,
                fields=fields,
                at=at,
            )
        )


def locked(connection: Connection, number: str) -> Any:
    """The ticket's row, locked until the transaction ends; raises UnknownTicket."""
    ticket = connection.execute(select(tickets).where(tickets.c.number == number).with_for_update()).first()
    if ticket is None:
        raise UnknownTicket(number)
    return ticket


def rebuilt_state(connection: Connection, number: str) -> str:
    """The state that the log of events leads to, which must be the stored one."""
    steps = select(ticket_events.c.step).where(ticket_events.c.ticket == number).order_by(ticket_events.c.position)
    return lifecycle().rebuild(connection.execute(steps).scalars())


def _move(connection: Connection, ticket: Any, state: str, at: datetime, tells: bool) -> None:
    connection.execute(
        update(tickets)
        .where(tickets.c.number == ticket.number)
        .values(state=state, version=ticket.version + 1, sequence=ticket.sequence + int(tells), changed_at=at)
    )


def _last(connection: Connection, number: str, step: str) -> datetime | None:
    latest = select(func.max(ticket_events.c.at)).where(ticket_events.c.ticket == number, ticket_events.c.step == step)
    taken: datetime | None = connection.execute(latest).scalar()
    return taken
