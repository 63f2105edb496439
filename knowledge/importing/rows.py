"""A line of a table, or the labelled parts of a document, as the text of an entry."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.entry import EVERYWHERE, FACETS, PLAIN_HEADING, check_again_on
from knowledge.importing.columns import columns, facets
from knowledge.importing.piece import Piece, limits
from knowledge.importing.source_rows import cited
from knowledge.importing.words import problem, words
from knowledge.rendering import render
from knowledge.sources import Shelf, name_id

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_ARROW = re.compile(r"(.*\S)\s*(?:→|->|=>|⇒)\s*(\S+)")
_ADDRESS = re.compile(r"(.*\S)\s+(\S+)")
_HEADING = re.compile(r"^##", re.MULTILINE)


class Row:
    """The cells of one entry by column, and what was found wrong while reading them."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.problems: list[str] = []

    def text(self, column: str) -> str:
        """What stands in a column."""
        text = self._cells.get(column, "")
        if len(text) > limits()["cell"]:
            self.problems.append(problem("long", column=column, given=len(text), most=limits()["cell"]))
            return text[: limits()["cell"]]
        if _HEADING.search(text):
            self.problems.append(problem("heading", column=column))
        return text

    def lines(self, column: str) -> list[str]:
        """What stands in a column, line by line."""
        return [line.strip() for line in self.text(column).split("\n") if line.strip()]

    def day(self, column: str) -> date | str | None:
        """The day that stands in a column, or what stands there instead."""
        text = self.text(column)
        found = _DATE.fullmatch(text)
        try:
            return date(*(int(part) for part in found.groups())) if found else text or None
        except ValueError:
            return text

    def kind(self) -> str:
        """The kind of entry, or what stands there instead."""
        text = self.text("类型")
        return str(words()["kinds"].get(text, text))

    def pairs(self, column: str, form: re.Pattern[str], wrong: str) -> list[tuple[str, str]]:
        """Lines of two parts each."""
        found = [(line, form.fullmatch(line)) for line in self.lines(column)]
        self.problems += [problem(wrong, line=line) for line, parts in found if not parts]
        return [(parts[1], parts[2]) for _, parts in found if parts]


def piece(place: str, cells: Mapping[str, str], shelf: Shelf) -> Piece:
    """The entry of these cells, unfinished where they are; sources it brings along are put on the shelf."""
    row = Row(cells)
    title, kind = row.text("标题"), row.kind()
    checked = row.day("核对日期")
    meta: dict[str, Any] = {
        "id": row.text("编号") or name_id(title),
        "kind": kind,
        "title": title,
        "domain": row.text("领域"),
        "official_names": row.lines("官方名称"),
        "questions": row.lines("问法"),
        "not_for": [
            {"question": question, "entry": entry}
            for question, entry in row.pairs("别的条目的问法", _ARROW, "near_miss")
        ],
        "region": row.text("地区") or EVERYWHERE,
        "valid_from": row.day("生效日期"),
        "valid_to": row.day("失效日期"),
        "sources": cited(row.lines, row.text, shelf, row.problems),
        "links": [{"title": name, "url": url} for name, url in row.pairs("相关网页", _ADDRESS, "link")],
        "related": row.lines("相关条目"),
        "checked_on": checked,
        "review_by": row.day("复核日期") or (check_again_on(checked) if isinstance(checked, date) else None),
    }
    sections = [(name, row.text(name)) for name in facets()]
    by_usage = sorted(sections, key=lambda section: _place(kind, section[0]))
    markdown = render(meta, row.text("导语"), [*by_usage, (PLAIN_HEADING, row.text(PLAIN_HEADING))])
    return Piece(place, markdown, tuple(dict.fromkeys(row.problems)))


def is_empty(cells: Mapping[str, str]) -> bool:
    """Whether nothing stands in any column."""
    return not any(cells.get(column.name) for column in columns())


def _place(kind: str, facet: str) -> int:
    usual = FACETS.get(kind, facets())
    return usual.index(facet) if facet in usual else len(usual)
