"""`wenzheng evaluate retrieval` on a few documents, with the real model."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from commands.evaluate import evaluate
from evaluation.report import base_folder
from evaluation.searchable import CHUNK_LENGTH, chunks, documents
from foundation.settings import load_settings
from knowledge.embedder import Embedder
from knowledge.model_folder import DESCRIPTION

DOCUMENTS = [
    {"id": "card", "title": "居民身份证法第十一条", "text": "丢失居民身份证的,应当申请补领。" + "换领新证。" * 60},
    {"id": "leave", "title": "职工带薪年休假条例第三条", "text": "职工累计工作已满1年不满10年的,年休假5天。"},
    {"id": "noise", "title": "噪声污染防治法第六十四条", "text": "夜间在公共场所组织娱乐活动,应当控制音量。"},
]
CASES = [
    {"id": 1, "question": "身份证掉了咋补", "relevant": ["card"]},
    {"id": 2, "question": "上了三年班,一年能歇几天带薪的假", "relevant": ["leave"]},
    {"id": 3, "question": "广场舞音响吵得睡不着", "relevant": ["noise", "unknown"]},
]


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


def run(folder: Path, documents: list[dict[str, Any]], cases: list[dict[str, Any]], *more: str) -> Result:
    for name, lines in (("documents", documents), ("cases", cases)):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    files = ["--documents", str(folder / "documents.jsonl"), "--cases", str(folder / "cases.jsonl")]
    return CliRunner().invoke(evaluate, ["retrieval", *files, "--json", *more])


def test_the_figures_come_in_the_form_of_the_contract(data_dir: Path, tmp_path: Path) -> None:
    ran = run(tmp_path, DOCUMENTS, CASES)
    assert ran.exit_code == 0, ran.output
    figures = json.loads(ran.stdout)
    assert set(figures) == {"queries", "systems"}
    assert figures["queries"] == 3
    assert list(figures["systems"]) == ["keyword", "dense", "product"]
    for system in figures["systems"].values():
        assert set(system) == {"recall@1", "recall@5", "mrr@10", "ms_per_query"}
    # 广场舞 and 音响 stand in no document: words alone cannot find it, vectors can
    assert figures["systems"]["keyword"]["recall@5"] < 1
    assert figures["systems"]["dense"]["recall@1"] == 1
    assert figures["systems"]["product"]["mrr@10"] == 1


def test_a_run_leaves_settings_results_cases_and_a_report(data_dir: Path, tmp_path: Path) -> None:
    ran = run(tmp_path, DOCUMENTS, CASES)
    (folder,) = (data_dir / "evaluations").iterdir()
    held = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    assert held["weights"]["signs"]["cosine"] > 0
    assert len(held["base_model"]) == 64
    assert [len(held["files"][role]["sha256"]) for role in ("cases", "documents")] == [64, 64]
    assert len(held["model"]) == 64
    assert json.loads((folder / "results.json").read_text(encoding="utf-8")) == json.loads(ran.stdout)
    lines = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["ranked"]["product"][0] for line in lines] == ["card", "leave", "noise"]
    assert "recall@1" in (folder / "report.md").read_text(encoding="utf-8")


def test_cases_of_other_documents_are_refused_instead_of_scored_zero(data_dir: Path, tmp_path: Path) -> None:
    ran = run(tmp_path, DOCUMENTS, [{"id": 1, "question": "身份证", "relevant": ["elsewhere"]}])
    assert ran.exit_code == 1
    assert "relevant" in ran.output
    assert not (data_dir / "evaluations").exists()


def test_documents_that_words_cannot_find_are_refused_instead_of_scored_zero(data_dir: Path, tmp_path: Path) -> None:
    blank = [{"id": name, "title": name * 3, "text": ""} for name in "。?!"]
    ran = run(tmp_path, blank, [{"id": 1, "question": "身份证", "relevant": ["。"]}])
    assert ran.exit_code == 1
    assert "keyword" in ran.output


def test_cases_of_unseen_entries_are_reported_apart(data_dir: Path, tmp_path: Path) -> None:
    ran = run(tmp_path, DOCUMENTS, [CASES[0], CASES[1] | {"unseen": True}, CASES[2]])
    figures = json.loads(ran.stdout)
    assert [figures[part]["queries"] for part in ("unseen", "seen")] == [1, 2]
    assert figures["unseen"]["systems"]["product"]["recall@1"] == 1
    assert figures["unseen"]["systems"].keys() == figures["systems"].keys()
    (folder,) = (data_dir / "evaluations").iterdir()
    assert "没见过的" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.prove
def test_dense_uses_the_unmodified_model_beside_a_tuned_one(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = load_settings().model_dir.resolve()
    (tmp_path / "embedding-base").symlink_to(shipped)
    tuned = tmp_path / "embedding"
    tuned.mkdir()
    for part in shipped.iterdir():
        if part.name != DESCRIPTION:
            (tuned / part.name).symlink_to(part)
    (tuned / DESCRIPTION).write_text(json.dumps({"query_prefix": "问:", "passage_prefix": "答:"}), encoding="utf-8")
    base = base_folder(tuned)
    found = documents(DOCUMENTS, base, tuned)
    texts = [passage.text for passage in found.passages]
    assert np.allclose(found.base_vectors.vectors(), Embedder(base).passages(texts), atol=1e-4)
    assert not np.allclose(found.base_vectors.vectors(), Embedder(tuned).passages(texts), atol=1e-2)
    monkeypatch.setenv("WENZHENG_MODEL_DIR", str(tuned))
    ran = run(tmp_path, DOCUMENTS, CASES)
    assert json.loads(ran.stdout)["systems"]["dense"]["recall@1"] == 1
    (folder,) = (data_dir / "evaluations").iterdir()
    held = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    assert held["model"] != held["base_model"]


def test_the_response_selector_is_compared_on_entries_only(data_dir: Path, tmp_path: Path) -> None:
    ran = run(tmp_path, DOCUMENTS, CASES, "--response-selector")
    assert ran.exit_code == 2
    assert "--response-selector" in ran.output


def test_a_missing_model_is_one_sentence(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_MODEL_DIR", str(tmp_path / "nothing"))
    ran = run(tmp_path, DOCUMENTS, CASES)
    assert ran.exit_code == 1
    assert "nothing" in ran.output


def test_chunks_are_short_end_with_sentences_and_lose_nothing() -> None:
    sentence = "因公外出期间丢失的,也可以在就近的派出所申请。"
    text = sentence * 20
    cut = chunks(text)
    assert "".join(cut) == text
    assert all(len(chunk) <= CHUNK_LENGTH and chunk.endswith("。") for chunk in cut)
    assert len(cut) == -(-20 // (CHUNK_LENGTH // len(sentence)))


def test_a_sentence_without_end_is_cut_all_the_same() -> None:
    assert [len(chunk) for chunk in chunks("甲" * 500)] == [220, 220, 60]
    assert chunks("  \n ") == []
