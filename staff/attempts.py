"""Failed tries to sign in: counted for each account, whatever was wrong, until it is locked for a while."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from staff.tables import accounts

ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)


class Locked(Exception):
    """Too many failed tries; the account opens again by itself."""


def locked(connection: Connection, name: str) -> Any:
    """The account's row, kept from other tries until the transaction ends; raises Locked."""
    row = connection.execute(select(accounts).where(accounts.c.name == name).with_for_update()).one()
    if _failures(row) >= ALLOWED:
        raise Locked
    return row


def fail(connection: Connection, row: Any) -> None:
    """Count a failed try."""
    values = {"failures": _failures(row) + 1, "failed_at": now()}
    connection.execute(update(accounts).where(accounts.c.name == row.name).values(values))


def forget(connection: Connection, name: str) -> None:
    """Begin to count anew, as when somebody has signed in."""
    connection.execute(update(accounts).where(accounts.c.name == name).values(failures=0))


def is_locked(connection: Connection, name: str) -> bool:
    """Tell whether the account is locked now."""
    row = connection.execute(select(accounts).where(accounts.c.name == name)).first()
    return row is not None and _failures(row) >= ALLOWED


def _failures(row: Any) -> int:
    return int(row.failures) if row.failed_at and now() - row.failed_at < LOCKED_FOR else 0
