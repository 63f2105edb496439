"""The processes of the Procfile, run by honcho, as one thing that starts, logs and stops whole."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

MARK = "WENZHENG_START"  # every process that starts here carries it, and is found by it at the end
STOP_SECONDS = 10  # honcho itself kills after 5 what does not end by itself
LOG_BYTES, LOG_SECONDS = 10_000_000, 60


class Services:
    """Started processes; `stop` ends every one of them, also those that honcho lost."""

    def __init__(self, names: list[str], environment: dict[str, str], log: Path) -> None:
        value = secrets.token_hex(8)
        self._mark = f"{MARK}={value}".encode()
        # If this process is killed outright, the kernel tells honcho to stop.
        command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "honcho", "start"]
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:  # not a pipe: honcho would fail at its first word after this process was killed
            self._honcho = subprocess.Popen(
                [*command, "--no-colour", "--env", os.devnull, *names],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | environment | {MARK: value},
                start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the others in order
            )
        self._log = log

    @property
    def running(self) -> bool:
        """False once honcho has ended."""
        return self._honcho.poll() is None

    def wait(self) -> None:
        """Return when honcho has ended; until then the log is kept small."""
        while self.running:
            shorten(self._log)
            with suppress(subprocess.TimeoutExpired):
                self._honcho.wait(LOG_SECONDS)

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
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.1)

    def _marked(self) -> list[int]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = self._mark in (folder / "environ").read_bytes().split(b"\0")
            except OSError:  # it ended meanwhile, or belongs to somebody else
                continue
            if marked:
                found.append(int(folder.name))
        return found


def shorten(log: Path) -> None:
    """Move a log that has grown too long to `.old`; the processes go on writing to the same file."""
    if log.stat().st_size > LOG_BYTES:
        shutil.copyfile(log, log.with_suffix(".old"))
        os.truncate(log, 0)
