"""What every kind of file is read into: texts of entries, each with its place."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


class Refused(ValueError):
    """A file that is not taken at all, with the reason and a way out in one sentence."""


@dataclass(frozen=True)
class File:
    """A file as somebody sent it."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Piece:
    """One entry's text as it stood in a file, perhaps unfinished, and what could not be read of it."""

    place: str
    markdown: str
    problems: tuple[str, ...] = ()


@cache
def limits() -> dict[str, Any]:
    """How much one import may bring."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "limits.yml").read_text(encoding="utf-8"))
    return content
