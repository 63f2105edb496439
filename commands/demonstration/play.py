"""Many lives at once: the next moment of all of them comes next, until the present is reached."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from time import sleep

from commands.demonstration.stage import Stage
from hotline.lifecycle import NotAllowed

AT_ONCE = 100  # moments in one transaction: others who write wait for about a third of a second
BREATH_SECONDS = 0.05  # between them: on SQLite whoever waits only looks now and then whether it is their turn
Life = Iterator[timedelta]  # acts, and then says how long until it acts again


class Play:
    """Lives on a stage."""

    def __init__(self, stage: Stage, until: datetime) -> None:
        self._stage = stage
        self._until = until
        self._waiting: list[tuple[datetime, int, Life]] = []
        self._places = count()

    def begin(self, at: datetime, life: Life) -> None:
        """Let a life begin at a moment."""
        heappush(self._waiting, (at, next(self._places), life))

    def run(self, told: Callable[[int], None]) -> None:
        """Live them all; `told` hears now and then how many moments have passed."""
        while self._goes_on():
            with self._stage.transaction():
                passed = 0
                while passed < AT_ONCE and self._goes_on():
                    self._next()
                    passed += 1
            told(passed)
            if self._stage.database.on_sqlite:
                sleep(BREATH_SECONDS)

    def _goes_on(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= self._until

    def _next(self) -> None:
        at, _, life = heappop(self._waiting)
        self._stage.hands.at = at
        try:
            with self._stage.connection.begin_nested():
                rest = next(life, None)
        except NotAllowed:  # something came in between, such as a merger: this life goes no further
            return
        if rest is not None:
            self.begin(at + rest, life)
