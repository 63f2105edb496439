"""The loop that runs every job again and again."""

import logging
import threading
from typing import Protocol

REST_SECONDS = 1.0
log = logging.getLogger(__name__)


class Job(Protocol):
    """One kind of work; its name stands in the log."""

    name: str

    def run(self) -> None:
        """Do or begin what is due now, without waiting for anything slow."""

    def close(self) -> None:
        """Finish what was begun."""


class Loop:
    """Runs its jobs about once a second, and at once when `wake` is set; a job that fails stops no other."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.wake = threading.Event()
        self._stopping = False
        self._failing: set[str] = set()

    def run(self) -> None:
        """Work until `stop`, then let every job finish what it began."""
        while not self._stopping:
            self.wake.clear()
            for job in self.jobs:
                self._attempt(job)
            self.wake.wait(REST_SECONDS)
        for job in self.jobs:
            job.close()

    def stop(self) -> None:
        """End the loop within a second."""
        # Only a flag: a signal handler that set the event could meet the event's own lock held.
        self._stopping = True

    def _attempt(self, job: Job) -> None:
        try:
            job.run()
        except Exception:  # whatever it is, the other jobs go on, and this one gets another chance
            if job.name not in self._failing:
                log.exception("%s fails; it is tried again every second", job.name)
            self._failing.add(job.name)
        else:
            if job.name in self._failing:
                log.info("%s works again", job.name)
            self._failing.discard(job.name)
