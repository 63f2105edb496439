"""What an import says, from one file of words."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.importing.piece import Refused
from knowledge.sources import LONGEST
from knowledge.store import Source

HERE = Path(__file__).parent


@cache
def words() -> dict[str, Any]:
    """All words, by group."""
    content: dict[str, Any] = yaml.safe_load((HERE / "words.yml").read_text(encoding="utf-8"))
    return content


def refused(name: str, /, **values: object) -> Refused:
    """The refusal of that name, to be raised."""
    return Refused(words()["refusals"][name].format(**values))


def problem(name: str, /, **values: object) -> str:
    """What is wrong with one entry."""
    return str(words()["problems"][name].format(**values))


def too_long(source: Source) -> str:
    """Which field of a source says more than is kept of it; empty where all fits."""
    for name, most in LONGEST.items():
        given = len(getattr(source, name))
        if given > most:
            return problem("long", column=words()["source_fields"][name], given=given, most=most)
    return ""


def note(name: str, /, **values: object) -> str:
    """What somebody should know of an entry."""
    return str(words()["notes"][name].format(**values))


def place(name: str, /, **values: object) -> str:
    """Where an entry stood."""
    return str(words()["places"][name].format(**values))
