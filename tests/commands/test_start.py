"""`wenzheng start` for real, over a Procfile of stand-ins; the one for web answers as the real one does."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from commands.preflight import problems
from commands.services import LOG_BYTES, shorten
from foundation.settings import load_settings

ROOT = Path(__file__).parents[2]
SLEEPER = "sh -c 'echo $$ >> {name}.pids; exec sleep 600'"
STUBBORN = "sh -c 'trap : TERM; echo $$ >> {name}.pids; while :; do sleep 0.2; done'"
DETACHED = "sh -c 'setsid sleep 600 & echo $! >> {name}.pids; wait'"
WEB = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = {"database": True, "rasa": not Path("rasa-is-missing").exists()}
        self.send_response(200 if all(parts.values()) else 503)
        self.end_headers()
        self.wfile.write(json.dumps({"parts": parts}).encode())

with open("web.pids", "a") as file:
    print(os.getpid(), file=file)
HTTPServer(("127.0.0.1", int(os.environ["WENZHENG_PORT"])), Answer).serve_forever()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@dataclass
class Place:
    """A project folder of stand-ins, with ports of its own."""

    folder: Path
    environment: dict[str, str]

    def write_procfile(self, **other: str) -> None:
        commands = {name: SLEEPER for name in ("rasa", "actions", "worker", "simulator")} | other
        commands["web"] = f"{sys.executable} web.py"
        lines = [f"{name}: {ROOT}/bin/keep {command.format(name=name)}\n" for name, command in commands.items()]
        (self.folder / "Procfile").write_text("".join(lines))

    def start(self, ready_seconds: int = 20) -> "subprocess.Popen[str]":
        code = (
            "from importlib import import_module;"
            "preflight, start = import_module('commands.preflight'), import_module('commands.start');"
            f"preflight.ACTIONS_PORT = {free_port()}; start.READY_SECONDS = {ready_seconds}; start.start()"
        )
        return subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env=os.environ | self.environment | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def refusal(self) -> str:
        """What start says when it will not start."""
        ended = self.start()
        out, err = ended.communicate(timeout=20)
        assert ended.returncode == 1
        assert out == ""
        assert len(err.strip().splitlines()) == 1
        return err

    def pids(self, name: str) -> list[int]:
        path = self.folder / f"{name}.pids"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def log(self) -> str:
        return (self.folder / "var/logs/services.log").read_text()

    def inhabitants(self) -> dict[int, str]:
        """Every living process that works in this folder, with its command."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == self.folder:
                    found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        return found


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    port = free_port()
    simulator = free_port()
    environment = {
        "WENZHENG_PORT": str(port),
        "WENZHENG_RASA_URL": f"http://127.0.0.1:{free_port()}",
        "WENZHENG_HOTLINE_URL": f"http://127.0.0.1:{simulator}/webhook",
        "SIMULATOR_PORT": str(simulator),
    }
    for file in ("models/embedding/modules.json", "models/20261123.tar.gz", "var/wenzheng.db"):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "web.py").write_text(WEB)
    place = Place(tmp_path, environment)
    place.write_procfile()
    yield place
    for process in place.inhabitants():
        os.kill(process, signal.SIGKILL)


def until_ready(running: "subprocess.Popen[str]") -> str:
    assert running.stdout is not None
    said = ""
    for line in running.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    raise AssertionError(said + (running.stderr.read() if running.stderr else ""))


def test_it_names_each_part_as_it_gets_ready_and_then_the_addresses(place: Place) -> None:
    running = place.start()
    said = until_ready(running)
    running.terminate()
    running.wait(20)
    assert "database 就绪" in said
    assert "rasa 就绪" in said
    assert f"http://127.0.0.1:{place.environment['WENZHENG_PORT']}/chat" in said
    assert f"http://127.0.0.1:{place.environment['SIMULATOR_PORT']}/" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(place: Place, number: signal.Signals) -> None:
    place.write_procfile(rasa=STUBBORN, actions=DETACHED)
    running = place.start()
    until_ready(running)
    wait_for(lambda: all(place.pids(name) for name in ("rasa", "actions", "web", "worker", "simulator")))
    running.send_signal(number)
    running.wait(25)
    assert running.returncode == 0
    assert place.inhabitants() == {}


def test_a_signal_before_all_is_ready_stops_everything(place: Place) -> None:
    (place.folder / "rasa-is-missing").touch()
    running = place.start()
    wait_for(lambda: place.pids("web"))
    running.terminate()
    running.wait(25)
    assert place.inhabitants() == {}


def test_everything_ends_even_when_start_itself_is_killed(place: Place) -> None:
    running = place.start()
    until_ready(running)
    running.kill()
    wait_for(lambda: place.inhabitants() == {})


def test_a_killed_process_comes_back_and_the_others_stay(place: Place) -> None:
    running = place.start()
    until_ready(running)
    wait_for(lambda: place.pids("worker") and place.pids("actions"))
    others = place.pids("actions"), place.pids("web")
    os.kill(place.pids("worker")[0], signal.SIGKILL)
    wait_for(lambda: len(place.pids("worker")) == 2)
    assert (place.pids("actions"), place.pids("web")) == others
    running.terminate()
    running.wait(25)


def test_what_the_processes_print_stands_in_the_log(place: Place) -> None:
    place.write_procfile(worker="sh -c 'echo 我在干活; exec sleep 600'")
    running = place.start()
    until_ready(running)
    wait_for(lambda: "我在干活" in place.log())
    running.terminate()
    running.wait(25)


def test_a_log_that_has_grown_too_long_is_put_aside_once(tmp_path: Path) -> None:
    log = tmp_path / "services.log"
    for text in ("early", "late"):
        with log.open("a") as file:
            file.write(text * LOG_BYTES)
            file.flush()
            shorten(log)
            file.write("goes on")
        assert log.read_text() == "goes on"
        assert text in (tmp_path / "services.old").read_text()[:20]
        log.write_text("")


def test_a_part_that_never_gets_ready_is_named_and_nothing_stays(place: Place) -> None:
    (place.folder / "rasa-is-missing").touch()
    running = place.start(ready_seconds=3)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 1
    assert "rasa" in err
    assert "database" not in err
    assert place.inhabitants() == {}


def test_without_a_simulated_hotline_the_simulator_is_not_started(place: Place) -> None:
    place.environment["WENZHENG_HOTLINE_URL"] = "https://hotline.example/webhook"
    running = place.start()
    said = until_ready(running)
    wait_for(lambda: place.pids("worker"))
    running.terminate()
    running.wait(25)
    assert "模拟热线" not in said
    assert place.pids("simulator") == []


def test_a_busy_port_is_named_with_its_setting(place: Place) -> None:
    port = int(place.environment["WENZHENG_PORT"])
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = place.refusal()
    assert str(port) in said
    assert "WENZHENG_PORT" in said


@pytest.mark.parametrize(
    ("missing", "word"),
    [
        ("models/embedding/modules.json", "嵌入模型"),
        ("models/20261123.tar.gz", "Rasa 模型"),
        ("var/wenzheng.db", "数据库"),
    ],
)
def test_what_was_not_prepared_is_named_with_the_way_to_prepare_it(place: Place, missing: str, word: str) -> None:
    (place.folder / missing).unlink()
    said = place.refusal()
    assert word in said
    assert "wenzheng prepare" in said


def test_a_full_disk_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder)
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=499_000_000))
    assert "只剩 499 MB" in next(problems(load_settings()))


def test_outside_the_project_folder_it_says_so(place: Place) -> None:
    (place.folder / "Procfile").unlink()
    assert "项目目录" in place.refusal()
