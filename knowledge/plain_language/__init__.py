"""Plain language: what a citizen stumbles over in a text, what to write instead, and a score."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from knowledge.plain_language.finding import Finding
from knowledge.plain_language.lengths import too_long
from knowledge.plain_language.phrases import turns_of_phrase
from knowledge.plain_language.rules import read
from knowledge.plain_language.text import masked, size
from knowledge.plain_language.word_lists import listed_words, pairs

__all__ = ["Finding", "Report", "check", "findings", "pairs", "score", "score_of"]

RULES = (too_long, turns_of_phrase, listed_words)
SHORT = 8  # a turn of phrase up to this length says all that a word inside it could say


@dataclass(frozen=True)
class Report:
    """A text's score, 0 to 100 with 100 for plain, and its findings in reading order."""

    score: float
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that must be put right before publishing."""
        return tuple(finding for finding in self.findings if finding.is_error)

    def as_json(self) -> dict[str, Any]:
        """What a program is given."""
        return {"score": self.score, "findings": [finding.as_json() for finding in self.findings]}


def check(text: str) -> Report:
    """Findings and score of any text: a sentence, a paragraph or a whole page."""
    found = findings(text)
    return Report(score_of(found, text), tuple(found))


def findings(text: str) -> list[Finding]:
    """What a citizen stumbles over in a text, in reading order."""
    found = {(finding.rule, finding.start, finding.end): finding for rule in RULES for finding in rule(text)}
    short = [finding for finding in found.values() if len(finding.words) <= SHORT]
    return sorted(
        (finding for finding in found.values() if not any(_says_all(phrase, finding) for phrase in short)),
        key=lambda finding: (finding.start, -finding.end),
    )


def score(text: str) -> float:
    """How plain a text is: 0 to 100, 100 plain."""
    return check(text).score


def score_of(found: Iterable[Finding], text: str) -> float:
    """The score of a text with these findings: it falls with their points per 100 characters."""
    limits = read("rules")["score"]
    length = max(size(masked(text)), limits["shortest"])
    density = 100 * sum(finding.points for finding in found) / length
    return round(100 * math.exp(-density / limits["softness"]), 1)


def _says_all(phrase: Finding, finding: Finding) -> bool:
    within = phrase.start <= finding.start and finding.end <= phrase.end
    return within and len(phrase.words) > len(finding.words)
