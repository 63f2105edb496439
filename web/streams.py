"""Server-sent events: messages as they come, for clients that can listen; all others ask again and again."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import zip_longest
from time import monotonic, sleep
from typing import Any

OPEN_STREAMS = 64  # in one process; gunicorn keeps threads for other requests beside them
FOR_ONE_CONVERSATION = 3
LOOK_EVERY_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 300.0
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy that waits for more would hold every message back
}
HEARTBEAT = ": still here\n\n"
Item = dict[str, Any]


class Places:
    """Counts who listens, so that listening never takes the threads that answer everybody else."""

    def __init__(self, most: int, for_one: int) -> None:
        self._most = most
        self._for_one = for_one
        self._taken: Counter[str] = Counter()
        self._guard = threading.Lock()

    def take(self, conversation: str) -> bool:
        """Take a place for a conversation; False when there is none."""
        with self._guard:
            if self._taken.total() >= self._most or self._taken[conversation] >= self._for_one:
                return False
            self._taken[conversation] += 1
            return True

    def leave(self, conversation: str) -> None:
        """Give a place back."""
        with self._guard:
            self._taken[conversation] -= 1
            if not self._taken[conversation]:
                del self._taken[conversation]


def frames(read: Callable[[int], list[Item]], after: int) -> Iterator[str]:
    """Every message after a turn as an event, for five minutes; `read` gives those that are there now."""
    ends, beats = monotonic() + LONGEST_SECONDS, 0.0
    while monotonic() < ends:
        items = read(after)
        for item, following in zip_longest(items, items[1:]):
            yield _frame(item, whole=following is None or following["turn"] != item["turn"])
        if items:
            after = items[-1]["turn"]
        elif monotonic() >= beats:
            yield HEARTBEAT
        if items or monotonic() >= beats:
            beats = monotonic() + HEARTBEAT_SECONDS
        sleep(LOOK_EVERY_SECONDS)


def _frame(item: Item, *, whole: bool) -> str:
    """One event; only the last one of a turn carries the id, so that a listener cut off in between gets it again."""
    name = f"id: {item['turn']}\n" if whole else ""
    return f"{name}data: {json.dumps(item, ensure_ascii=False)}\n\n"
