"""A project folder of stand-ins, in which `wenzheng start` runs for real."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.service import free_port

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
        Path("web-answered").touch()

with open("web.pids", "a") as file:
    print(os.getpid(), file=file)
HTTPServer(("127.0.0.1", int(os.environ["WENZHENG_PORT"])), Answer).serve_forever()
"""


START = """
from importlib import import_module

preflight, start = import_module("commands.preflight"), import_module("commands.start")
preflight.ACTIONS_PORT = {port}
{more}
start.start()
"""
IMPATIENT = """
import threading, time
from pathlib import Path

def lose_patience():
    while not Path("web-answered").exists():
        time.sleep(0.05)
    start.READY_SECONDS = 0

threading.Thread(target=lose_patience, daemon=True).start()
"""


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
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

    def start(self, *, is_impatient: bool = False) -> "subprocess.Popen[str]":
        """`wenzheng start`, which waits for nothing any more, if impatient, once the web has said what there is."""
        code = START.format(port=free_port(), more=IMPATIENT if is_impatient else "start.READY_SECONDS = 60")
        return subprocess.Popen(
            ["env", "--default-signal=HUP", sys.executable, "-c", code],  # a run under nohup hands it on as ignored
            cwd=self.folder,
            env=os.environ | self.environment | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def refusal(self) -> str:
        """What start says when it will not start."""
        ended = self.start()
        out, err = ended.communicate(timeout=60)
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


def until_ready(running: "subprocess.Popen[str]") -> str:
    assert running.stdout is not None
    said = ""
    for line in running.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    raise AssertionError(said + (running.stderr.read() if running.stderr else ""))
