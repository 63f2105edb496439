"""Figures: the months of tickets and the days of conversations that changed are added up again."""

from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from conversations.figures import ConversationRollup
from foundation.database import Database
from foundation.settings import Settings
from hotline.figures import Rollup

FIRST_SECONDS = 10.0  # figures are in no hurry: what citizens wait for comes first, also after a start
EVERY_SECONDS = 60.0


class Figures:
    """Looks once a minute, in a thread of its own, because a large month takes a moment."""

    name = "figures"

    def __init__(self, database: Database, settings: Settings) -> None:
        self._rollups = (Rollup(database, settings.timezone), ConversationRollup(database, settings.timezone))
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="figures")
        self._running: Future[None] | None = None
        self._next = monotonic() + FIRST_SECONDS

    def run(self) -> None:
        """Begin if it is time and nothing is under way; raises what the last look raised."""
        if self._running and self._running.done():
            ended, self._running = self._running, None
            ended.result()
        if self._running or monotonic() < self._next:
            return
        self._next = monotonic() + EVERY_SECONDS
        self._running = self._pool.submit(self._refresh)

    def close(self) -> None:
        """Wait for the look under way."""
        self._pool.shutdown()

    def _refresh(self) -> None:
        for rollup in self._rollups:
            rollup.refresh()
