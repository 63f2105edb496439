"""Suggestions: by rules, by the model, without vectors, by what people confirmed; and when a new model serves."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hotline.catalogue import catalogue
from hotline.dispatch import rules
from hotline.dispatch.blend import doubt_of
from hotline.dispatch.classifier import read
from hotline.dispatch.confirmed import Confirmed
from hotline.dispatch.learning import REPORTS, TICKETS, Trained, category_phrases, train
from hotline.dispatch.store import KEPT, Level, Model, current, load, new_version, save
from hotline.dispatch.suggestion import CATEGORY, MODEL, RULE, WORDS, Dispatcher
from hotline.dispatch.vectors import MOST_PIECES, PIECE, Remembering, vectors_of
from tests.hotline.dispatching import EMBEDDING, as_vectors, few_reports, no_vectors

BENCH = "公园里的长椅断了一条腿,坐上去要摔跤"
WAGES = "老板欠了我们三个月工资一直不发"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A first model."""
    folder = tmp_path_factory.mktemp("dispatch")
    train(folder, few_reports(), [], as_vectors, EMBEDDING)
    return folder


@pytest.fixture
def first(root: Path) -> Model:
    folder = current(root)
    assert folder is not None
    return load(folder)


def ticket(what: str, category: str = "", number: str = "20261123-000001") -> Any:
    return SimpleNamespace(number=number, what=what, place="", category=category)


def confirmed(text: str, category: str, department: str, number: int) -> Confirmed:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Confirmed(f"20261123-{number:06}", text, category, department, at, None)


def benches(department: str, start: int = 1, count: int = 6) -> list[Confirmed]:
    return [confirmed(f"{place}公园的椅子坏了", "park", department, start + place) for place in range(count)]


def retrained(root: Path, tickets: list[Confirmed]) -> Trained:
    return train(root, few_reports(), tickets, as_vectors, EMBEDDING)


def test_the_model_names_category_department_and_the_phrase_that_is_nearest(root: Path) -> None:
    made = Dispatcher(root, as_vectors).suggest(BENCH)
    assert made is not None
    assert (made.category, made.department, made.source) == ("park", "parks", MODEL)
    assert "公园" in made.reason and "公园和广场" in made.reason
    assert 0.5 < made.confidence <= 1
    assert len(made.others) == 3 and made.others[0][1] < made.confidence


def test_a_rule_wins_over_the_model_and_says_why(root: Path) -> None:
    made = Dispatcher(root, as_vectors).suggest("公园门口的路灯不亮了,长椅也坏了")
    assert made is not None
    assert (made.category, made.department, made.source) == ("street-light", "urban-management", RULE)
    assert made.reason == "按规则:说的是路灯。"


def test_a_rule_is_trusted_as_far_as_it_was_right() -> None:
    rule = rules.matching("井盖丢了")
    assert rule is not None
    assert rules.chance({}, rule) == 0.5
    decided = [("井盖丢了", "manhole", "urban-management")] * 8 + [("井盖坏了,车胎爆了", "road-damage", "housing")] * 2
    assert rules.chance(rules.counted(decided), rule) == pytest.approx(9 / 12)


def test_without_vectors_it_goes_by_words_and_says_so(root: Path) -> None:
    made = Dispatcher(root, no_vectors).suggest(BENCH)
    assert made is not None
    assert (made.category, made.source) == ("park", WORDS)
    assert "按用词" in made.reason


def test_vectors_of_another_model_are_not_used(root: Path) -> None:
    made = Dispatcher(root, lambda texts: np.ones((len(texts), 7), np.float32)).suggest(BENCH)
    assert made is not None and made.source == WORDS


def test_a_category_that_people_set_stands(root: Path) -> None:
    made = Dispatcher(root, as_vectors).for_ticket(ticket(BENCH, category="trees"))
    assert made is not None
    assert (made.category, made.department, made.source) == ("trees", "parks", CATEGORY)
    assert "树木和绿化" in made.reason


def test_before_the_first_model_nothing_is_suggested(tmp_path: Path) -> None:
    assert Dispatcher(tmp_path, as_vectors).for_ticket(ticket(BENCH)) is None


def test_a_new_model_is_taken_up_without_a_restart(tmp_path: Path, first: Model) -> None:
    dispatcher = Dispatcher(tmp_path, as_vectors)
    for _ in range(2):
        folder = save(tmp_path, replace(first, about=replace(first.about, version=new_version())))
        made = dispatcher.suggest(BENCH)
        assert made is not None and made.model == folder.name


def test_what_was_saved_judges_the_same_and_only_the_last_few_are_kept(tmp_path: Path, first: Model) -> None:
    for _ in range(KEPT + 2):
        folder = save(tmp_path, replace(first, about=replace(first.about, version=new_version())))
    again = load(folder)
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == KEPT
    for vectors in (as_vectors([BENCH]), None):
        texts = read([BENCH], vectors)
        judged = again.classifier.probabilities(texts)
        assert np.allclose(judged, first.classifier.probabilities(texts), atol=1e-6)
        assert judged.sum() == pytest.approx(1)


def test_tickets_that_mostly_went_elsewhere_take_their_category_along(tmp_path: Path) -> None:
    retrained(tmp_path, benches("urban-management"))
    made = Dispatcher(tmp_path, as_vectors).for_ticket(ticket(BENCH))
    assert made is not None
    assert (made.category, made.department) == ("park", "urban-management")
    assert "6 张里有 6 张派给了城市管理局" in made.reason
    assert len(made.similar) == 3 and made.similar[0] in made.reason


def test_a_ticket_is_not_similar_to_itself(tmp_path: Path) -> None:
    retrained(tmp_path, benches("parks"))
    own = benches("parks")[2]
    made = Dispatcher(tmp_path, as_vectors).for_ticket(ticket(own.text, number=own.number))
    assert made is not None and own.number not in made.similar and made.similar


def test_the_model_learns_from_corrections(tmp_path: Path) -> None:
    word = "飞絮棉球机故障"
    taught = [confirmed(f"{place}号{word}", "courier", "postal", place) for place in range(8)]
    before = retrained(tmp_path, []).about
    unknown = Dispatcher(tmp_path, as_vectors).suggest(f"九号{word}")
    assert unknown is not None and unknown.category != "courier"
    after = retrained(tmp_path, taught).about
    assert (before.confirmed, after.confirmed) == (0, 8)
    learned = Dispatcher(tmp_path, as_vectors).suggest(f"九号{word}")
    assert learned is not None and learned.category == "courier"


def test_a_model_that_is_worse_on_the_reports_does_not_serve(tmp_path: Path, first: Model) -> None:
    better = replace(first, about=replace(first.about, version=new_version(), accuracy=1.01))
    folder = save(tmp_path, better)
    trained = retrained(tmp_path, [])
    assert (trained.switched, trained.judged_on, trained.old) == (False, REPORTS, 1.01)
    assert trained.new == pytest.approx(first.about.accuracy)
    assert current(tmp_path) == folder
    assert trained.result["switched"] is False


def test_tickets_that_the_old_model_did_not_know_decide(tmp_path: Path, first: Model) -> None:
    save(tmp_path, first)
    trained = retrained(tmp_path, benches("urban-management", count=25))
    # the old one sends all of them to the parks; the new one learns from the others where each of them goes
    assert (trained.switched, trained.judged_on, trained.count) == (True, TICKETS, 25)
    assert trained.old == 0 and trained.new > 0.9


def test_where_the_old_model_was_right_more_often_it_stays(tmp_path: Path, first: Model) -> None:
    folder = save(tmp_path, first)
    mostly, others = benches("parks", count=13), benches("urban-management", start=101, count=14)
    trained = retrained(tmp_path, [*mostly, *others])
    # without itself, each of the 14 leaves a draw, and each of the 13 a majority for the other department
    assert trained.old == pytest.approx(13 / 27)
    assert (trained.new, trained.switched) == (0, False)
    assert current(tmp_path) == folder


def test_another_embedding_cannot_be_compared_and_serves(tmp_path: Path, first: Model) -> None:
    strange = replace(first.about, version=new_version(), accuracy=1.01, embedding="another")
    save(tmp_path, replace(first, about=strange))
    trained = retrained(tmp_path, [])
    assert trained.switched and trained.old is None


def test_every_category_has_phrases_and_every_phrase_a_category() -> None:
    phrases = category_phrases(as_vectors)
    assert set(phrases.of) == set(catalogue().categories)
    assert all(len(set(own)) >= 8 for own in phrases.of.values())
    assert len(phrases.vectors) == sum(len(own) for own in phrases.of.values())


def test_wrong_labels_leave_doubt_that_changes_no_order() -> None:
    random = np.random.default_rng(1)
    places = random.integers(0, 4, 400)
    scores = np.eye(4)[places] * 6 + random.normal(size=(400, 4))
    mislabelled = np.where(random.random(400) < 0.1, (places + 1) % 4, places)
    doubt = doubt_of(scores, mislabelled)
    found = doubt.probabilities(scores)
    assert doubt_of(scores, places).share < 0.05 < doubt.share
    assert np.allclose(found.sum(axis=1), 1)
    assert (found.argsort(axis=1) == scores.argsort(axis=1)).all()
    assert found.max(axis=1).mean() == pytest.approx(0.9, abs=0.03)


def test_learning_without_vectors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="vectors"):
        train(tmp_path, few_reports(), [], no_vectors, EMBEDDING)
    assert current(tmp_path) is None


def test_learning_again_asks_for_the_vectors_of_new_texts_only(tmp_path: Path) -> None:
    asked: list[str] = []

    def counting(texts: list[str]) -> Any:
        asked.extend(texts)
        return np.eye(len(texts), 5, dtype=np.float32)

    for texts, new in ((["甲", "乙", "甲"], ["甲", "乙"]), (["乙", "丙"], ["丙"]), (["甲", "乙"], ["甲"])):
        remembering = Remembering(tmp_path / "vectors.npz", EMBEDDING, counting)
        asked.clear()
        found = remembering(texts)
        assert (asked, found is not None and len(found)) == (new, len(texts))
        remembering.save()
    assert Remembering(tmp_path / "vectors.npz", "another", counting)(["乙"]) is not None and asked[-1] == "乙"
    assert Remembering(tmp_path / "vectors.npz", EMBEDDING, no_vectors)(["丁"]) is None


def test_a_long_report_is_read_in_pieces_and_not_without_end() -> None:
    asked: list[str] = []

    def counting(texts: list[str]) -> Any:
        asked.extend(texts)
        return np.eye(len(texts), 9, dtype=np.float32)

    found = vectors_of(["甲" * (PIECE + 1), "", "乙" * PIECE * 9], counting)
    assert [len(text) for text in asked] == [PIECE, 1, 0, *[PIECE] * MOST_PIECES]
    assert found is not None and found.shape == (3, 9)
    assert np.allclose(np.linalg.norm(found, axis=1), 1)


def test_a_level_is_kept_with_its_model(tmp_path: Path, first: Model) -> None:
    level = Level(0.93, 0.4, 0.98, 300)
    folder = save(tmp_path, replace(first, about=replace(first.about, version=new_version(), automatic=level)))
    assert load(folder).about.automatic == level
