"""A folder in which real workers run against the real simulator."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.hotline.support import CALLBACK_SECRET, DATA_KEYS, HOTLINE_SECRET, Desk
from tests.service import free_port

ROOT = Path(__file__).parents[2]
WORKER = """
import logging
from foundation.settings import load_settings
from worker import run
logging.basicConfig(level=logging.DEBUG)
run(load_settings())
"""


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


class Place:
    """A folder with settings for worker and simulator, and ways to start both."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.log = folder / "log"
        self.port = free_port()
        self.desk = desk.with_settings(hotline_url=f"http://127.0.0.1:{self.port}/webhook")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("WENZHENG_")} | {
            "WENZHENG_DATABASE_URL": desk.settings.database_url,
            "WENZHENG_DATA_DIR": str(folder),
            "WENZHENG_DATA_KEYS": DATA_KEYS,
            "WENZHENG_SECRET_KEY": desk.settings.secret_key,
            "WENZHENG_OPS_TOKEN": "ops",
            "WENZHENG_RASA_TOKEN": "rasa",
            "WENZHENG_HOTLINE_URL": self.desk.settings.hotline_url,
            "WENZHENG_HOTLINE_SECRET": HOTLINE_SECRET,
            "WENZHENG_CALLBACK_SECRET": CALLBACK_SECRET,
            "WENZHENG_HOTLINE_RETRY_SECONDS": ",".join(["0.2"] * 400),  # while a simulator takes its time to start
            "WENZHENG_HOTLINE_TIMEOUT_SECONDS": "1",
            "SIMULATOR_PORT": str(self.port),
            "SIMULATOR_DATABASE": str(folder / "simulator" / "record.db"),
        }

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        with self.log.open("a") as log:
            process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=self.environment, stderr=log)
        try:
            yield process
        finally:
            print(command, "had ended with", process.poll())  # shown where a test fails
            process.kill()
            process.wait()

    @contextmanager
    def simulator(self) -> Iterator[None]:
        with self.running("-m", "simulator"):
            wait_for(self.answers)
            yield

    def worker(self) -> Any:
        return self.running("-c", WORKER)

    def answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/api/tickets", timeout=60).ok
        except requests.ConnectionError:
            return False

    def behave(self, **behaviour: float) -> None:
        requests.post(f"http://127.0.0.1:{self.port}/api/behaviour", json=behaviour, timeout=60).raise_for_status()

    def received(self, number: str) -> list[dict[str, Any]]:
        """The simulator's own record of a ticket's messages."""
        answer = requests.get(f"http://127.0.0.1:{self.port}/api/tickets/{number}", timeout=60)
        messages: list[dict[str, Any]] = answer.json().get("messages", [])
        return messages

    def delivered(self, number: str) -> bool:
        return set(self.desk.states(number)) == {"delivered"}
