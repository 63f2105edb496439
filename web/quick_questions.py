"""What the chat page offers at the beginning: what is asked most, what the season brings, and what is always there."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from conversations.popular import asked_most
from foundation.clock import local, now
from knowledge.store import Store
from web.parts import Parts

ASKED_WITHIN = timedelta(days=30)
ASKED_BY = 3  # conversations: what fewer ask is nobody's business
MOST_ASKED = 3
MOST = 8
KEPT_FOR = timedelta(hours=1)
FOLDER = Path(__file__).parent
Question = dict[str, Any]


def chosen(today: date, asked: Collection[str]) -> list[Question]:
    """The questions of a day; `asked` are titles of the entries asked for most, the most first."""
    fixed = _from("quick_questions.yml")
    always = [one for one in fixed if one.get("always")]
    season = [one for one in _from("seasons.yml") if today.month in one["months"]]
    often = [{"title": title, "text": title} for title in islice(asked, MOST_ASKED)]
    others = [*season, *often, *(one for one in fixed if one not in always)]
    different = {one["text"]: one for one in reversed(others)}  # of two that ask the same, the first
    rest = [one for one in others if different[one["text"]] is one]
    return [*rest[: MOST - len(always)], *always]


class QuickQuestions:
    """The questions of this hour."""

    def __init__(self, service: Parts) -> None:
        self._service = service
        self._until = now()
        self._questions: list[Question] = []

    def shown(self) -> list[Question]:
        """What the page offers now."""
        if now() >= self._until:
            today = local(now(), self._service.settings.timezone).date()
            self._questions, self._until = chosen(today, self._asked(today)), now() + KEPT_FOR
        return self._questions

    def _asked(self, today: date) -> list[str]:
        with self._service.database.reading() as connection:
            counted = asked_most(connection, now() - ASKED_WITHIN)
        often = [entry for entry, conversations in counted.items() if conversations >= ASKED_BY]
        found = {one.entry.id: one.entry for one in Store(self._service.database).published(often)}
        return [found[entry].title for entry in often if entry in found and found[entry].in_force(today)]


@lru_cache(maxsize=2)
def _from(name: str) -> list[Question]:
    content: list[Question] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return content
