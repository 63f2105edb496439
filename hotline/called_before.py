"""Who has called before, for those who may know how to reach the citizen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.audit import Audit
from foundation.clock import now
from foundation.identifying import plain_phone
from hotline.callers import callers, digest
from hotline.desk import UNBOUND, Actor, visible
from hotline.tables import tickets

DAYS = 90
MOST_SHOWN = 5
SHOWN = ("number", "state", "what", "opened_at")


@dataclass(frozen=True)
class Caller:
    """How many tickets one phone stands behind lately, and the latest of them that the actor may see."""

    count: int
    others: list[Any]  # rows of tickets


def of_ticket(connection: Connection, number: str, actor: Actor) -> Caller | None:
    """What is known of the phones of a ticket, itself counted; None where it has none."""
    digests = connection.execute(select(callers.c.digest).where(callers.c.ticket == number)).scalars().all()
    return _known(connection, digests, actor, number) if digests else None


def of_phone(connection: Connection, audit: Audit, secret: str, phones: Sequence[str], actor: Actor) -> Caller:
    """What is known of phones that somebody just named; each stands in the trace, as a digest."""
    known = _known(connection, [digest(secret, phone) for phone in phones], actor)
    for phone in phones:
        facts = {"tickets": known.count}
        audit.note(connection, actor.name, "ticket.caller_look", "caller", facts, plain_phone(phone))
    return known


def _known(connection: Connection, digests: Sequence[str], actor: Actor, number: str = "") -> Caller:
    """Tickets for supervisors only are counted for nobody else."""
    recent = select(callers.c.ticket).where(callers.c.digest.in_(digests), callers.c.at > now() - timedelta(days=DAYS))
    same = [tickets.c.number.in_(recent)]
    if not set(actor.roles) & set(UNBOUND):
        same.append(tickets.c.audience == "")
    numbers = connection.execute(select(tickets.c.number).where(*same)).scalars().all()
    shown = select(*(tickets.c[name] for name in SHOWN)).where(*same, visible(actor), tickets.c.number != number)
    others = connection.execute(shown.order_by(tickets.c.opened_at.desc()).limit(MOST_SHOWN)).all()
    return Caller(len(numbers), others)
