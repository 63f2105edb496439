"""Both indexes as the knowledge grows: the same finds, and searches that stay quick."""

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation import cases
from evaluation.growth import measure
from evaluation.growth_step import grown_vectors, grown_words
from foundation.settings import load_settings
from knowledge import snapshot
from knowledge.embedder import Embedder
from knowledge.keyword_index import KeywordIndex
from knowledge.pointer import current
from knowledge.vector_index import VectorIndex, Vectors

DIMENSION = 32


@pytest.fixture(scope="module")
def real() -> Vectors:
    found = np.random.default_rng(1).standard_normal((100, DIMENSION), np.float32)
    unit: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def test_grown_vectors_begin_with_the_real_ones_and_are_of_unit_length(real: Vectors) -> None:
    made = grown_vectors(real, 1000)
    assert np.allclose(made[:100], real, atol=1e-6)
    assert np.allclose(np.linalg.norm(made, axis=1), 1)
    assert np.array_equal(made, grown_vectors(real, 1000))
    assert np.sum(made[100:200] * real, axis=1) == pytest.approx(np.full(100, 0.98), abs=0.02)


def test_grown_words_are_real_words() -> None:
    made = grown_words([["身份证", "补办", "多久"], [], ["公积金"]], 9)
    assert made[:3] == [["身份证", "补办", "多久"], [], ["公积金"]]
    assert [len(words) for words in made] == [3, 0, 1] * 3
    assert {word for words in made for word in words} <= {"身份证", "补办", "多久", "公积金"}


def test_few_vectors_are_searched_exactly_and_many_in_cells_with_nearly_the_same_finds(real: Vectors) -> None:
    made = grown_vectors(real, 20_000)
    exact, cells = VectorIndex.build(made), VectorIndex.build(made, exact_up_to=10_000)
    assert exact.exact
    assert not cells.exact
    shared = [len(set(exact.search(one, 10)[0]) & set(cells.search(one, 10)[0])) for one in made[-100:]]
    assert sum(shared) / 1000 >= 0.95
    assert np.array_equal(cells.at([7, 19_999]), made[[7, 19_999]])
    assert np.array_equal(cells.vectors(), made)


def test_an_index_in_cells_is_the_same_after_it_was_written_and_read(real: Vectors, tmp_path: Path) -> None:
    made = grown_vectors(real, 5_000)
    built = VectorIndex.build(made, exact_up_to=1_000)
    built.save(tmp_path / "vectors.faiss")
    loaded = VectorIndex.load(tmp_path / "vectors.faiss")
    assert loaded.search(made[4_000], 20) == built.search(made[4_000], 20)
    assert np.array_equal(loaded.at([3, 1]), made[[3, 1]])


def test_words_find_what_the_library_finds_in_the_same_order(tmp_path: Path) -> None:
    passages = grown_words([["身份证", "补办", "多久"], ["公积金", "多久"], ["身份证", "身份证", "丢"], []], 500)
    KeywordIndex.build(passages).save(tmp_path / "words")
    index = KeywordIndex.load(tmp_path / "words")
    for words in (["身份证"], ["多久", "多久", "公积金"], ["丢", "没有的词"]):
        known = [word for word in words if word != "没有的词"]
        scores = index._index.get_scores(known)
        order = np.argsort(-scores, kind="stable")
        found, held = index.search(words, 500)
        assert (found, held) == (order.tolist(), scores[order].tolist())
        assert index.search(words, 20)[1] == held[:20]
        assert index.search(words, 499) == (found[:499], held[:499])  # those without any word come in their order
    assert index.search(["没有的词"], 5) == ([], [])
    assert len(index.search(["丢"], 10_000)[0]) == 500


@pytest.mark.prove
def test_a_thousand_and_ten_thousand_passages_are_searched_in_milliseconds() -> None:
    settings = load_settings()
    folder = current(settings.data_dir / "snapshots")
    assert folder is not None
    questions = [case["question"] for case in cases.read(cases.shipped("retrieval", "development"), "question")]
    found = measure(snapshot.load(folder), Embedder(settings.model_dir), questions, [1_000, 10_000])
    assert [row["passages"] for row in json.loads(json.dumps(found.result))["sizes"]] == [1_000, 10_000]
    for row in found.result["sizes"]:
        assert row["vectors"]["exact"]
        assert row["vectors"]["recall@10"] >= 0.999
        assert row["vectors"]["median_ms"] < 20
        assert row["keywords"]["median_ms"] < 20
        assert row["vectors"]["peak_mib"] < 1024
