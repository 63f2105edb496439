"""The processes of the Procfile, run by honcho, as one thing that starts, logs and stops whole."""

import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

MARK = "WENZHENG_START"  # every process that starts here carries it, and is found by it at the end
STOP_SECONDS = 10  # honcho itself kills after 5 what does not end by itself
LOG_BYTES, LOG_FILES = 10_000_000, 5


class Services:
    """Started processes; `stop` ends every one of them, also those that honcho lost."""

    def __init__(self, names: list[str], environment: dict[str, str], log: Path) -> None:
        self._mark = f"{MARK}={secrets.token_hex(8)}"
        # If this process is killed outright, the kernel tells honcho to stop.
        command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "honcho", "start"]
        name, value = self._mark.split("=")
        self._honcho = subprocess.Popen(
            [*command, "--no-colour", "--env", os.devnull, *names],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=os.environ | environment | {name: value},
            start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the others in order
        )
        assert self._honcho.stdout is not None
        threading.Thread(target=_write_log, args=(self._honcho.stdout, log), daemon=True).start()

    @property
    def running(self) -> bool:
        """False once honcho has ended."""
        return self._honcho.poll() is None

    def wait(self) -> None:
        """Return when honcho has ended."""
        self._honcho.wait()

    def stop(self) -> None:
        """End everything that was started; what does not end by itself is killed."""
        self._honcho.terminate()
        try:
            self._honcho.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._honcho.kill()
        self._kill_leftovers()

    def _kill_leftovers(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while (left := self._marked()) and time.monotonic() < deadline:
            for process in left:
                _kill(process)
            time.sleep(0.1)

    def _marked(self) -> list[int]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = self._mark.encode() in (folder / "environ").read_bytes().split(b"\0")
            except OSError:  # it ended meanwhile, or belongs to somebody else
                continue
            if marked:
                found.append(int(folder.name))
        return found


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _write_log(lines: IO[str], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%Y-%m-%d"))
    for line in lines:
        handler.emit(logging.makeLogRecord({"msg": line.rstrip("\n")}))
