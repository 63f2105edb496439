"""Excel workbooks: read line by line in bounded memory, and written so that every cell is text."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

MOST_COLUMNS = 200
LONGEST_CELL = 32767  # Excel's own limit
WIDTH, WIDE, BROAD_FROM = 14, 48, 20
MOST_RANGES = 5
_CHUNK, _OVERLAP = 1 << 16, 200
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"')
_FORMULA = "f"


class Sheet:
    """One sheet of a workbook: the one of the wanted name, or else the first; raises whatever a broken one causes."""

    def __init__(self, data: bytes, wanted: str) -> None:
        self._data = data
        book: Any = load_workbook(BytesIO(data), read_only=True, keep_links=False)
        self._sheet = book[wanted] if wanted in book.sheetnames else book.worksheets[0]

    def lines(self) -> Iterator[list[tuple[object, bool]]]:
        """Each line's values, and whether they are formulas."""
        self._sheet.reset_dimensions()  # what a file says of its own size may be wrong
        for cells in self._sheet.iter_rows(max_col=MOST_COLUMNS):
            yield [(cell.value, cell.data_type == _FORMULA) for cell in cells]

    def merged(self) -> list[str]:
        """The first merged ranges, found by passing once over the sheet's own text."""
        found: list[str] = []
        path = str(self._sheet._worksheet_path).lstrip("/")
        with zipfile.ZipFile(BytesIO(self._data)) as archive, archive.open(path) as stream:
            kept = b""
            while (chunk := stream.read(_CHUNK)) and len(found) < MOST_RANGES:
                text, last = kept + chunk, 0
                for match in _MERGED.finditer(text):
                    found.append(match[1].decode())
                    last = match.end()
                kept = text[max(last, len(text) - _OVERLAP) :]
        return found[:MOST_RANGES]


def written(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """A workbook of these sheets, the first line of each its heads. Raises ValueError for what no cell can hold."""
    book = Workbook(write_only=True)
    for name, lines in sheets.items():
        sheet: Any = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, line in enumerate(lines):
            if number == 0:
                for place, head in enumerate(line, start=1):
                    sheet.column_dimensions[get_column_letter(place)].width = WIDTH if len(head) < 3 else BROAD_FROM
            sheet.append([_cell(sheet, text, is_head=number == 0) for text in line])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, text: str, *, is_head: bool) -> Any:
    if len(text) > LONGEST_CELL:
        raise ValueError(f"{len(text)} characters in one cell")
    cell: Any = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # also where it would begin a formula
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_head:
        cell.font = Font(bold=True)
    return cell
