"""Who works on a turn: one process at a time, for as long as its lease lasts, which it renews while it works.

A message sent again can reach another process than the one that works on it. A process that dies renews nothing, so
whoever sends the message again after that is answered by another.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from sqlalchemy import or_, update
from sqlalchemy.engine import Connection

from conversations import record
from conversations.tables import turns
from foundation.clock import now
from foundation.database import Database

LEASE = timedelta(seconds=6)
RENEW_SECONDS = 2.0
WAIT_SECONDS = 40.0  # longer than Rasa may take
FIRST_LOOK_SECONDS, LOOK_SECONDS = 0.05, 1.0  # the looks at the database become rarer


class Leases:
    """The turns that this process works on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._mine: dict[str, Any] = {}  # lease: row of the turn
        self._renewing = False

    def take(self, connection: Connection, turn: Any) -> str | None:
        """A lease on a turn; None while another process has one."""
        lease, free = uuid4().hex, or_(turns.c.leased_until.is_(None), turns.c.leased_until < now())
        taken = _change(connection, turn, free, leased_by=lease, leased_until=now() + LEASE)
        return lease if taken else None

    def give_back(self, connection: Connection, turn: Any, lease: str) -> bool:
        """The work is done; False where it was too slow and another process has taken it over."""
        return _change(connection, turn, turns.c.leased_by == lease, leased_by=None, leased_until=None)

    @contextmanager
    def kept(self, turn: Any, lease: str) -> Iterator[None]:
        """The lease lasts until the block ends, however it does."""
        with self._guard:
            self._mine[lease] = turn
            if not self._renewing:
                self._renewing = True
                threading.Thread(target=self._renew, name="turn-leases", daemon=True).start()
        try:
            yield
        finally:
            with self._guard:
                del self._mine[lease]

    def come_free(self, conversation: str, client_id: str) -> bool:
        """Wait until nobody works on the turn of a message any more; False when that takes too long."""
        ends, pause = monotonic() + WAIT_SECONDS, FIRST_LOOK_SECONDS
        while self._is_taken(conversation, client_id):
            if monotonic() > ends:
                return False
            sleep(pause)
            pause = min(2 * pause, LOOK_SECONDS)
        return True

    def _is_taken(self, conversation: str, client_id: str) -> bool:
        with self._database.reading() as connection:
            turn = record.of_client(connection, conversation, client_id)
        return turn is not None and turn.leased_until is not None and turn.leased_until >= now()

    def _renew(self) -> None:
        while True:
            sleep(RENEW_SECONDS)
            with self._guard:
                mine = list(self._mine.items())
                if not mine:
                    self._renewing = False
                    return
            with suppress(Exception), self._database.writing() as connection:  # the next time is early enough
                for lease, turn in mine:
                    _change(connection, turn, turns.c.leased_by == lease, leased_until=now() + LEASE)


def _change(connection: Connection, turn: Any, which: Any, **values: Any) -> bool:
    this = (turns.c.conversation == turn.conversation, turns.c.turn == turn.turn)
    return bool(connection.execute(update(turns).where(*this, which).values(**values)).rowcount)
