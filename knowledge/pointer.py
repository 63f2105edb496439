"""Which snapshot is the current one: a file that names its folder, exchanged in one step."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CURRENT = "current"
NAMED = "%Y%m%dT%H%M%S%f"  # a snapshot's folder: when it was built, in UTC
KEEP = 10
WITHDRAWN = (
    "withdrawn"  # a file in a snapshot that was never finished, refused, or rolled back: no step leads back to it
)
ROLLED_BACK = "rolled back"  # what that file says of a snapshot that served


@contextmanager
def moving(root: Path) -> Iterator[None]:
    """Alone among all processes: from the look at what is published until the pointer says the same."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "moving").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def point_to(folder: Path) -> None:
    """Make this snapshot the current one, in one step that no reader can see half of."""
    pointer = folder.parent / CURRENT
    aside = folder.parent / f"{CURRENT}.new"
    aside.write_text(folder.name)
    os.replace(aside, pointer)


def current(root: Path) -> Path | None:
    """The folder of the current snapshot, or None before the first build."""
    pointer = root / CURRENT
    return root / pointer.read_text().strip() if pointer.exists() else None


def kept(root: Path) -> list[Path]:
    """The folders of all snapshots that are there, oldest first."""
    return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def withdraw(folder: Path, why: str = "") -> None:
    """Mark a snapshot so that nobody comes back to it without naming it."""
    (folder / WITHDRAWN).write_text(why)


def trust(folder: Path) -> None:
    """Take that mark away."""
    (folder / WITHDRAWN).unlink(missing_ok=True)


def good(root: Path) -> list[Path]:
    """The folders of the snapshots that served and were not withdrawn, oldest first."""
    return [folder for folder in kept(root) if not (folder / WITHDRAWN).exists()]


def rolled_back(root: Path) -> list[Path]:
    """The folders of the snapshots that served until somebody went back from them, oldest first."""
    marks = {folder: folder / WITHDRAWN for folder in kept(root)}
    return [folder for folder, mark in marks.items() if mark.exists() and mark.read_text() == ROLLED_BACK]


def forget_old(root: Path) -> None:
    """Delete all but the current snapshot, the last ten good ones and gone back from, and the last unfit one."""
    went_back = rolled_back(root)
    unfit = [folder for folder in kept(root) if folder not in (*good(root), *went_back)]
    for folder in good(root)[:-KEEP] + unfit[:-1] + went_back[:-KEEP]:
        if folder != current(root):
            shutil.rmtree(folder)
