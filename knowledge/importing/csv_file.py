"""A table as CSV, as Excel and WPS write it."""

import csv
import io
from collections.abc import Iterator

from foundation.sheet import unguarded
from knowledge.importing import lines
from knowledge.importing.piece import File, Piece
from knowledge.importing.texts import cell_text, decoded
from knowledge.importing.words import refused
from knowledge.sources import Shelf

SEPARATORS = ",\t;，"


def read(file: File, shelf: Shelf) -> Iterator[Piece]:
    """The entries of the table; raises Refused for one that is not readable."""
    return lines.pieces(_lines(file), file.name, shelf)


def _lines(file: File) -> Iterator[lines.Line]:
    text = decoded(file)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count))
    try:
        for number, cells in enumerate(reader, start=1):  # as a spreadsheet counts, whatever lines are inside its cells
            yield number, [unguarded(cell_text(cell)) for cell in cells]
    except csv.Error as error:
        raise refused("broken", name=file.name) from error
