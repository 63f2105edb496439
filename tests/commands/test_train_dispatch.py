"""`wenzheng tickets train-dispatch`: what it says, and that a worse model is refused."""

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.tickets import tickets
from hotline.dispatch.store import current, load, new_version, save
from knowledge.embedder import Embedder
from tests.hotline.dispatching import as_vectors, few_reports, lines


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty place with few reports, and every text embedded once in a run of the tests."""
    as_vectors(["好"])
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(Embedder, "__init__", lambda self, folder, threads=1: None)
    monkeypatch.setattr(Embedder, "queries", lambda self, texts: as_vectors(texts))
    monkeypatch.setattr(Embedder, "fingerprint", "the same")
    reports = [{"text": one.text, "leaf": one.category, "situation": one.situation} for one in few_reports()]
    path = tmp_path / "reports.jsonl"
    path.write_text(lines(reports), encoding="utf-8")
    monkeypatch.setattr(import_module("commands.tickets"), "REPORTS", path)
    yield tmp_path / "dispatch"


def test_the_first_model_serves_and_nothing_is_automatic_yet(place: Path) -> None:
    ran = CliRunner().invoke(tickets, ["train-dispatch"])
    assert ran.exit_code == 0, ran.output
    assert "已换上新的" in ran.output and "还不自动派单" in ran.output
    assert current(place) is not None


def test_the_same_again_is_no_worse_and_a_program_can_read_it(place: Path) -> None:
    CliRunner().invoke(tickets, ["train-dispatch"])
    ran = CliRunner().invoke(tickets, ["train-dispatch", "--json"])
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert (ran.exit_code, figures["switched"], figures["judged_on"]) == (0, True, "reports")
    assert figures["old"] == figures["new"] > 0.5
    assert (figures["reports"], figures["confirmed"], figures["automatic"]) == (36, 0, None)


def test_a_worse_model_is_refused_with_both_figures(place: Path) -> None:
    CliRunner().invoke(tickets, ["train-dispatch"])
    folder = current(place)
    assert folder is not None
    old = load(folder)
    better = save(place, replace(old, about=replace(old.about, version=new_version(), accuracy=1.01)))
    ran = CliRunner().invoke(tickets, ["train-dispatch"])
    assert ran.exit_code == 1
    assert f"新的对 {old.about.accuracy:.1%},现在用的对 101.0%。新的更差" in ran.output
    assert current(place) == better
