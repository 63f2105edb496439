"""Lines of cells, from whatever kind of table, as pieces."""

from collections.abc import Iterable, Iterator

from knowledge.importing.columns import EXAMPLE, heads
from knowledge.importing.piece import Piece, limits
from knowledge.importing.rows import is_empty, piece
from knowledge.importing.words import place, problem, refused
from knowledge.sources import Shelf

FORMULA = "="
Line = tuple[int, list[str]]  # its number in the file, and its cells
_ERROR_VALUES = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}


def pieces(lines: Iterable[Line], name: str, shelf: Shelf) -> Iterator[Piece]:
    """The entries of a table whose first line that is not empty names the columns."""
    named: list[str] = []
    for number, cells in lines:
        if not any(cells):
            continue
        if not named:
            named = heads(cells, name)
            continue
        by_column = {column: cell for column, cell in zip(named, cells, strict=False) if column}
        if is_empty(by_column) or by_column["标题"].startswith(EXAMPLE):
            continue
        yield _piece(place("row", name=name, row=number), by_column, shelf)
    if not named:
        raise refused("empty")


def _piece(where: str, cells: dict[str, str], shelf: Shelf) -> Piece:
    problems = []
    for column, text in cells.items():
        if text.startswith(FORMULA):
            problems.append(problem("formula", column=column))
        elif text in _ERROR_VALUES:
            problems.append(problem("error_value", column=column, value=text))
    if problems:  # a formula's result is not in the text, so the rest would mislead
        sound = {column: text for column, text in cells.items() if not text.startswith(FORMULA)}
        found = piece(where, sound, shelf)
        return Piece(where, found.markdown, (*problems, *found.problems))
    return piece(where, cells, shelf)


def counted(found: Iterable[Piece], name: str) -> Iterator[Piece]:
    """The same pieces; raises Refused when there are more than one import may bring."""
    for count, one in enumerate(found, start=1):
        if count > limits()["rows"]:
            raise refused("rows", name=name, most=limits()["rows"])
        yield one
