"""Notices of time limits, and what else the worker does with tickets when its time has come."""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import exists, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.clock import now
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.moving_on import AT_ONCE, MovingOn
from hotline.nearness import near
from hotline.steps import Steps, locked
from hotline.tables import ticket_notices, tickets
from hotline.time_limits import Notice, past, time_limits

RUNNING = ("submitted", "accepted", "dispatched", "in_progress")  # the states in which the clocks run
log = logging.getLogger(__name__)


class Overdue:
    """Writes what is due now; several workers may do so at once. `among` is a condition that tickets must meet."""

    def __init__(self, database: Database, vault: Vault, settings: Settings, among: Any = None) -> None:
        self._database = database
        self._among = () if among is None else (among,)
        self._timezone = settings.timezone
        self._steps = Steps(vault, settings)
        self._moving_on = MovingOn(database, self._steps, self._timezone, self._among)

    def attend(self) -> bool:
        """Write what is due, at most a hundred of a kind; True when there may be more."""
        at = now()
        found = [self._notices(notice, at) for notice in time_limits().notices]
        return max([*found, self._moving_on.attend(at)]) >= AT_ONCE

    def _notices(self, notice: Notice, at: datetime) -> int:
        with self._database.reading() as connection:
            due = self._due(connection, notice, at)
        for number, limit in due:
            self._write(notice, number, limit, at)
        return len(due)

    def _due(self, connection: Connection, notice: Notice, at: datetime) -> list[tuple[str, datetime]]:
        limit = tickets.c[notice.limit]
        known = exists().where(
            ticket_notices.c.ticket == tickets.c.number,
            ticket_notices.c.name == notice.name,
            ticket_notices.c.due_at == limit,
        )
        # A notice is due `days` working days after its limit.
        since = past(at, notice.days, self._timezone)
        reached = (near(at, since) if notice.days < 0 else limit <= since, tickets.c.state.in_(RUNNING))
        open_ones = (*reached, tickets.c.contacted_at.is_(None)) if notice.limit == "contact_by" else reached
        query = select(tickets.c.number, limit).where(*open_ones, ~known, *self._among).order_by(limit).limit(AT_ONCE)
        return [(row[0], row[1]) for row in connection.execute(query)]

    def _write(self, notice: Notice, number: str, limit: datetime, at: datetime) -> None:
        try:
            with self._database.writing() as connection:
                ticket = locked(connection, number)
                if not _still_due(ticket, notice, limit):
                    return
                known = {"ticket": number, "name": notice.name, "due_at": limit, "at": at}
                connection.execute(insert(ticket_notices).values(known))
                self._steps.take(connection, number, notice.step, "system", _fields(notice))
        except IntegrityError:
            log.info("ticket %s: another worker wrote %s", number, notice.name)


def _still_due(ticket: Any, notice: Notice, limit: datetime) -> bool:
    """Whether nobody was quicker: by contact, an extension, an answer, or a question to the citizen."""
    contacted = notice.limit == "contact_by" and ticket.contacted_at is not None
    return getattr(ticket, notice.limit) == limit and ticket.state in RUNNING and not contacted


def _fields(notice: Notice) -> dict[str, str]:
    return {"limit": notice.limit, "reason": notice.reason}
