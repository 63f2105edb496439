"""What the figures are called and how each is counted, as figures.yml says."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Rate:
    """A share of tickets: `part` ÷ `of`."""

    name: str
    label: str
    part: str
    of: str
    definition: str


@dataclass(frozen=True)
class Count:
    """A number of tickets, and where `times` names a column, of the occasions too."""

    name: str
    label: str
    why: str
    definition: str = ""
    times: str = ""


@dataclass(frozen=True)
class Stage:
    """From the opening of a ticket until the moment in one of its columns."""

    name: str
    label: str
    why: str
    definition: str
    until: str


@dataclass(frozen=True)
class Definitions:
    """The whole file."""

    dimensions: Mapping[str, str]
    unknown: Mapping[str, str]  # what an empty value of a dimension is called
    channels: Mapping[str, str]
    rates: Mapping[str, Rate]
    counts: Mapping[str, Count]
    parts: Mapping[str, Count]
    stages: Mapping[str, Stage]
    notes: tuple[str, ...]
    stages_note: str
    words: Mapping[Any, str]
    moment: str  # how a moment is written, for strftime
    most_months: int
    most_days: int
    most_crossed: int
    least_ranked: int

    def of(self, name: str) -> Count | Stage:
        """The figure that a list of tickets stands behind; raises KeyError for an unknown one."""
        known: dict[str, Count | Stage] = {**self.counts, **self.parts, **self.stages}
        return known[name]

    def rate_over(self, name: str) -> Rate | None:
        """The rate that has this figure below its line."""
        return next((rate for rate in self.rates.values() if rate.of == name), None)


@cache
def definitions() -> Definitions:
    """The file, read once."""
    content = yaml.safe_load((Path(__file__).parent / "figures.yml").read_text(encoding="utf-8"))
    for group, made in (("rates", Rate), ("counts", Count), ("parts", Count), ("stages", Stage)):
        content[group] = {name: made(name, **line) for name, line in content[group].items()}
    return Definitions(**content | {"notes": tuple(content["notes"])})
