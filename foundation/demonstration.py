"""Demonstration data: which tickets, conversations and accounts are made up, so that they can be marked and removed."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, String, Table, insert, select
from sqlalchemy.engine import Connection

from foundation.database import metadata

TICKET, CONVERSATION, UPLOAD, ACCOUNT = "ticket", "conversation", "upload", "account"
COUNTER = "counter"  # the last number of a day before there was demonstration data, as 20261128:17

demonstration = Table(
    "demonstration",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("name", String(80), primary_key=True),
)


def mark(connection: Connection, kind: str, names: Iterable[str]) -> None:
    """Say of things that they are made up."""
    rows = [{"kind": kind, "name": name} for name in names]
    if rows:
        connection.execute(insert(demonstration), rows)


def is_made_up(connection: Connection, kind: str, name: str) -> bool:
    """Tell whether a thing is demonstration data."""
    same = (demonstration.c.kind == kind, demonstration.c.name == name)
    return connection.execute(select(demonstration.c.name).where(*same)).first() is not None


def is_there(connection: Connection) -> bool:
    """Tell whether there is any demonstration data."""
    return connection.execute(select(demonstration.c.name).limit(1)).first() is not None


def names(kind: str) -> Any:
    """The made-up names of a kind, as a part of a query."""
    return select(demonstration.c.name).where(demonstration.c.kind == kind)
