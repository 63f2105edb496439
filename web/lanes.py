"""Work in a few threads: one thing after the other for each name, different names side by side."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Work = Callable[[], None]
log = logging.getLogger(__name__)


class Lanes:
    """A name that has much to do never holds more than one thread."""

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._guard = threading.Lock()
        self._waiting: dict[str, deque[Work]] = {}

    def submit(self, name: str, work: Work) -> None:
        """Do this when what was submitted for the name before is done."""
        with self._guard:
            if name in self._waiting:
                self._waiting[name].append(work)
                return
            self._waiting[name] = deque()
        self._pool.submit(self._run, name, work)

    def _run(self, name: str, work: Work) -> None:
        try:
            work()
        except Exception:  # the next in the lane must be done all the same
            log.exception("work could not be done")
        with self._guard:
            following = self._waiting[name]
            if not following:
                del self._waiting[name]
                return
            after = following.popleft()
        self._pool.submit(self._run, name, after)
