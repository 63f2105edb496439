"""What staff do about deliveries that are stuck."""

from typing import Any

from sqlalchemy import case, exists, or_, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from hotline.outbox import FINISHED
from hotline.tables import deliveries, destinations


def standing(connection: Connection, ticket: str) -> list[dict[str, Any]]:
    """A ticket's deliveries in order; `state` is held where an earlier one is dead or the destination is stopped."""
    earlier = deliveries.alias()
    behind_dead = exists().where(
        earlier.c.destination == deliveries.c.destination,
        earlier.c.ticket == deliveries.c.ticket,
        earlier.c.sequence < deliveries.c.sequence,
        earlier.c.state == "dead",
    )
    stopped = exists().where(destinations.c.name == deliveries.c.destination, destinations.c.stopped_at.is_not(None))
    held = (deliveries.c.state == "pending") & or_(behind_dead, stopped)
    shown = [column for column in deliveries.c if column.name not in ("body", "state")]
    query = select(*shown, case((held, "held"), else_=deliveries.c.state).label("state"))
    own = query.where(deliveries.c.ticket == ticket).order_by(deliveries.c.destination, deliveries.c.sequence)
    return [dict(row) for row in connection.execute(own).mappings()]


def resume(connection: Connection, destination: str) -> None:
    """Let a stopped destination receive again, at once."""
    connection.execute(update(destinations).where(destinations.c.name == destination).values(stopped_at=None))


def replay(connection: Connection, webhook_id: str) -> bool:
    """Try a dead delivery again from the start of the schedule; False when it is not dead."""
    return _release(connection, webhook_id, {"state": "pending", "failures": 0, "due_at": now()})


def skip(connection: Connection, webhook_id: str) -> bool:
    """Give a dead delivery up, which lets the ticket's later ones go; False when it is not dead."""
    return _release(connection, webhook_id, {"state": FINISHED[1], "finished_at": now()})


def _release(connection: Connection, webhook_id: str, values: dict[str, Any]) -> bool:
    dead = (deliveries.c.webhook_id == webhook_id, deliveries.c.state == "dead")
    released = connection.execute(update(deliveries).where(*dead).values(values))
    return bool(released.rowcount)
