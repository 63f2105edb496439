"""Tables as CSV that a spreadsheet opens as it is meant: it reads the Chinese, and no cell begins a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # without it Excel takes the Chinese for something else
_FORMULA = r"'*[=+\-@\t\r\n]."  # a sign alone is none
_BEGINS_FORMULA = re.compile(_FORMULA, re.DOTALL)
_GUARD = re.compile(f"'(?={_FORMULA})", re.DOTALL)


def sheet(lines: Iterable[Sequence[object]]) -> bytes:
    """A whole file, in UTF-8 with its mark."""
    return (BOM + rows(lines)).encode()


def rows(lines: Iterable[Sequence[object]]) -> str:
    """Lines of cells without the mark, for a file that is written in pieces."""
    text = io.StringIO()
    csv.writer(text).writerows([_guarded(cell) for cell in line] for line in lines)
    return text.getvalue()


def unguarded(cell: str) -> str:
    """A cell of such a file as it was given."""
    return cell[1:] if _GUARD.match(cell) else cell


def _guarded(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _BEGINS_FORMULA.match(cell) else cell
