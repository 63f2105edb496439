"""The words of words.yml."""

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import yaml

_AROUND = "“”\"'‘’「」。.！!？?～~ \n"


@dataclass(frozen=True)
class Words:
    """What the account says by itself, and what it hears."""

    greeting: str
    unknown: str
    voice: str
    picture_lost: str
    empty: str
    failed: str
    interrupted: str
    too_fast: str
    notices_off: str
    notices_on: str
    notice: str
    no_more: str
    place: str
    more: str
    kept: str
    kept_plain: str
    related: str
    facets: str
    asks_more: str
    asks_notices_off: str
    asks_notices_on: str
    not_shown: str


@lru_cache(maxsize=1)
def words() -> Words:
    """Read once."""
    content = yaml.safe_load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"))
    return Words(**{field.name: content[field.name] for field in fields(Words)})


def says(pattern: str, text: str) -> bool:
    """True when a text says this and nothing else."""
    return bool(re.fullmatch(pattern, text.strip(_AROUND)))
