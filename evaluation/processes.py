"""The processes of the running service and the memory that each holds, read from /proc."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTENS = "0A"
# Whatever else belongs to the service, by command lines; it works in the same place as the web.
OTHERS = {
    "keep": re.compile(r"\bbin/keep "),
    "honcho": re.compile(r"\bhoncho start"),
    "start": re.compile(r"\b(wenzheng|commands) start"),
    "rasa": re.compile(r"\brasa run"),
    "actions": re.compile(r"\brasa_sdk --actions"),
    "worker": re.compile(r"\b(wenzheng|commands) worker"),
    "simulator": re.compile(r"-m simulator"),
}
DATA_DIR = re.compile(rb"(?:^|\0)WENZHENG_DATA_DIR=([^\0]*)")


@dataclass(frozen=True)
class Process:
    """A process, its part in the service, and its resident memory in MiB."""

    name: str
    pid: int
    mib: float


def of_service(port: int) -> list[Process]:
    """The web that listens on this port, and every other process of its installation; nothing where none listens."""
    named = dict.fromkeys(_listeners(port), "web")
    places = {_place(pid) for pid in named}
    for pid in _pids():
        if pid not in named and any(_shares(_place(pid), place) for place in places):
            command = _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace")
            name = next((name for name, pattern in OTHERS.items() if pattern.search(command)), None)
            if name:
                named[pid] = name
    return [Process(name, pid, memory_mib(pid)) for pid, name in sorted(named.items())]


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


def memory_mib(pid: int, field: str = "VmRSS") -> float:
    """The resident memory of a process in MiB, as it is now or, with VmHWM, as it was at most; 0 when it has ended."""
    lines = _read(pid, "status").decode().splitlines()
    return round(next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0) / 1024, 1)


def _read(pid: int, file: str) -> bytes:
    """What /proc says of a process; nothing when it has ended or belongs to somebody else."""
    with suppress(OSError):
        return (PROC / str(pid) / file).read_bytes()
    return b""
