"""Sends what is due: a few at a time to each destination, so that none waits for another."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.courier import Courier
from hotline.destination import Destination, destinations
from hotline.outbox import Claimed

AT_ONCE = 8
LOOK_EVERY_SECONDS = 5.0  # for destinations that staff entered, changed or removed
log = logging.getLogger(__name__)


class Deliveries:
    """Keeps one lane for each destination, as the desk has them now."""

    name = "deliveries"

    def __init__(self, database: Database, vault: Vault, settings: Settings, owner: str, wake: threading.Event) -> None:
        self._database = database
        self._vault = vault
        self._settings = settings
        self._owner = owner
        self._wake = wake
        self._lanes: dict[Destination, Lane] = {}
        self._leaving: list[Lane] = []  # no longer wanted; they start nothing more
        self._next_look = 0.0

    def run(self) -> None:
        """Start what is due, to every destination."""
        if monotonic() >= self._next_look:
            self._look()
        for lane in self._lanes.values():
            lane.run()

    def close(self) -> None:
        """Wait for the tries under way."""
        for lane in [*self._lanes.values(), *self._leaving]:
            lane.close()

    def _look(self) -> None:
        with self._database.reading() as connection:
            wanted = destinations(connection, self._vault, self._settings)
        # Not closed here: a receiver that is slow to the last would keep all the others waiting.
        self._leaving = [lane for lane in self._leaving if lane.busy]
        self._leaving += [self._lanes.pop(gone) for gone in self._lanes.keys() - set(wanted)]
        for new in (one for one in wanted if one not in self._lanes):
            courier = Courier(self._database, self._vault, self._settings, new, self._owner)
            self._lanes[new] = Lane(courier, self._wake)
        self._next_look = monotonic() + LOOK_EVERY_SECONDS


class Lane:
    """Claims as many deliveries as it has free threads; each finished one sets `wake`, so that the next starts soon."""

    def __init__(self, courier: Courier, wake: threading.Event) -> None:
        self._courier = courier
        self._wake = wake
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="delivery")
        self._running: set[Future[None]] = set()

    def run(self) -> None:
        """Start what is due."""
        self._running = {future for future in self._running if not future.done()}
        free = AT_ONCE - len(self._running)
        for claimed in self._courier.claim(free) if free else []:
            future = self._pool.submit(self._deliver, claimed)
            self._running.add(future)
            future.add_done_callback(lambda _: self._wake.set())

    @property
    def busy(self) -> bool:
        """Tries are under way."""
        return any(not future.done() for future in self._running)

    def close(self) -> None:
        """Wait for the tries under way."""
        self._pool.shutdown()

    def _deliver(self, claimed: Claimed) -> None:
        try:
            self._courier.deliver(claimed)
        except Exception:  # its lease ends, and it is sent again under the same id
            log.exception("delivery %s could not be sent or written down", claimed.webhook_id)
