"""Files of cases: what is wrong with one is said with its line."""

from pathlib import Path

import pytest

from evaluation.cases import read, shipped
from evaluation.errors import EvaluationError


def write(folder: Path, *lines: str) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_shipped_file_can_be_read() -> None:
    fields = {"retrieval": ("question", "relevant"), "routing": ("text", "route"), "emergency": ("text", "danger")}
    for kind, needed in fields.items():
        for split in ("test", "development"):
            assert len(read(shipped(kind, split), *needed)) >= 100


def test_an_id_is_text_and_empty_lines_are_nothing(tmp_path: Path) -> None:
    assert read(write(tmp_path, '{"id": 7}', "", '{"id": "b"}')) == [{"id": "7"}, {"id": "b"}]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['{"id": "a", "text": "x"}', "{"], "第 2 行"),
        (['{"id": "a"}'], "text"),
        (['["a"]'], "第 1 行"),
        (['{"id": "a", "text": ""}', '{"id": "a", "text": ""}'], "重复"),
        ([""], "没有内容"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        read(write(tmp_path, *lines), "text")
