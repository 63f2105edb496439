"""Which part of an entry answers a question for one facet, also where the entry has no heading of that name."""

import re
from pathlib import Path
from typing import Any

import yaml

from knowledge.entry import PLAIN_HEADING, Entry, Facet
from knowledge.slips import bigrams

FACETS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "facets.yml").read_text(encoding="utf-8"))


def asks_first(name: str | None) -> bool:
    """True for a facet that a first question can ask for so plainly that it comes before the lead."""
    return name in FACETS["first"]


def part_for(entry: Entry, asked: str) -> Facet | None:
    """The facet of that name, or the one that says it instead; None where the entry does not say it."""
    if asked == PLAIN_HEADING:
        return Facet(PLAIN_HEADING, entry.plain)
    named = entry.facet(asked)
    if named is not None or asked not in FACETS["instead"]:
        return named
    instead = FACETS["instead"][asked]
    there = (entry.facet(heading) for heading in instead["headings"])
    return next((facet for facet in there if facet and re.search(instead["words"], facet.text)), None)


def part_about(entry: Entry, question: str) -> Facet | None:
    """The facet that shares most pairs of letters with a question that names none; None where no facet shares any."""
    asked = bigrams(question) - bigrams(entry.title)
    shared = [(len(asked & bigrams(facet.text)), -place) for place, facet in enumerate(entry.facets)]
    most, place = max(shared, default=(0, 0))
    return entry.facets[-place] if most else None


def lead_says(entry: Entry, asked: str) -> bool:
    """True when the lead itself speaks of that facet."""
    instead = FACETS["instead"].get(asked)
    return bool(instead and re.search(instead["words"], entry.lead))
