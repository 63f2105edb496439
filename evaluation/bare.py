"""The bare bot: trained once, started on free ports with an action server of its own, stopped at the end."""

import hashlib
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import requests

from evaluation.errors import EvaluationError
from evaluation.rasa_commands import ENVIRONMENT, Process, rasa, start, stop, train

PROJECT = Path(__file__).parent / "bare_bot"
TRAIN_SECONDS, START_SECONDS = 600, 180


class BareBot:
    """The stock REST channel of a running bare bot."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/webhooks/rest"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy that the environment names cannot reach this machine's own address

    def say(self, sender: str, text: str) -> None:
        """One message; raises EvaluationError when no sentence comes back."""
        response = self._session.post(f"{self._url}/webhook", json={"sender": sender, "message": text}, timeout=30)
        if not response.ok or not any(reply.get("text") for reply in response.json()):
            raise EvaluationError(f"对照用的裸 Rasa 没有答话:{response.status_code} {response.text[:200]}")

    def is_ready(self) -> bool:
        """True when its model is loaded and it listens."""
        with suppress(requests.RequestException):
            return bool(self._session.get(f"{self._url}/", timeout=2).ok)
        return False


@contextmanager
def running(folder: Path) -> Iterator[BareBot]:
    """The bare bot at work in a folder; raises EvaluationError, naming the log, when it does not train or start."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "bare.log"
    with log.open("w") as output:
        model = _trained(folder, output)
        for old in folder.glob("trackers.db*"):
            old.unlink()
        port, actions_port = _free_ports()
        files = ["--endpoints", str(PROJECT / "endpoints.yml"), "--credentials", str(PROJECT / "credentials.yml")]
        server = rasa("run", "-i", "127.0.0.1", "-p", str(port), "--model", str(model), *files)
        actions = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "-p", str(actions_port)]
        environment = os.environ | ENVIRONMENT | {"BARE_ACTIONS_PORT": str(actions_port)}
        processes = [start(actions, PROJECT, environment, output), start(server, folder, environment, output)]
        try:
            yield _when_ready(BareBot(port), processes, log)
        finally:
            stop(processes)


def _trained(folder: Path, output: TextIO) -> Path:
    """The model of the project as it stands, trained where it is not there yet."""
    files = sorted([PROJECT / "config.yml", PROJECT / "domain.yml", *(PROJECT / "data").glob("*.yml")])
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:12]
    model = (folder / f"bare-{digest}.tar.gz").resolve()
    if not model.exists():
        given = [f"--{name.split('.')[0]}={PROJECT / name}" for name in ("config.yml", "domain.yml", "data")]
        train(given, model, folder, output, TRAIN_SECONDS)
    return model


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _when_ready(bot: BareBot, processes: list[Process], log: Path) -> BareBot:
    deadline = time.monotonic() + START_SECONDS
    while not bot.is_ready():
        if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
            raise EvaluationError(f"对照用的裸 Rasa 没有启动成功,原因见 {log}。")
        time.sleep(0.5)
    return bot
