"""The closed list of outcomes, read from outcomes.yml."""

from functools import lru_cache
from pathlib import Path

import yaml


@lru_cache(maxsize=1)
def precedence() -> tuple[str, ...]:
    """Every outcome; when a turn does two things, the first in this order names it."""
    return tuple(_described())


@lru_cache(maxsize=1)
def outcome_of_response() -> dict[str, str]:
    """The outcome that each fixed response of domain.yml says."""
    return {response: outcome for outcome, about in _described().items() for response in about["responses"]}


def first(outcomes: list[str]) -> str:
    """The outcome that names a turn. Raises ValueError for a name outside the list."""
    return min(outcomes, key=precedence().index)


def _described() -> dict[str, dict[str, list[str]]]:
    content: dict[str, dict[str, list[str]]] = yaml.safe_load(
        (Path(__file__).parent / "outcomes.yml").read_text("utf-8")
    )
    return content
