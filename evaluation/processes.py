"""The processes of the running service and the memory that each holds, read from /proc."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTENS = "0A"
# Processes without a port, by their command lines; they belong to the service where they share its place.
SUPPORT = {
    "keep": re.compile(r"\bbin/keep "),
    "honcho": re.compile(r"\bhoncho start"),
    "start": re.compile(r"\b(wenzheng|commands) start"),
    "worker": re.compile(r"\b(wenzheng|commands) worker"),
}
DATA_DIR = re.compile(rb"(?:^|\0)WENZHENG_DATA_DIR=([^\0]*)")


@dataclass(frozen=True)
class Process:
    """A process, its part in the service, and its resident memory in MiB."""

    name: str
    pid: int
    mib: float


def of_service(ports: dict[str, int]) -> list[Process]:
    """Every process that listens on one of these ports, and those without a port that belong to the one named `web`."""
    named = {pid: name for name, port in ports.items() for pid in _listeners(port)}
    places = {_place(pid) for pid, name in named.items() if name == "web"}
    for pid in _pids():
        if pid not in named and any(_shares(_place(pid), place) for place in places):
            command = _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace")
            name = next((name for name, pattern in SUPPORT.items() if pattern.search(command)), None)
            if name:
                named[pid] = name
    return [Process(name, pid, round(_resident_kib(pid) / 1024, 1)) for pid, name in sorted(named.items())]


def _listeners(port: int) -> list[int]:
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    return [pid for pid in _pids() if sockets & set(_open_files(pid))]


def _listening(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        for line in (PROC / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _pids() -> list[int]:
    return [int(folder.name) for folder in PROC.glob("[0-9]*")]


def _open_files(pid: int) -> Iterator[str]:
    with suppress(OSError):  # it ended meanwhile, or belongs to somebody else
        for link in (PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):
                yield os.readlink(link)


def _place(pid: int) -> tuple[str, bytes | None]:
    """The folder that a process works in, and the data folder that its environment names."""
    with suppress(OSError):
        named = DATA_DIR.search(_read(pid, "environ"))
        return os.readlink(PROC / str(pid) / "cwd"), named.group(1) if named else None
    return "", None


def _shares(one: tuple[str, bytes | None], web: tuple[str, bytes | None]) -> bool:
    return one[0] == web[0] and one[1] in (None, web[1])  # what `.env` names stands in no environment at first


def _resident_kib(pid: int) -> int:
    lines = _read(pid, "status").decode().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def _read(pid: int, file: str) -> bytes:
    """What /proc says of a process; nothing when it has ended or belongs to somebody else."""
    with suppress(OSError):
        return (PROC / str(pid) / file).read_bytes()
    return b""
