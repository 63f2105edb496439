"""Rules of dispatch that need no learning: the first whose words all stand in a report."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hotline.catalogue import catalogue

Rule = Mapping[str, Any]
Counts = dict[str, tuple[int, int]]  # by key: how often the rule was right, how often it matched


def matching(text: str) -> Rule | None:
    """The first rule of the catalogue whose words all stand in the text."""
    rules = catalogue().rules
    return next((rule for rule in rules if all(re.search(word, text) for word in rule["words"])), None)


def key(rule: Rule) -> str:
    """What a rule is remembered by; it changes with the rule."""
    return hashlib.sha256(json.dumps(rule, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def is_right(rule: Rule, category: str, department: str) -> bool:
    """True when everything that the rule names is so."""
    return (rule.get("category", category), rule["department"]) == (category, department)


def counted(decided: Iterable[tuple[str, str, str]]) -> Counts:
    """How often each rule was right over texts with the category and department that they belong to."""
    counts: Counts = {}
    for text, category, department in decided:
        rule = matching(text)
        if rule is not None:
            right, matched = counts.get(key(rule), (0, 0))
            counts[key(rule)] = (right + is_right(rule, category, department), matched + 1)
    return counts


def chance(counts: Mapping[str, tuple[int, int]], rule: Rule) -> float:
    """How probably a rule is right: the share so far, held back while it has matched rarely."""
    right, matched = counts.get(key(rule), (0, 0))
    return (right + 1) / (matched + 2)


def without(counts: Counts, rule: Rule, was_right: bool) -> Counts:
    """The counts as they were before one of the matches."""
    right, matched = counts[key(rule)]
    return counts | {key(rule): (right - was_right, matched - 1)}
