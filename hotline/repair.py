"""What staff do about deliveries that are stuck."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import Connection

from foundation.clock import now
from hotline.outbox import FINISHED
from hotline.tables import deliveries, destinations


def resume(connection: Connection, destination: str) -> bool:
    """Let a stopped destination receive again, at once; False when it is not stopped."""
    held = (destinations.c.name == destination, destinations.c.stopped_at.is_not(None))
    return bool(connection.execute(update(destinations).where(*held).values(stopped_at=None)).rowcount)


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
