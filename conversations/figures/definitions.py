"""What the figures are called and how each is counted, as figures.yml says."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
OUTCOMES = FOLDER.parent.parent / "bot" / "outcomes.yml"


@dataclass(frozen=True)
class Figure:
    """One figure's name for people, and how it is counted."""

    label: str
    definition: str


@dataclass(frozen=True)
class Definitions:
    """The whole file, and the labels of outcomes."""

    most_days: int
    top: int
    answered: tuple[str, ...]
    from_entry: tuple[str, ...]
    asked: tuple[str, ...]
    to_person: tuple[str, ...]
    ticket: tuple[str, ...]
    dimensions: Mapping[str, str]
    channels: Mapping[str, str]
    no_domain: str
    moment: str
    figures: Mapping[str, Figure]
    notes: tuple[str, ...]
    outcomes: Mapping[str, Figure]

    def label(self, dimension: str, value: str) -> str:
        """A value's name for people."""
        if dimension == "domain":
            return value or self.no_domain
        if dimension == "outcome":
            return self.outcomes[value].label if value in self.outcomes else value
        return self.channels.get(value, value) if dimension == "channel" else value


@cache
def definitions() -> Definitions:
    """The file, read once."""
    content = yaml.safe_load((FOLDER / "figures.yml").read_text(encoding="utf-8"))
    outcomes = yaml.safe_load(OUTCOMES.read_text(encoding="utf-8"))
    lists = {name: tuple(content[name]) for name in ("answered", "from_entry", "asked", "to_person", "ticket", "notes")}
    figures = {name: Figure(**about) for name, about in content["figures"].items()}
    known = {name: Figure(about["label"], about["definition"]) for name, about in outcomes.items()}
    return Definitions(**content | lists | {"figures": figures, "outcomes": known})
