"""Reads places, times, facets, ticket numbers, codes and choices out of a message, by patterns kept in YAML."""

import re
from functools import lru_cache
from typing import Any

from bot.nlu.places import place, time_pattern
from knowledge.facet_choice import FACETS

TICKET_NUMBER = re.compile(r"(?<!\d)(20\d{6}-\d{6})(?!\d)")
TICKET_CODE = re.compile(r"〔查询码\d+〕")
_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
CHOICE = re.compile(r"^\s*(?:我?选|就|要)?(?:第)?\s*([一二两三四五1-5])\s*(?:个|项|条|吧|号)?(?:吧|的)?[。.!!]?\s*$")
NONE_OF_THESE = re.compile(r"都不是|都不对|没有我要的|一个都不|不是这些")


def read(text: str) -> dict[str, Any]:
    """What a message names, by kind; kinds that it does not name are absent."""
    found = {
        "place": place(text),
        "time": _first(time_pattern(), text),
        "facet": facet(text),
        "ticket_number": _first(TICKET_NUMBER, text),
        "ticket_code": _first(TICKET_CODE, text),
        "choice": choice(text),
    }
    return {kind: value for kind, value in found.items() if value}


def facet(text: str) -> str | None:
    """The facet that a message asks for, or None."""
    return next((name for name, pattern in _facets() if pattern.search(text)), None)


def choice(text: str) -> str | None:
    """`1` to `5` for a choice by number, `none` for none of these, else None."""
    if NONE_OF_THESE.search(text):
        return "none"
    match = CHOICE.match(text)
    return str(_NUMERALS[match.group(1)]) if match else None


def _first(pattern: "re.Pattern[str]", text: str) -> str | None:
    match = pattern.search(text)
    return match.group() if match else None


@lru_cache(maxsize=1)
def _facets() -> "list[tuple[str, re.Pattern[str]]]":
    patterns = FACETS["patterns"].items()
    return [(name, re.compile("|".join(ways), re.IGNORECASE)) for name, ways in patterns]
