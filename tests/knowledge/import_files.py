"""Files to import, made for tests."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docx import Document
from openpyxl import Workbook

from foundation.database import Database
from foundation.sheet import sheet
from knowledge.entry import parse
from knowledge.exporting import cells, xlsx_of
from knowledge.importing import File
from knowledge.importing.columns import columns
from knowledge.importing.dry_run import DryRun, Row
from knowledge.local import LocalValues
from knowledge.publishing import CORPUS, SOURCES
from knowledge.store import Source, Store

LOCAL = LocalValues("示例市")
ENTRY = "id-card-lost"
TEXT = (CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8")
TOWNS = [f"{colour}{place}镇" for colour in "青白红黄金银石木" for place in "山河桥田湖岭塘坪"]
HEADS = [column.name for column in columns()]
EXAMPLE = {column.name: column.example for column in columns()} | {
    "标题": "河边捡到野生小动物怎么办",
    "编号": "wild-animal",
}


def empty(folder: Path) -> Database:
    """A database without an entry."""
    database = Database(f"sqlite:///{folder / 'x.db'}")
    database.create_tables()
    return database


def with_sources(database: Database) -> Store:
    """Its store, with the sources that ship."""
    store = Store(database)
    store.save_sources(shipped_sources())
    return store


@cache
def shipped_sources() -> list[Source]:
    """Read once: it takes longer than most tests."""
    described = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    return [Source(id=name, **values) for name, values in described.items()]


def citable(database: Database, text: str = TEXT) -> Store:
    """Its store, with what the text rests on."""
    store, ids = Store(database), {one.source for one in parse(text).sources}
    store.save_sources([Source(id, f"《{id}》", "", "全国人大", 2020, "") for id in ids])
    return store


def rows(database: Database, *files: File) -> list[Row]:
    """The dry run of these files."""
    return list(DryRun(database, LOCAL).rows(files))


def table(*given: dict[str, str], heads: Sequence[str] = HEADS) -> list[list[str]]:
    """Lines with the columns, each the example but for what is given."""
    return [list(heads), *([(EXAMPLE | one)[head] for head in heads] for one in given)]


def as_csv(*given: dict[str, str]) -> File:
    """A CSV with these rows."""
    return File("条目.csv", sheet(table(*given)))


def as_xlsx(*given: dict[str, str]) -> File:
    """A workbook with these rows."""
    return File("条目.xlsx", xlsx_of(table(*given)))


def workbook(fill: Callable[[Any], None]) -> File:
    """A workbook with the example, changed by hand."""
    book = Workbook()
    sheet = book.active
    for line in table({}):
        sheet.append(line)
    fill(sheet)
    out = io.BytesIO()
    book.save(out)
    return File("条目.xlsx", out.getvalue())


def document(fill: Callable[[Any], None]) -> File:
    """A Word document."""
    made = Document()
    fill(made)
    out = io.BytesIO()
    made.save(out)
    return File("条目.docx", out.getvalue())


def derived(store: Store, count: int) -> list[list[str]]:
    """A table of entries made of the shipped ones, each with an id, a title and questions of its own.

    Where there are too few, the first come again as another town's: only their names tell them apart.
    """
    shipped = [one.entry for one in store.published()]
    sources = store.sources({citation.source for entry in shipped for citation in entry.sources})
    lines = [HEADS]
    for number in range(count):
        entry = shipped[number % len(shipped)]
        title = f"{entry.title}（第{number}种）"
        if number >= len(shipped):  # its questions stand in the table already
            town = TOWNS[number - len(shipped)]
            title = f"{town}：{entry.title}"
            entry = replace(entry, questions=tuple(f"在{town}，{question}" for question in entry.questions))
        own = cells(entry, sources)
        own |= {"编号": f"{entry.id}-copy-{number}", "标题": title}
        lines.append([own[head] for head in HEADS])
    return lines


def one(database: Database, file: File) -> Row:
    """The dry run of a file with one entry."""
    [row] = rows(database, file)
    return row


def archive(members: dict[str, bytes]) -> File:
    """A zip with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return File("条目.zip", out.getvalue())


def in_word(made: Any) -> None:
    """The example as people write it: a heading for the entry, one for each part."""
    made.add_heading(EXAMPLE["标题"], 1)
    short = ("编号", "领域", "类型", "地区", "核对日期", "复核日期")
    for name in short:
        made.add_paragraph(f"{name}：{EXAMPLE[name]}")
    made.add_paragraph(EXAMPLE["导语"])
    for name in HEADS:
        if EXAMPLE[name] and name not in (*short, "标题", "导语"):
            made.add_heading(name, 2)
            for line in EXAMPLE[name].split("\n"):
                style = "List Bullet" if line.startswith("- ") else None
                made.add_paragraph(line.removeprefix("- "), style=style)


def in_word_table(made: Any) -> None:
    """The example as a table."""
    lines = table({})
    grid = made.add_table(rows=2, cols=len(HEADS))
    for row, line in zip(grid.rows, lines, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
