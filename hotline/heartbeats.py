"""Signs of life of the workers, for readiness."""

from datetime import timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from hotline.tables import worker_heartbeats

FORGOTTEN_AFTER = timedelta(days=1)


def beat(connection: Connection, name: str) -> None:
    """Say that the worker of this name is alive."""
    at = now()
    beaten = connection.execute(update(worker_heartbeats).where(worker_heartbeats.c.name == name).values(at=at))
    if beaten.rowcount == 0:
        connection.execute(delete(worker_heartbeats).where(worker_heartbeats.c.at < at - FORGOTTEN_AFTER))
        connection.execute(insert(worker_heartbeats).values(name=name, at=at))


def is_alive(connection: Connection, within: timedelta) -> bool:
    """Tell whether any worker gave a sign of life within this time."""
    latest = connection.execute(select(func.max(worker_heartbeats.c.at))).scalar()
    return latest is not None and now() - latest <= within
