"""Taking a step: the one way in which a ticket changes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import clocks, notices, outbox
from hotline.destination import HOTLINE, names
from hotline.lifecycle import Step, UnknownTicket, lifecycle
from hotline.message import message
from hotline.standing import Event, Standing, after, rebuilt
from hotline.tables import assignments, ticket_events, tickets
from hotline.words import own_words, owner

__all__ = ["StaleVersion", "Steps", "UnknownTicket", "locked", "rebuilt_standing"]
FREE_TEXT = ("department", "message", "reason", "instead", "summary")


class StaleVersion(ValueError):
    """Somebody else changed the ticket since it was looked at."""


class Steps:
    """Writes a step, the event that proves it and the messages to the receivers, in the caller's transaction."""

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._vault = vault
        self._timezone = settings.timezone

    def take(
        self,
        connection: Connection,
        number: str,
        name: str,
        role: str,
        fields: Mapping[str, Any],
        conversation: str = "",
        *,
        actor: str = "",
        version: int | None = None,
    ) -> None:
        """Take one step; raises UnknownTicket, StaleVersion, or NotAllowed when the table of steps does not allow it.

        `conversation` says whose tokens the words hold; without one they are raw. `version` is what the actor saw.
        """
        ticket = locked(connection, number)
        if version is not None and version != ticket.version:
            raise StaleVersion(number)
        step, at = lifecycle().steps[name], now()
        step.check(ticket.state, ticket.handled_by, role, fields)
        step.check_time(at, _last(connection, number, name), _last(connection, number, "answer"))
        clocks.check_deadline(ticket, step, fields, at, self._timezone)
        kept = self._kept(connection, number, fields, conversation)
        kept |= clocks.limits(ticket, step, kept, at, self._timezone)
        standing = after(Standing.of(ticket), Event(name, role, kept, at))
        tells = bool(step.webhook) and role != "hotline"  # the hotline knows what it told us
        _log(connection, ticket, step, role, actor, standing.state, kept, at)
        if role != "citizen" and step.is_told:
            notices.owe(connection, number, standing.version, at)
        _move(connection, ticket, standing, at, tells)
        if tells:
            changed = connection.execute(select(tickets).where(tickets.c.number == number)).one()
            body = json.dumps(message(connection, changed, step.webhook, kept, at), ensure_ascii=False)
            sealed = self._vault.seal(connection, owner(number), body)
            # what only supervisors may see goes to the city's hotline at most, never to a department's own receiver
            receivers = [HOTLINE] if ticket.audience else names(connection)
            outbox.add(connection, receivers, number, changed.sequence, sealed, at)

    def _kept(
        self, connection: Connection, number: str, fields: Mapping[str, Any], conversation: str
    ) -> dict[str, Any]:
        return {
            name: own_words(connection, self._vault, number, value, conversation) if name in FREE_TEXT else value
            for name, value in fields.items()
            if value not in (None, "") and name not in clocks.SET_HERE
        }


def locked(connection: Connection, number: str) -> Any:
    """The ticket's row, locked until the transaction ends; raises UnknownTicket."""
    ticket = connection.execute(select(tickets).where(tickets.c.number == number).with_for_update()).first()
    if ticket is None:
        raise UnknownTicket(number)
    return ticket


def rebuilt_standing(connection: Connection, number: str) -> Standing:
    """The standing that the log of events leads to, which must be the stored one."""
    logged = select(ticket_events).where(ticket_events.c.ticket == number).order_by(ticket_events.c.position)
    return rebuilt(Event(row.step, row.role, row.fields, row.at) for row in connection.execute(logged))


def _log(
    connection: Connection,
    ticket: Any,
    step: Step,
    role: str,
    actor: str,
    state: str,
    fields: dict[str, Any],
    at: datetime,
) -> None:
    connection.execute(
        insert(ticket_events).values(
            ticket=ticket.number,
            position=ticket.version + 1,
            step=step.name,
            role=role,
            actor=actor,
            state=state,
            fields=fields,
            at=at,
        )
    )


def _move(connection: Connection, ticket: Any, standing: Standing, at: datetime, tells: bool) -> None:
    connection.execute(
        update(tickets)
        .where(tickets.c.number == ticket.number)
        .values(**standing.columns, sequence=ticket.sequence + int(tells), changed_at=at)
    )
    before = Standing.of(ticket)
    if (before.department, before.joint) != (standing.department, standing.joint):
        _reassign(connection, ticket.number, standing)


def _reassign(connection: Connection, number: str, standing: Standing) -> None:
    connection.execute(delete(assignments).where(assignments.c.ticket == number))
    shares = [(name, False) for name in standing.joint] + [(standing.department, True)]
    rows = [{"ticket": number, "department": name, "leading": leading} for name, leading in shares if name]
    if rows:
        connection.execute(insert(assignments), rows)


def _last(connection: Connection, number: str, step: str) -> datetime | None:
    latest = select(func.max(ticket_events.c.at)).where(ticket_events.c.ticket == number, ticket_events.c.step == step)
    taken: datetime | None = connection.execute(latest).scalar()
    return taken
