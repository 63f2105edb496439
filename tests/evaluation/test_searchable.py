"""The project's own entries as an evaluation searches them: a small snapshot, with the real model."""

from dataclasses import replace
from pathlib import Path

import pytest

from evaluation import searchable
from evaluation.errors import EvaluationError
from evaluation.systems import systems
from foundation.settings import load_settings
from knowledge import snapshot
from knowledge.confidence import Confidence
from knowledge.embedder import Embedder
from knowledge.fitting import shipped_ranker
from knowledge.keyword_index import KeywordIndex
from knowledge.retriever import LEAD, QUESTION, TITLE, Passage
from knowledge.snapshot import Material
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex

TEXTS = {
    "id-card-lost": ("身份证丢了怎么补", "到派出所补领,工本费40元。", "身份证掉了咋办"),
    "marriage-register": ("怎么领结婚证", "两个人一起到民政局登记,不收钱。", "领证要带户口本吗"),
}
PASSAGES = [
    Passage(entry, kind, text)
    for entry, texts in TEXTS.items()
    for kind, text in zip((TITLE, LEAD, QUESTION), texts, strict=True)
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(load_settings().model_dir)


def written(folder: Path, embedder: Embedder, model: str) -> Path:
    material = Material(dict.fromkeys(TEXTS, 1), {entry: texts[0] for entry, texts in TEXTS.items()}, [], "", PASSAGES)
    tokenizer, texts = Tokenizer(), [passage.text for passage in PASSAGES]
    vectors = VectorIndex.build(embedder.passages(texts))
    keywords = KeywordIndex.build([tokenizer.words(text) for text in texts])
    confidence = Confidence(mean=(), scale=(), weights=(), bias=0.0, answer_from=0.9)
    snapshot.write(folder, replace(material, model=model), vectors, keywords, shipped_ranker(), confidence)
    return folder


def test_every_system_searches_the_entries_of_a_snapshot(tmp_path: Path, embedder: Embedder) -> None:
    model = load_settings().model_dir
    folder = written(tmp_path / "snapshot", embedder, embedder.fingerprint)
    found = searchable.entries(folder, model, model)
    assert found.known_positive() == PASSAGES[2]
    ways = systems(found, embedder, embedder)
    assert {name: way("身份证找不到了,怎么补")[0] for name, way in ways.items()} == dict.fromkeys(ways, "id-card-lost")


def test_a_snapshot_of_another_model_is_refused_instead_of_scored(tmp_path: Path, embedder: Embedder) -> None:
    model = load_settings().model_dir
    folder = written(tmp_path / "snapshot", embedder, "another")
    with pytest.raises(EvaluationError, match="另一个向量模型"):
        searchable.entries(folder, model, model)
