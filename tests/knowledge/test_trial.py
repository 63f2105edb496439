"""Trying drafts, through the real model: what is found, what a draft changes, and what is said without vectors."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest

from foundation.database import Database
from foundation.settings import load_settings
from knowledge import snapshot
from knowledge.confidence import Confidence
from knowledge.decision import Decision
from knowledge.embedder import Embedder
from knowledge.entry import parse
from knowledge.local import LocalValues
from knowledge.publishing import CORPUS, build
from knowledge.store import Store
from knowledge.trial import Trial
from knowledge.vector_index import Vectors

LOST = parse((CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8"))
CASE = "昨晚把身份证弄没了，补一张要几天"
STRANGE = tuple(f"红烧肉第{number}种做法放多少糖" for number in range(10))
TODAY = date(2026, 11, 23)
LOCAL = LocalValues("示例市")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(load_settings().model_dir, threads=2)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[snapshot.Snapshot]:
    folder = tmp_path_factory.mktemp("trial")
    database = Database(f"sqlite:///{folder / 'x.db'}")
    database.create_tables()
    store = Store(database)
    for path in sorted((CORPUS / "户口与身份证").glob("*.md")):
        store.seed(path.read_text(encoding="utf-8"))
    cases = folder / "cases.jsonl"
    cases.write_text(json.dumps({"id": "1", "question": CASE, "relevant": [LOST.id]}), encoding="utf-8")
    yield build(folder / "s", store, embedder, LOCAL, [cases], lambda text: None)
    database.close()


@pytest.fixture
def trial(built: snapshot.Snapshot, embedder: Embedder) -> Trial:
    return Trial(built, lambda texts, searched: (embedder.passages if searched else embedder.queries)(list(texts)))


def no_vectors(texts: Sequence[str], searched: bool) -> Vectors | None:
    return None


def test_a_question_finds_its_entry_with_a_decision_and_its_probability(trial: Trial) -> None:
    found = trial.ask("身份证丢了怎么补", TODAY)
    assert found.finds[0].entry == LOST.id and not found.by_words_only
    assert found.decision.kind == "answer" and 0 < found.decision.probabilities[0] <= 1


def test_what_is_withdrawn_is_not_found(trial: Trial) -> None:
    found = trial.ask("身份证丢了怎么补", TODAY, withdrawn=[LOST.id])
    assert found.finds and LOST.id not in [find.entry for find in found.finds]


def test_a_draft_that_changes_nothing_changes_no_case(trial: Trial) -> None:
    drafted = trial.with_draft(LOST, LOCAL)
    assert drafted
    effect = trial.effect(LOST.id, drafted)
    assert (effect.tried, effect.better, effect.worse, effect.otherwise) == (1, [], [], [])


def test_a_case_that_is_only_told_another_way_is_named(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted = trial.with_draft(LOST, LOCAL)
    kinds = iter(("answer", "ask_back"))
    monkeypatch.setattr(Confidence, "decide", lambda *_: Decision(next(kinds), (), ""))
    assert drafted and trial.effect(LOST.id, drafted).otherwise == [(CASE, "answer", "ask_back")]


def test_a_draft_that_no_longer_speaks_of_it_hurts_the_saved_case(trial: Trial) -> None:
    facets = tuple(replace(facet, text="先炒糖色，再炖一小时。") for facet in LOST.facets)
    lead = "红烧肉先炒糖色，再炖一小时，最后收汁。"
    strange = replace(LOST, title="红烧肉怎么做", official_names=(), questions=STRANGE, lead=lead, facets=facets)
    drafted = trial.with_draft(strange, LOCAL)
    assert drafted
    assert trial.effect(LOST.id, drafted).worse == [CASE]
    assert trial.ask("红烧肉第3种做法放多少糖", TODAY, retriever=drafted).finds[0].entry == LOST.id


def test_without_vectors_it_goes_by_words_and_says_so_and_judges_no_new_words(built: snapshot.Snapshot) -> None:
    trial = Trial(built, no_vectors)
    found = trial.ask("身份证丢了怎么补", TODAY)
    assert found.by_words_only and LOST.id in [find.entry for find in found.finds]
    assert trial.with_draft(LOST, LOCAL) is not None, "what it says already has its vectors"
    assert trial.with_draft(replace(LOST, questions=STRANGE), LOCAL) is None
