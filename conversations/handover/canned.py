"""Canned answers, from canned.yml."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

MOST = 4


@dataclass(frozen=True)
class Canned:
    """One answer, and the words of citizens that bring it up."""

    title: str
    text: str
    keywords: tuple[str, ...]


@lru_cache(maxsize=1)
def canned() -> tuple[Canned, ...]:
    """All of them, in the order of the file."""
    content = yaml.safe_load((Path(__file__).parent / "canned.yml").read_text(encoding="utf-8"))
    return tuple(Canned(one["title"], one["text"], tuple(one["keywords"])) for one in content)


def fitting(text: str) -> list[Canned]:
    """Those that a citizen's words bring up, the most words first."""
    counted = [(sum(word in text for word in one.keywords), one) for one in canned()]
    ranked = sorted((pair for pair in counted if pair[0]), key=lambda pair: -pair[0])
    return [one for _, one in ranked[:MOST]]
