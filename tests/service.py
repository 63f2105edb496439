"""The whole product, started for tests on ports and in a folder of its own: real Rasa, real worker, real simulator."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

import requests

from foundation.controls import Controls
from foundation.database import Database
from foundation.secrets import local_secrets
from tests.hotline.support import make_settings
from tests.opening import opens

ROOT = Path(__file__).parent.parent
PARTS = ("web", "rasa", "actions", "simulator")  # that listen
READY_SECONDS = 300
STOP_SECONDS = 15
CONTROLS_SECONDS = 2.0  # until every process knows a change
ACCOUNT = {  # of WeChat, at the stand-in
    "APP_ID": "wx2c2769f8efd9abc2",
    "APP_SECRET": "a" * 32,
    "TOKEN": token_hex(8),
    "ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}
Answer = dict[str, Any]


class Service:
    """Processes of one installation; each can be killed and started again on its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self._ports = dict(zip(PARTS, free_ports(len(PARTS)), strict=True))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = os.environ | self._settings() | settings
        self._commands = self._command_lines()

    @property
    def url(self) -> str:
        """Where citizens reach it."""
        return f"http://127.0.0.1:{self._ports['web']}"

    @property
    def simulator_url(self) -> str:
        """Where the stand-in for the hotline listens."""
        return f"http://127.0.0.1:{self._ports['simulator']}"

    def start(self, *names: str) -> None:
        """Start the named processes, or all of them, and wait until they are ready."""
        for name in names or tuple(self._commands):
            log = (self.folder / f"{name}.log").open("ab")
            self._processes[name] = subprocess.Popen(
                self._commands[name],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Return when every process that was started answers."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not ready: {self.readiness()}; logs in {self.folder}")
            time.sleep(0.3)

    def readiness(self) -> dict[str, bool]:
        """Each part by name, as the service itself says."""
        try:
            parts: dict[str, bool] = requests.get(f"{self.url}/readyz", timeout=5).json()["parts"]
            return parts
        except requests.RequestException:
            return {"web": False}

    def kill(self, name: str) -> None:
        """kill -9 of one process and whatever it started."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Stop everything."""
        for process in self._processes.values():
            os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._processes.clear()

    def say(self, text: str = "", conversation: str | None = None, **more: Any) -> Answer:
        """One message through the public interface."""
        body = {"conversation": conversation, "client_id": uuid.uuid4().hex} | ({"text": text} if text else {}) | more
        response = requests.post(f"{self.url}/api/v1/messages", json=body, timeout=60)
        assert response.status_code == 200, response.text
        answer: Answer = response.json()
        return answer

    def talk(self, *texts: str) -> list[Answer]:
        """A whole conversation; a text that begins with `!` is a button's payload."""
        answers: list[Answer] = []
        for text in texts:
            conversation = answers[-1]["conversation"] if answers else None
            said = {"payload": text[1:]} if text.startswith("!") else {"text": text}
            answers.append(self.say(conversation=conversation, **said))
        return answers

    @property
    def controls(self) -> Controls:
        """What administrators change while it runs, as another process has it."""
        url = f"sqlite:///{self.folder / 'wenzheng.db'}"
        settings = make_settings(url, self.folder).copy(update=local_secrets(self.folder))
        return Controls(Database(url), settings)

    def opens(self, begins: str, ends: str) -> None:
        """Set the opening hours of the operators, and wait until every process knows them."""
        opens(self.controls, begins, ends)
        time.sleep(CONTROLS_SECONDS)

    def received(self, number: str) -> dict[str, Any]:
        """The simulator's own record of a ticket; empty while it has none."""
        response = requests.get(f"{self.simulator_url}/api/tickets/{number}", timeout=60)
        record: dict[str, Any] = response.json() if response.ok else {}
        return record

    def _is_ready(self) -> bool:
        checks = {"web", "rasa", "actions", "worker"} & set(self._processes)
        said = {"web": True, **self.readiness()}
        ready = all(said.get(name, False) for name in checks)
        return ready and ("simulator" not in self._processes or _answers(f"{self.simulator_url}/api/tickets"))

    def _settings(self) -> dict[str, str]:
        return {
            **{f"WENZHENG_WECHAT_{name}": value for name, value in ACCOUNT.items()},
            "WENZHENG_WECHAT_API_BASE": self.simulator_url,
            "WENZHENG_WECHAT_OAUTH_BASE": self.simulator_url,
            "WENZHENG_DATA_DIR": str(self.folder),
            "WENZHENG_PORT": str(self._ports["web"]),
            "WENZHENG_RASA_URL": f"http://127.0.0.1:{self._ports['rasa']}",
            "WENZHENG_HOTLINE_URL": f"{self.simulator_url}/webhook",
            "WENZHENG_HOTLINE_RETRY_SECONDS": ",".join(["0.5", "1", *["2"] * 100]),  # a simulator may start slowly
            "WENZHENG_MESSAGES_PER_MINUTE": "0",
            "SIMULATOR_PORT": str(self._ports["simulator"]),
            "SIMULATOR_DATABASE": str(self.folder / "simulator.db"),
            "SIMULATOR_SECRETS": str(self.folder / "secrets.json"),
            "RASA_TELEMETRY_ENABLED": "false",
            "SANIC_HOST": "127.0.0.1",
            "OMP_NUM_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        }

    def _command_lines(self) -> dict[str, list[str]]:
        endpoints = self.folder / "endpoints.yml"
        shipped = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
        endpoints.write_text(shipped.replace(":5055", f":{self._ports['actions']}"), encoding="utf-8")
        rasa = [
            "run",
            "-i",
            "127.0.0.1",
            "-p",
            str(self._ports["rasa"]),
            "--model",
            "models",
            "--endpoints",
            str(endpoints),
        ]
        return {
            "actions": [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "-p", str(self._ports["actions"])],
            "rasa": [sys.executable, "-m", "rasa", *rasa, "--credentials", "credentials.yml"],
            "web": [sys.executable, "-m", "gunicorn", "--config", "web/gunicorn.py", "web:create_app()"],
            "worker": [sys.executable, "-m", "commands", "worker"],
            "simulator": [sys.executable, "-m", "simulator"],
        }


def prepare(folder: Path, environment: dict[str, str] | None = None) -> None:
    """Database, knowledge and snapshot in a folder, as far as possible from the prepared installation."""
    prepared = ROOT / "var"
    for name in ("snapshots", "dispatch"):
        if (prepared / name).exists():
            shutil.copytree(prepared / name, folder / name)
    if (prepared / "prepared.json").exists():
        shutil.copy(prepared / "prepared.json", folder)
    settings = os.environ | {"WENZHENG_DATA_DIR": str(folder)} | (environment or {})
    subprocess.run(
        [sys.executable, "-m", "commands", "prepare"], env=settings, cwd=ROOT, check=True, capture_output=True
    )


def eventually(check: Any, seconds: float = 60) -> Any:
    """The first true value that `check` gives within the time; raises AssertionError otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < deadline, f"did not come true within {seconds} s"
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def free_port() -> int:
    """A port below those that outgoing connections take, so that none of them can take it meanwhile."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Several such ports, no two alike."""
    found: list[int] = []
    for port in random.sample(range(20000, 30000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError("no free port")
