"""Deliveries with all their attempts, as staff read them; never a body or a secret."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import case, exists, select
from sqlalchemy.engine import Connection

from hotline.outbox import stopped
from hotline.tables import deliveries, delivery_attempts

PAGE = 50


@dataclass(frozen=True)
class Attempt:
    """One try; without a `status`, `note` says in a word why there was no answer."""

    at: datetime
    milliseconds: int
    status: int | None
    note: str


@dataclass(frozen=True)
class Delivery:
    """One message on its way to one destination."""

    id: int
    webhook_id: str
    destination: str
    ticket: str
    sequence: int
    state: str  # one of `states`: what waits behind a dead letter is held, what waits for a stopped destination stopped
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None
    attempts: tuple[Attempt, ...]


def listed(
    connection: Connection,
    *,
    destination: str = "",
    state: str = "",
    ticket: str = "",
    before: int | None = None,
    limit: int = PAGE,
) -> list[Delivery]:
    """The newest deliveries that meet every condition given; `before` is the last id of the page before."""
    shown = _shown()
    if destination:
        shown = shown.where(deliveries.c.destination == destination)
    if ticket:
        shown = shown.where(deliveries.c.ticket == ticket)
    if state:
        shown = shown.where(_state() == state)
    if before is not None:
        shown = shown.where(deliveries.c.id < before)
    return _with_attempts(connection, connection.execute(shown.order_by(deliveries.c.id.desc()).limit(limit)).all())


def found(connection: Connection, webhook_id: str) -> Delivery | None:
    """One delivery, or None."""
    rows = connection.execute(_shown().where(deliveries.c.webhook_id == webhook_id)).all()
    return next(iter(_with_attempts(connection, rows)), None)


def states() -> dict[str, str]:
    """Every state that staff see, and its name for people."""
    known: dict[str, str] = _words()["states"]
    return known


def in_words(note: str) -> str:
    """Why a try got no answer, or why an address is refused, for people."""
    return str(_words()["notes"].get(note) or _words()["other_note"].format(note=note))


def _shown() -> Any:
    hidden = ("body", "state", "owner", "claims", "failures")
    return select(*(column for column in deliveries.c if column.name not in hidden), _state().label("state"))


def _state() -> Any:
    earlier = deliveries.alias()
    behind_dead = exists().where(
        earlier.c.destination == deliveries.c.destination,
        earlier.c.ticket == deliveries.c.ticket,
        earlier.c.sequence < deliveries.c.sequence,
        earlier.c.state == "dead",
    )
    waits = deliveries.c.state == "pending"
    return case(
        (waits & stopped(deliveries.c.destination), "stopped"), (waits & behind_dead, "held"), else_=deliveries.c.state
    )


def _with_attempts(connection: Connection, rows: Iterable[Any]) -> list[Delivery]:
    tries: dict[int, list[Attempt]] = {row.id: [] for row in rows}
    query = select(delivery_attempts).where(delivery_attempts.c.delivery.in_(tries)).order_by(delivery_attempts.c.id)
    for row in connection.execute(query):
        tries[row.delivery].append(Attempt(row.at, row.milliseconds, row.status, row.note))
    return [Delivery(**row._mapping, attempts=tuple(tries[row.id])) for row in rows]


@cache
def _words() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "deliveries.yml").read_text(encoding="utf-8"))
    return content
