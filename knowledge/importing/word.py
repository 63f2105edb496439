"""A Word document: a table of entries, or one entry under each heading of the first level."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from knowledge.importing import lines
from knowledge.importing.archives import opened
from knowledge.importing.columns import EXAMPLE, column_of, heads
from knowledge.importing.piece import File, Piece, Refused
from knowledge.importing.rows import piece
from knowledge.importing.texts import cleaned
from knowledge.importing.words import place, refused
from knowledge.sources import Shelf

ENTRY_STYLES, PART_STYLES = ("heading 1", "title", "标题 1"), ("heading 2", "heading 3", "标题 2", "标题 3")
BULLETS, NUMBERS = ("list bullet", "列表项目符号"), ("list number", "列表编号")
LONGEST_LABEL = 12


def read(file: File, shelf: Shelf) -> Iterator[Piece]:
    """The entries of the document; raises Refused for one that is not readable."""
    opened(file)
    try:
        document = Document(BytesIO(file.data))
        blocks = list(document.iter_inner_content())
    except Exception as error:  # whatever a broken or hostile document makes the library stumble over
        raise refused("broken", name=file.name) from error
    tables = [block for block in blocks if isinstance(block, Table) and _is_of_entries(block, file.name)]
    if tables:
        for table in tables:
            yield from lines.pieces(_lines(table, file.name), file.name, shelf)
    else:
        yield from _by_headings(blocks, file.name, shelf)


def _is_of_entries(table: Table, name: str) -> bool:
    try:
        return bool(heads([cleaned(cell.text) for cell in table.rows[0].cells], name))
    except (Refused, IndexError):
        return False


def _lines(table: Table, name: str) -> Iterator[lines.Line]:
    seen: set[Any] = set()
    for number, row in enumerate(table.rows, start=1):
        own = [cell._tc for cell in row.cells]  # a merged cell is given again in each place that it covers
        if len(set(own) - seen) < len(own):
            raise refused("merged", name=name, ranges=f"表格第 {number} 行")
        seen.update(own)
        yield number, [cleaned(cell.text) for cell in row.cells]


def _by_headings(blocks: list[Any], name: str, shelf: Shelf) -> Iterator[Piece]:
    cells: dict[str, list[str]] = {}
    column = ""
    for block in blocks:
        style = _style(block)
        text = _text(block, style)
        if style in ENTRY_STYLES and text:
            yield from _piece(cells, name, shelf)
            cells, column = {"标题": [text]}, "导语"
        elif style in PART_STYLES and text:
            column = column_of(text) or text
            cells.setdefault(column, [])
        elif cells and text:
            label, rest = _labelled(text) if column == "导语" else ("", text)
            cells.setdefault(label or column, []).append(rest if label else text)
    yield from _piece(cells, name, shelf)


def _piece(cells: dict[str, list[str]], name: str, shelf: Shelf) -> Iterator[Piece]:
    if cells and not cells["标题"][0].startswith(EXAMPLE):
        where = place("heading", name=name, heading=cells["标题"][0][:40])
        yield piece(where, {column: "\n".join(texts) for column, texts in cells.items()}, shelf)


def _labelled(text: str) -> tuple[str, str]:
    """A line such as 编号：id-card-lost as its column and what follows; no column for any other line."""
    label, colon, rest = text.replace(":", "：", 1).partition("：")
    column = column_of(label) if colon and len(label) <= LONGEST_LABEL else ""
    return column, rest.strip()


def _style(block: Any) -> str:
    return str(block.style.name or "").lower() if isinstance(block, Paragraph) and block.style is not None else ""


def _text(block: Any, style: str) -> str:
    if isinstance(block, Table):
        rows = (dict.fromkeys(cleaned(cell.text).replace("\n", " ") for cell in row.cells) for row in block.rows)
        return "\n".join(f"- {'：'.join(cell for cell in row if cell)}" for row in rows)
    text = cleaned(block.text)
    if not text or style in (*ENTRY_STYLES, *PART_STYLES):
        return text
    if style.startswith(BULLETS):
        return f"- {text}"
    return f"1. {text}" if style.startswith(NUMBERS) else text
