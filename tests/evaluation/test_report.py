"""What a run leaves behind: a report that a person can read anywhere, with its plots inside."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evaluation import plots
from evaluation.page import page
from evaluation.report import Findings, answer_from, base_folder, save, table
from foundation.settings import load_settings


def test_a_page_holds_its_plots_and_loads_nothing() -> None:
    made = page("评测", "# 评测\n\n![召回率](a.svg)\n\n![别处](http://example.com/x.png)", {"a.svg": "<svg/>"})
    assert re.findall(r'src="([^"]*)"', made) == ["data:image/svg+xml;base64,PHN2Zy8+"]
    assert 'alt="召回率"' in made
    assert "![别处](http://example.com/x.png)" in made
    assert "width=device-width" in made


def test_what_a_citizen_wrote_stays_text() -> None:
    written = table(["问题"], [["<script>alert(1)</script>| *好* [点](http://x)\n第二行"]])
    made = page("评测", written, {})
    assert "<script>" not in made
    assert "<a " not in made
    assert "*好* [点](http://x) 第二行</td>" in made


def test_a_run_leaves_the_report_twice_and_each_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    findings = Findings({}, "![图](a.svg)", plots={"a.svg": "<svg/>"})
    folder = save(load_settings(), "answers", {"commit": "x"}, findings)
    assert {path.name for path in folder.iterdir()} == {
        "a.svg", "cases.jsonl", "report.html", "report.md", "results.json", "settings.json",
    }  # fmt: skip
    assert "![图](a.svg)" in (folder / "report.md").read_text(encoding="utf-8")
    assert "data:image/svg+xml" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "drawn",
    [
        plots.bars(["recall@1", "recall@5"], {"keyword": [0.5, 0.6], "dense": [0.7, 0.8]}),
        plots.reliability([(0.2, 0.1, 5), (0.9, 0.95, 20)]),
        plots.reliability([]),
        plots.risk_coverage([(0.2, 0.0), (1.0, 0.3)], {"0.80": (0.2, 0.0)}),
        plots.risk_coverage([], {}),
        plots.growth([1000, 10_000], {"vectors": [0.2, 0.7], "words": [0.1, 0.2]}),
    ],
)
def test_every_plot_is_well_formed(drawn: str) -> None:
    assert ElementTree.fromstring(drawn).tag.endswith("svg")


def test_the_same_plot_is_the_same_text() -> None:
    assert plots.bars(["a"], {"b": [0.5]}) == plots.bars(["a"], {"b": [0.5]})


def test_the_unmodified_model_lies_beside_a_tuned_one(tmp_path: Path) -> None:
    model = tmp_path / "embedding"
    model.mkdir()
    assert base_folder(model) == model
    (tmp_path / "embedding-base").mkdir()
    assert base_folder(model) == tmp_path / "embedding-base"


def test_before_the_first_snapshot_there_is_no_threshold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    assert answer_from(load_settings()) is None
