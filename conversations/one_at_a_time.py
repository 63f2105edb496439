"""Messages of one conversation, one after the other; those of different conversations side by side."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class OneAtATime:
    """Messages of one conversation wait for each other here: Rasa would let them wait a second at a time."""

    def __init__(self) -> None:
        self._busy: dict[str, tuple[threading.Lock, int]] = {}
        self._guard = threading.Lock()

    @contextmanager
    def __call__(self, conversation: str) -> Iterator[None]:
        """Nobody else has the conversation until the block ends."""
        with self._guard:
            lock, waiting = self._busy.get(conversation, (threading.Lock(), 0))
            self._busy[conversation] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                _, waiting = self._busy[conversation]
                if waiting == 1:
                    del self._busy[conversation]
                else:
                    self._busy[conversation] = (lock, waiting - 1)
