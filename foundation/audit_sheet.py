"""The trace as a file: JSON lines for programs, CSV for a spreadsheet, in pieces so that it may be long."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from foundation.sheet import BOM, rows

COLUMNS = ("number", "at", "actor", "act", "subject", "facts", "digest")
PIECE = 500  # rows
Row = dict[str, Any]


def written(found: Iterable[Row], form: str) -> Iterator[bytes]:
    """The file in a form of FORMS, piece by piece."""
    head, lines = FORMS[form]
    yield head.encode()
    rest = iter(found)
    while piece := list(islice(rest, PIECE)):
        yield lines(piece).encode()


def _json_lines(lines: list[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines)


def _csv(lines: list[Row]) -> str:
    told = (row | {"facts": json.dumps(row["facts"], ensure_ascii=False)} for row in lines)
    return rows([row[name] for name in COLUMNS] for row in told)


FORMS: dict[str, tuple[str, Callable[[list[Row]], str]]] = {
    "jsonl": ("", _json_lines),
    "csv": (f"{BOM}{','.join(COLUMNS)}\r\n", _csv),
}
