"""A table as an Excel workbook, read line by line."""

from collections.abc import Iterator

from knowledge.importing import lines
from knowledge.importing.archives import opened
from knowledge.importing.piece import File, Piece, Refused
from knowledge.importing.texts import cell_text
from knowledge.importing.words import refused, words
from knowledge.sources import Shelf
from knowledge.workbook import Sheet


def read(file: File, shelf: Shelf) -> Iterator[Piece]:
    """The entries of the sheet of entries; raises Refused for a workbook that is not readable or has merged cells."""
    opened(file)
    try:
        sheet = Sheet(file.data, words()["sheets"]["entries"])
        merged = sheet.merged()
        if merged:
            raise refused("merged", name=file.name, ranges="、".join(merged))
        yield from lines.pieces(_lines(sheet), file.name, shelf)
    except Refused:
        raise
    except Exception as error:  # whatever a broken or hostile workbook makes the library stumble over
        raise refused("broken", name=file.name) from error


def _lines(sheet: Sheet) -> Iterator[lines.Line]:
    for number, cells in enumerate(sheet.lines(), start=1):
        yield number, [_text(value, is_formula=is_formula) for value, is_formula in cells]


def _text(value: object, *, is_formula: bool) -> str:
    text = cell_text(value)
    if is_formula:
        return f"{lines.FORMULA}{text.lstrip(lines.FORMULA)}"
    return f" {text}" if text.startswith(lines.FORMULA) else text  # a text that only looks like a formula
