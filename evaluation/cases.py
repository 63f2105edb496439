"""Cases and documents: JSON objects, one a line."""

import json
from pathlib import Path
from typing import Any

from evaluation.errors import EvaluationError

FOLDER = Path(__file__).parent / "cases"
Case = dict[str, Any]


def shipped(kind: str, split: str) -> Path:
    """The project's own cases of a kind: retrieval, routing, emergency or unanswerable; test or development."""
    return FOLDER / f"{kind}-{split}.jsonl"


def read(path: Path, *needed: str) -> list[Case]:
    """The object of every line, `id` as text. Raises EvaluationError where one is broken or an id comes twice."""
    lines = [(f"{path.name} 第 {number} 行", line) for number, line in enumerate(_lines(path), 1) if line.strip()]
    found = [_read_line(line, where, needed) for where, line in lines]
    if not found:
        raise EvaluationError(f"{path} 里没有内容。")
    if len({one["id"] for one in found}) < len(found):
        raise EvaluationError(f"{path} 里有重复的 id。")
    return found


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").split("\n")  # splitlines would also cut at U+2028 inside a string


def _read_line(line: str, where: str, needed: tuple[str, ...]) -> Case:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise EvaluationError(f"{where}不是 JSON:{error}") from error
    missing = [name for name in ("id", *needed) if not isinstance(found, dict) or name not in found]
    if missing:
        raise EvaluationError(f"{where}缺少 {'、'.join(missing)}。")
    return {**found, "id": str(found["id"])}
