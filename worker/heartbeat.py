"""The worker's sign of life."""

from time import monotonic

from foundation.database import Database
from hotline.heartbeats import beat

EVERY_SECONDS = 5.0


class Heartbeat:
    """Writes a heartbeat every five seconds."""

    name = "heartbeat"

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._next = 0.0

    def run(self) -> None:
        """Beat if it is time."""
        if monotonic() < self._next:
            return
        with self._database.writing() as connection:
            beat(connection, self._worker)
        self._next = monotonic() + EVERY_SECONDS

    def close(self) -> None:
        """Nothing is under way between beats."""
