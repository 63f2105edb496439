"""The columns of a table of entries: which there are, and which one a head means."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from knowledge.importing.words import refused

NEEDED_TO_KNOW = ("标题", "问法")  # a line that has these among its cells is the line of heads
EXAMPLE = "（示例）"  # a title that begins so is the template's own and no entry


@dataclass(frozen=True)
class Column:
    """One column: its head, what belongs into it, and what the template shows."""

    name: str
    also: tuple[str, ...] = ()
    needed: bool = False
    facet: bool = False
    lines: bool = False
    of_source: bool = False
    date: bool = False
    example: str = ""
    explain: str = ""


@cache
def columns() -> tuple[Column, ...]:
    """All columns in their order."""
    known = yaml.safe_load((Path(__file__).parent / "columns.yml").read_text(encoding="utf-8"))
    return tuple(Column(name, **{**about, "also": tuple(about.get("also", ()))}) for name, about in known.items())


def facets() -> tuple[str, ...]:
    """The columns that are parts of an entry."""
    return tuple(column.name for column in columns() if column.facet)


def heads(cells: Iterable[str], file: str) -> list[str]:
    """The column that each cell of the first line means, "" where none; raises Refused when it is no line of heads."""
    named = [_known().get(_plain(cell), "") for cell in cells]
    twice = next((name for name in named if name and named.count(name) > 1), "")
    if twice:
        raise refused("same_heads", name=file, head=twice)
    if not set(NEEDED_TO_KNOW) <= set(named):
        raise refused("no_heads", name=file)
    return named


def column_of(label: str) -> str:
    """The column that a label means, "" where none."""
    return _known().get(_plain(label), "")


@cache
def _known() -> dict[str, str]:
    return {_plain(name): column.name for column in columns() for name in (column.name, *column.also)}


def _plain(head: str) -> str:
    """A head without what people add to it: blanks, a star, a remark in brackets."""
    folded = unicodedata.normalize("NFKC", head).casefold()
    return re.sub(r"\(.*?\)|[\s*::]", "", folded)
