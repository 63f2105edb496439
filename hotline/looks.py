"""Who of the staff had a ticket's numbers shown."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from foundation.audit import Audit
from foundation.clock import now
from hotline.desk import Actor
from hotline.tables import ticket_looks


def note(connection: Connection, audit: Audit, number: str, actor: Actor) -> None:
    """Write down that somebody looks."""
    connection.execute(insert(ticket_looks).values(ticket=number, actor=actor.name, at=now()))
    audit.note(connection, actor.name, "ticket.look", f"ticket:{number}")


def looks(connection: Connection, number: str) -> list[Any]:
    """Who looked and when, the latest first."""
    own = select(ticket_looks.c.actor, ticket_looks.c.at).where(ticket_looks.c.ticket == number)
    return list(connection.execute(own.order_by(ticket_looks.c.id.desc())))
