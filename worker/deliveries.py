"""Sends what is due to one destination, a few at a time."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from hotline.courier import Courier
from hotline.outbox import Claimed

AT_ONCE = 8
log = logging.getLogger(__name__)


class Deliveries:
    """Claims as many deliveries as it has free threads; each finished one sets `wake`, so that the next starts soon."""

    def __init__(self, courier: Courier, wake: threading.Event) -> None:
        self.name = f"deliveries to {courier.destination}"
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

    def close(self) -> None:
        """Wait for the tries under way."""
        self._pool.shutdown()

    def _deliver(self, claimed: Claimed) -> None:
        try:
            self._courier.deliver(claimed)
        except Exception:  # its lease ends, and it is sent again under the same id
            log.exception("delivery %s could not be sent or written down", claimed.webhook_id)
