"""Turns of phrase of the office, found by the patterns of patterns.yml."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from knowledge.plain_language.finding import Finding
from knowledge.plain_language.rules import points_of, read
from knowledge.plain_language.text import masked


@dataclass(frozen=True)
class Phrase:
    """One pattern with its rule, its size (a key of `weights`), the reason and the better words."""

    rule: str
    find: re.Pattern[str]
    size: str
    why: str
    better: str


def turns_of_phrase(text: str) -> Iterator[Finding]:
    """A finding for each turn of phrase; where two patterns of a rule meet, the first in the file counts."""
    hidden = masked(text)
    taken: dict[str, list[range]] = {}
    for phrase in _phrases():
        for match in phrase.find.finditer(hidden):
            places = taken.setdefault(phrase.rule, [])
            if any(match.start() < place.stop and place.start < match.end() for place in places):
                continue
            places.append(range(match.start(), match.end()))
            yield Finding(
                rule=phrase.rule,
                words=text[match.start() : match.end()],
                start=match.start(),
                why=phrase.why,
                better=match.expand(phrase.better),
                size="slogan" if phrase.rule == "slogan" else phrase.size,
                points=points_of("slogan" if phrase.rule == "slogan" else phrase.size),
                is_error=phrase.rule == "slogan",
            )


@cache
def _phrases() -> tuple[Phrase, ...]:
    content = read("patterns")
    return tuple(
        Phrase(**{**pattern, "find": re.compile(_expanded(pattern["find"]))}) for pattern in content["patterns"]
    )


def _expanded(pattern: str) -> str:
    for name, words in read("patterns")["lists"].items():
        pattern = pattern.replace(f"<{name}>", f"(?:{'|'.join(sorted(words.split(), key=len, reverse=True))})")
    return pattern
