"""Sources by their names: found again however a title is written, and given an id when they are new."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import yaml
from pypinyin import lazy_pinyin
from sqlalchemy import String, select
from sqlalchemy.engine import Connection

from knowledge.store import Source
from knowledge.tables import sources

LONGEST_ID = 72  # leaves room for a year within the column
_LETTERS = re.compile(r"[a-z0-9]+")
_STATE = "中华人民共和国"
FIELDS = ("title", "number", "issuer", "year", "url")
LONGEST = {column.name: column.type.length for column in sources.c if isinstance(column.type, String)}  # characters


def every(connection: Connection) -> list[Source]:
    """All stored sources, by id."""
    return [Source(**row._mapping) for row in connection.execute(select(sources).order_by(sources.c.id))]


def stored_ids(connection: Connection) -> set[str]:
    """The ids of all stored sources."""
    return set(connection.execute(select(sources.c.id)).scalars())


def as_yaml(found: Iterable[Source]) -> str:
    """The text of a sources.yml with these sources."""
    lines: dict[str, Any] = {one.id: {name: getattr(one, name) for name in FIELDS} for one in found}
    return yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=1000)


def name_id(words: str, longest: int = LONGEST_ID) -> str:
    """An id of lower-case words joined by hyphens for a Chinese name; empty where no letter can be made of it."""
    spelt = _LETTERS.findall("-".join(lazy_pinyin(unicodedata.normalize("NFKC", words))).lower())
    return "-".join(spelt)[:longest].strip("-")


def bare(title: str) -> str:
    """A title without what people write differently: brackets, blanks, the state's full name in front."""
    letters = "".join(sign for sign in unicodedata.normalize("NFKC", title) if sign.isalnum())
    return letters.removeprefix(_STATE)


def is_web_address(url: str) -> bool:
    """Whether a page may link this: an address of the web, or none at all."""
    return not url or url.startswith(("https://", "http://"))


class Shelf:
    """The sources that an import can cite: the stored ones, and those that came along."""

    def __init__(self, stored: Iterable[Source]) -> None:
        self._by_id = {one.id: one for one in stored}
        self._by_title: dict[str, list[Source]] = defaultdict(list)
        for one in self._by_id.values():
            self._by_title[bare(one.title)].append(one)
        self.brought: dict[str, Source] = {}

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def get(self, id: str) -> Source | None:
        """The source of this id."""
        return self._by_id.get(id)

    def find(self, title: str, number: str = "", year: int | None = None) -> Source | None:
        """The newest source of this title, of this number and year where they are given."""
        fitting = [
            one
            for one in self._by_title.get(bare(title), [])
            if (not number or bare(one.number) == bare(number)) and (year is None or one.year == year)
        ]
        return max(fitting, key=lambda one: one.year, default=None)

    def bring(self, source: Source) -> None:
        """Put a new source on the shelf; a known id stays as it is."""
        if source.id not in self._by_id:
            self._by_id[source.id] = self.brought[source.id] = source
            self._by_title[bare(source.title)].append(source)

    def free_id(self, title: str, year: int) -> str:
        """An id that no source has yet."""
        stem = f"{name_id(title, LONGEST_ID - 8) or 'source'}-{year}"
        return next(id for id in (stem, *(f"{stem}-{count}" for count in range(2, 1000))) if id not in self._by_id)
