"""Snapshots, through the real model: built aside, swapped in one step, a broken one leaves the old one serving."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.database import Database
from foundation.settings import load_settings
from knowledge import pointer, snapshot
from knowledge.confidence import sample_of
from knowledge.decision import ANSWER
from knowledge.embedder import Embedder
from knowledge.local import LocalValues
from knowledge.publishing import CORPUS, build
from knowledge.snapshot import SnapshotReader
from knowledge.store import Store

DOMAINS = ("户口与身份证", "婚姻")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(load_settings().model_dir)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('store') / 'x.db'}")
    database.create_tables()
    store = Store(database)
    for path in sorted(path for domain in DOMAINS for path in (CORPUS / domain).glob("*.md")):
        store.seed(path.read_text(encoding="utf-8"))
    yield store
    database.close()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, store: Store, embedder: Embedder) -> Path:
    root = tmp_path_factory.mktemp("snapshots")
    build(root, store, embedder, LocalValues("示例市"), [], lambda text: None)
    return root


def test_every_entry_is_found_by_each_of_its_own_questions(root: Path, store: Store, embedder: Embedder) -> None:
    folder = pointer.current(root)
    assert folder is not None
    built = snapshot.load(folder)
    asked = [(revision.entry.id, question) for revision in store.published() for question in revision.entry.questions]
    vectors = embedder.queries([question for _, question in asked])
    missed = [
        question
        for (entry, question), vector in zip(asked, vectors, strict=True)
        if built.retriever.search(question, vector)[0].entry != entry
    ]
    assert len(missed) <= len(asked) * 0.02, missed


def test_a_near_miss_leads_away_to_the_other_entry(root: Path, store: Store, embedder: Embedder) -> None:
    folder = pointer.current(root)
    assert folder is not None
    built = snapshot.load(folder)
    # only where the other entry is in this small snapshot can a question lead to it
    misses = [
        (one.entry.id, miss.question)
        for one in store.published()
        for miss in one.entry.not_for
        if miss.entry in built.revisions
    ]
    assert len(misses) > 50
    vectors = embedder.queries([question for _, question in misses])
    wrong = [
        question
        for (entry, question), vector in zip(misses, vectors, strict=True)
        if built.retriever.search(question, vector)[0].entry == entry
    ]
    assert len(wrong) <= len(misses) * 0.1, wrong


def test_a_question_out_of_the_blue_gets_a_low_probability(root: Path, embedder: Embedder) -> None:
    folder = pointer.current(root)
    assert folder is not None
    built = snapshot.load(folder)
    for question in ("红烧肉怎么做好吃", "今天股市涨了吗"):
        decision = built.confidence.decide(sample_of(built.retriever, question, embedder.queries([question])[0]), 5)
        assert decision.kind != ANSWER, decision


def test_readers_follow_a_good_snapshot_and_ignore_a_broken_one(root: Path, store: Store, embedder: Embedder) -> None:
    reader = SnapshotReader(root, every=0.05)
    first = reader.snapshot.name
    broken = root / "99990101T000000"
    broken.mkdir()
    (broken / "manifest.json").write_text("{half")
    pointer.point_to(broken)
    time.sleep(0.5)
    assert reader.snapshot.name == first, "the old one goes on serving"
    good = build(root, store, embedder, LocalValues("示例市"), [], lambda text: None)
    deadline = time.monotonic() + 60
    while reader.snapshot.name != good.name and time.monotonic() < deadline:
        time.sleep(0.05)
    reader.close()
    assert reader.snapshot.name == good.name


def test_only_the_last_ten_snapshots_are_kept(tmp_path: Path) -> None:
    folders = [tmp_path / f"2026{month:02d}" for month in range(1, 13)]
    for folder in folders:
        folder.mkdir()
    pointer.point_to(folders[0])
    pointer.forget_old(tmp_path)
    assert {path for path in tmp_path.iterdir() if path.is_dir()} == {folders[0], *folders[-10:]}
