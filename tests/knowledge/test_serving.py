"""A reviewed case through the real model: asked at publishing, and live once citizens get its answer."""

from pathlib import Path

import pytest

from foundation.database import Database
from foundation.settings import load_settings
from knowledge import reviewed_cases
from knowledge.embedder import Embedder
from knowledge.local import LocalValues
from knowledge.publishing import CORPUS, build
from knowledge.reviewed_cases import Expected
from knowledge.serving import note_serving
from knowledge.store import Store

FILES = ("户口与身份证/id-card-lost.md", "户口与身份证/id-card-renew.md", "婚姻/marriage-register.md")
ASKED = "身份证不见了怎么补办"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(load_settings().model_dir, threads=2)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    store = Store(database)
    for name in FILES:
        store.seed((CORPUS / name).read_text(encoding="utf-8"))
    return database


def publish(root: Path, database: Database, embedder: Embedder) -> int:
    with database.reading() as connection:
        cases = reviewed_cases.all_cases(connection)
    new = build(root, Store(database), embedder, LocalValues("示例市"), [], lambda text: None, reviewed=cases)
    return note_serving(database, new, embedder)


def save(database: Database, turn: int, question: str, entry: str, *, asked: bool = True) -> None:
    with database.writing() as connection:
        expected = Expected(question, entry, "answered", corrects=True, state="asked" if asked else "aside")
        reviewed_cases.save(connection, "c", turn, "wang", expected)


def test_a_case_is_asked_and_is_live_when_its_question_is_answered(
    tmp_path: Path, database: Database, embedder: Embedder
) -> None:
    assert publish(tmp_path / "s", database, embedder) == 0
    save(database, 1, ASKED, "id-card-lost")
    save(database, 2, "今天天气怎么样", "id-card-lost")
    assert publish(tmp_path / "s", database, embedder) == 1
    with database.reading() as connection:
        waits, lives = reviewed_cases.corrections(connection)
        assert lives.live_by == "answer" and lives.live_at >= lives.judged_at and waits.live_at is None
    assert publish(tmp_path / "s", database, embedder) == 0


def test_a_newer_revision_brings_nothing_as_long_as_the_question_is_not_answered(
    tmp_path: Path, database: Database, embedder: Embedder
) -> None:
    save(database, 1, "今天天气怎么样", "marriage-register", asked=False)
    save(database, 2, "结婚登记要带什么", "marriage-register", asked=False)
    text = (CORPUS / FILES[2]).read_text(encoding="utf-8")
    Store(database).seed(text.replace("## 说人话", "## 说人话\n", 1))
    assert publish(tmp_path / "s", database, embedder) == 1
    with database.writing() as connection:
        lives, waits = reviewed_cases.corrections(connection)
        assert (lives.question, lives.live_by, waits.live_at) == ("结婚登记要带什么", "revision", None)
        assert reviewed_cases.note_rolled_back(connection, lives.live_snapshot) == 0
        assert reviewed_cases.note_rolled_back(connection, "20200101T000000000000") == 1
        assert len(reviewed_cases.waiting(connection)) == 2, "an earlier snapshot does not answer it"


def test_one_question_with_two_right_entries_is_one_case(database: Database) -> None:
    save(database, 1, "身份证的事", "id-card-lost")
    save(database, 2, "身份证的事", "id-card-renew")
    save(database, 3, "身份证的事", "id-card-renew")
    with database.reading() as connection:
        [case] = reviewed_cases.all_cases(connection)
    assert case["relevant"] == ["id-card-lost", "id-card-renew"]
