"""What the trace says of the steps of tickets, as it stands now, so that it can be compared."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.engine import Connection

from hotline.tables import ticket_events, tickets

POSITION = "position"  # the fact that says which step of the ticket a row speaks of


def of_step(connection: Connection, number: str, position: int) -> object:
    """What a step says, tokens in place of what identifies people; None where there is none."""
    return _steps(connection, [(number, position)]).get((number, position))


def of_tickets(connection: Connection, rows: Sequence[Any]) -> dict[int, object]:
    """What rows of the trace say of steps; of one that is gone, None.

    Made-up tickets may be gone, and their numbers used again: a ticket that was opened after the row is another one.
    """
    keys = {row.number: (row.subject.partition(":")[2], row.facts.get(POSITION)) for row in rows}
    numbers = {number for number, _ in keys.values()}
    known = select(tickets.c.number, tickets.c.opened_at).where(tickets.c.number.in_(numbers))
    opened = {row.number: row.opened_at for row in connection.execute(known)}
    steps = _steps(connection, [(number, at) for number, at in keys.values() if isinstance(at, int)])
    there = [row for row in rows if (number := keys[row.number][0]) in opened and opened[number] <= row.at]
    return {row.number: steps.get(keys[row.number]) for row in there}


def _steps(connection: Connection, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], object]:
    wanted = tuple_(ticket_events.c.ticket, ticket_events.c.position).in_(list(keys))
    found = connection.execute(select(ticket_events).where(wanted))
    said = ("step", "role", "actor", "state", "fields")
    return {
        (row.ticket, row.position): {name: row._mapping[name] for name in said} | {"at": row.at.isoformat()}
        for row in found
    }
