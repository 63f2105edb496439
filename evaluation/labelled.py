"""Labelled texts: CSV with the columns id, text and label, or the project's own reports, one JSON object a line."""

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from evaluation import cases
from evaluation.errors import EvaluationError

COLUMNS = ("id", "text", "label")


@dataclass(frozen=True)
class Labelled:
    """One text; those of a group say the same thing in different words."""

    id: str
    text: str
    label: str
    group: str


def read_csv(path: Path) -> list[Labelled]:
    """Every row; quoted fields may hold line breaks. Raises EvaluationError for missing columns, labels or rows."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    reader = csv.DictReader(io.StringIO(_decoded(path), newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise EvaluationError(f"{path} 缺少列 {'、'.join(missing)}。")
    rows = [{name: (row[name] or "").strip() for name in COLUMNS} for row in reader]
    unlabelled = [row["id"] for row in rows if not row["label"]]
    if unlabelled:
        raise EvaluationError(f"{path} 里有 {len(unlabelled)} 行没有 label,第一行的 id 是“{unlabelled[0]}”。")
    if not rows:
        raise EvaluationError(f"{path} 里没有内容。")
    return [Labelled(row["id"], row["text"], row["label"], row["text"] or row["id"]) for row in rows]


def read_reports(path: Path) -> list[Labelled]:
    """The project's own reports: a leaf of the category tree is the label, a situation the group."""
    lines = cases.read(path, "text", "leaf", "situation")
    return [Labelled(line["id"], line["text"], line["leaf"], line["situation"]) for line in lines]


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")  # what spreadsheets in China write
