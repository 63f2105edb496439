"""Time that passes only where a test's own thread waits, so that no test waits and no busy machine is too slow."""

import threading
import time
from types import ModuleType

import pytest


class Passing:
    """Stands in for `monotonic` and `sleep` of a module; other threads sleep as they always do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
        self.seconds = 0.0
        self._mine = threading.current_thread()
        monkeypatch.setattr(module, "monotonic", lambda: self.seconds)
        monkeypatch.setattr(module, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        """So much later."""
        if threading.current_thread() is self._mine:
            self.seconds += seconds
        else:
            time.sleep(seconds)
