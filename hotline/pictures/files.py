"""The files of pictures: under two letters of their name, readable by the service only, whole or not there."""

import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from hotline.pictures.refusals import NoRoom
from hotline.pictures.store import UnknownPicture

PARTS = {"original": "", "thumb": "-thumb", "public": "-public", "public_thumb": "-public-thumb"}
RESERVE = 256 * 1024 * 1024  # bytes that stay free for the database, which may share the disk
_NAME = re.compile(r"[0-9a-f]{32}")


class Files:
    """One folder of pictures; a part is `original`, `thumb`, `public` (approved, parts hidden) or `public_thumb`."""

    def __init__(self, folder: Path, reserve: int = RESERVE) -> None:
        self._folder = folder.resolve()
        self._reserve = reserve

    def path(self, name: str, part: str) -> Path:
        """Where a part lies; raises UnknownPicture for what is no picture's name."""
        if not _NAME.fullmatch(name):
            raise UnknownPicture(name)
        return self._folder / name[:2] / f"{name}{PARTS[part]}.jpg"

    def write(self, name: str, parts: Mapping[str, bytes]) -> None:
        """Keep parts of a picture, all or none; raises NoRoom and leaves nothing half-written."""
        goals = {self.path(name, part): data for part, data in parts.items()}
        try:
            self._check_room(sum(len(data) for data in parts.values()))
            for path, data in goals.items():
                _write_aside(path, data)
            for path in goals:
                _aside(path).rename(path)
            _flush(self._folder / name[:2])
        except OSError as error:
            for path in goals:
                with suppress(OSError):
                    _aside(path).unlink()
            raise NoRoom from error

    def remove(self, name: str) -> None:
        """Remove every part, also ones that a crash left half-written."""
        for path in (self.path(name, part) for part in PARTS):
            path.unlink(missing_ok=True)
            _aside(path).unlink(missing_ok=True)

    def _check_room(self, size: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < size + self._reserve:
            raise NoRoom


def _write_aside(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(_aside(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _aside(path: Path) -> Path:
    return path.with_suffix(".new")


def _flush(folder: Path) -> None:
    """Make renames outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
