"""The files of this folder, read once: limits, weights, words and turns of phrase."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
SIZES = ("strong", "usual", "mild")


@cache
def read(name: str) -> dict[str, Any]:
    """The content of one YAML file of this folder."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return content


def points_of(size: str) -> float:
    """The points that a finding of that size costs. Raises KeyError for an unknown size."""
    return float(read("rules")["weights"][size])


def words_of(rule: str) -> dict[str, str]:
    """Why and better, as rules.yml words them for a rule. Raises KeyError for an unknown rule."""
    words: dict[str, str] = read("rules")["words"][rule]
    return words
