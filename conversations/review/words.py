"""The words and limits of the review, from review.yml, and what the outcomes are called."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

OUTCOMES = Path(__file__).parent.parent.parent / "bot" / "outcomes.yml"


@cache
def words() -> dict[str, Any]:
    """The words of review.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "review.yml").read_text(encoding="utf-8"))
    return content


@cache
def outcomes() -> dict[str, str]:
    """What staff call each outcome."""
    about = yaml.safe_load(OUTCOMES.read_text(encoding="utf-8"))
    return {name: one["label"] for name, one in about.items()}


def band(probability: float) -> str:
    """The band that a probability falls into."""
    return next(str(name) for name, one in words()["bands"].items() if probability < one["below"])


def outcome_label(name: str) -> str:
    """What staff call an outcome."""
    return outcomes().get(name, name)


def intent_label(name: str) -> str:
    """What staff call an intent."""
    return str(words()["intents"].get(name, name))
