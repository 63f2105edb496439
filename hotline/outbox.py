"""The deliveries on their way: written with the ticket, claimed by workers, finished or tried again.

For one ticket and destination the order is kept: only the first unfinished delivery can be claimed, so a failing or
dead one holds its ticket's later ones and nothing else.
"""

import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import exists, insert, select, text, update
from sqlalchemy.engine import Connection

from foundation import demonstration
from foundation.clock import now
from hotline.destination import HOTLINE
from hotline.tables import deliveries, delivery_attempts, destinations
from hotline.webhook import Result

FINISHED = ("delivered", "skipped")
JITTER = 0.1
KNOWN = text("INSERT INTO destinations (name, url, secrets) VALUES (:name, '', '') ON CONFLICT (name) DO NOTHING")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claimed:
    """A delivery that one worker may send until its lease ends."""

    id: int
    webhook_id: str
    ticket: str
    body: str  # sealed
    owner: str
    claims: int
    failures: int


def add(connection: Connection, names: Iterable[str], ticket: str, sequence: int, body: str, at: datetime) -> None:
    """Write one delivery for each destination, due at once; the body is sealed.

    What is made up for a demonstration never leaves: it is written as skipped.
    """
    made_up = demonstration.is_made_up(connection, demonstration.TICKET, ticket)
    for name in names:
        connection.execute(
            insert(deliveries).values(
                webhook_id=f"msg_{uuid4().hex}",
                destination=name,
                ticket=ticket,
                sequence=sequence,
                body=body,
                state="skipped" if made_up else "pending",
                due_at=at,
                created_at=at,
                finished_at=at if made_up else None,
            )
        )


def skip_made_up(connection: Connection) -> None:
    """Let nothing leave that was written for a demonstration before its tickets were marked."""
    waiting = (deliveries.c.state == "pending", deliveries.c.ticket.in_(demonstration.names(demonstration.TICKET)))
    connection.execute(update(deliveries).where(*waiting).values(state="skipped", finished_at=deliveries.c.created_at))


def due(connection: Connection, destination: str, limit: int) -> list[Any]:
    """The rows that may be sent now: those whose worker's lease has ended, then the others, the longest due first."""
    earlier = deliveries.alias()
    held = exists().where(
        earlier.c.destination == deliveries.c.destination,
        earlier.c.ticket == deliveries.c.ticket,
        earlier.c.sequence < deliveries.c.sequence,
        earlier.c.state.not_in(FINISHED),
    )
    waiting = (deliveries.c.destination == destination, deliveries.c.due_at <= now())
    query = select(deliveries).where(*waiting, ~held, ~stopped(destination)).order_by(deliveries.c.due_at)
    found: list[Any] = []
    for state in ("sending", "pending"):  # one state at a time comes in order from the index, however many wait
        found += connection.execute(query.where(deliveries.c.state == state).limit(limit - len(found)))
    return found


def stopped(destination: Any) -> Any:
    """The condition that a destination, by name or by column, is to get nothing until staff resume it."""
    return exists().where(destinations.c.name == destination, destinations.c.stopped_at.is_not(None))


def claim(connection: Connection, row: Any, owner: str, lease: timedelta) -> Claimed | None:
    """Take a due row for `owner`, or None when another worker was quicker or the destination has just been stopped."""
    unchanged = (deliveries.c.id == row.id, deliveries.c.claims == row.claims, deliveries.c.state == row.state)
    taken = connection.execute(
        update(deliveries)
        .where(*unchanged, ~stopped(row.destination))
        .values(state="sending", owner=owner, claims=row.claims + 1, due_at=now() + lease)
    )
    if taken.rowcount == 0:
        return None
    return Claimed(row.id, row.webhook_id, row.ticket, row.body, owner, row.claims + 1, row.failures)


def finish(connection: Connection, claimed: Claimed, destination: str, result: Result, delays: list[float]) -> None:
    """Write down how a try went: delivered, to be tried again, dead, or the destination stopped."""
    connection.execute(
        insert(delivery_attempts).values(
            delivery=claimed.id, at=now(), milliseconds=result.milliseconds, status=result.status, note=result.note
        )
    )
    if result.gone:
        stop(connection, destination)
    own = (
        deliveries.c.id == claimed.id,
        deliveries.c.owner == claimed.owner,
        deliveries.c.claims == claimed.claims,
        deliveries.c.state == "sending",
    )
    kept = connection.execute(update(deliveries).where(*own).values(_after(claimed, result, delays)))
    if kept.rowcount == 0:
        log.warning("delivery %s: its lease ended, or it was skipped, before this try did", claimed.webhook_id)


def stop(connection: Connection, destination: str) -> None:
    """Send nothing more to a destination until staff resume it."""
    if destination == HOTLINE:  # the environment's own has no row until now
        connection.execute(KNOWN, {"name": destination})
    connection.execute(update(destinations).where(destinations.c.name == destination).values(stopped_at=now()))
    log.error("destination %s answered 410: its deliveries are held until staff resume it", destination)


def _after(claimed: Claimed, result: Result, delays: list[float]) -> dict[str, Any]:
    at = now()
    if result.delivered:
        return {"state": "delivered", "finished_at": at}
    if result.gone:
        return {"state": "pending", "due_at": at}
    if result.erased:
        return {"state": "skipped", "finished_at": at}
    failures = claimed.failures + 1
    if failures > len(delays):
        log.error("delivery %s of ticket %s is dead after %d tries", claimed.webhook_id, claimed.ticket, failures)
        return {"state": "dead", "failures": failures}
    return {"state": "pending", "failures": failures, "due_at": at + _delay(delays[failures - 1], result)}


def _delay(seconds: float, result: Result) -> timedelta:
    """The next delay, spread so that receivers that come back are not met by all at once."""
    spread = seconds * random.uniform(1 - JITTER, 1 + JITTER)
    return timedelta(seconds=max(spread, result.retry_after or 0))
