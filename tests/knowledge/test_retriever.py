"""The retriever over a handful of passages with vectors that one can read."""

from datetime import date

import numpy as np
import pytest

from knowledge.fitting import own_samples, shipped_ranker
from knowledge.keyword_index import KeywordIndex
from knowledge.retriever import CASE, NEAR_MISS, QUESTION, TITLE, Lifetimes, Passage, Retriever
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex, Vectors

CARD, LICENCE, CASE_TEXT = "id-card-lost", "driving-licence-lost", "钱包丢了证件也没了"
PASSAGES = {
    Passage(CARD, TITLE, "身份证丢了怎么补"): (1, 0, 0),
    Passage(CARD, QUESTION, "身份证掉了咋办"): (0.9, 0.1, 0),
    Passage(CARD, CASE, CASE_TEXT): (0.6, 0, 0.8),
    Passage(LICENCE, TITLE, "驾驶证丢了怎么补"): (0, 1, 0),
    Passage(LICENCE, QUESTION, "驾照弄丢了"): (0.1, 0.9, 0),
    Passage(LICENCE, NEAR_MISS, "身份证掉了咋整"): (0.8, 0.2, 0),
}


def unit(*numbers: float) -> Vectors:
    vector = np.array(numbers, dtype=np.float32)
    length: Vectors = vector / np.linalg.norm(vector)
    return length


def retriever(lifetimes: Lifetimes | None = None) -> Retriever:
    tokenizer, passages = Tokenizer(), list(PASSAGES)
    return Retriever(
        passages,
        VectorIndex.build(np.stack([unit(*numbers) for numbers in PASSAGES.values()])),
        KeywordIndex.build([tokenizer.words(passage.text) for passage in passages]),
        tokenizer,
        shipped_ranker(),
        lifetimes,
    )


def test_the_entry_that_is_meant_comes_first_with_what_speaks_for_it() -> None:
    found = retriever().search("身份证掉了咋办", unit(0.9, 0.1, 0))
    assert [find.entry for find in found] == [CARD, LICENCE]
    assert found[0].passage == "身份证掉了咋办" and found[0].spelling == pytest.approx(1.0)
    assert found[0].near_miss == 0 < found[1].near_miss, "a near miss speaks against the entry that holds it"


def test_a_slip_that_sounds_right_is_heard() -> None:
    found = retriever().search("身分证掉了咋办", unit(0.9, 0.1, 0))
    assert found[0].sound == pytest.approx(1.0)
    assert found[0].spelling < 0.9


def test_what_is_not_valid_on_the_day_is_not_found() -> None:
    ended: Lifetimes = {CARD: (None, date(2026, 6, 30))}
    assert CARD in [find.entry for find in retriever(ended).search("身份证", unit(1, 0, 0), on=date(2026, 6, 30))]
    assert CARD not in [find.entry for find in retriever(ended).search("身份证", unit(1, 0, 0), on=date(2026, 7, 1))]
    begins: Lifetimes = {CARD: (date(2027, 1, 1), None)}
    assert CARD not in [find.entry for find in retriever(begins).search("身份证", unit(1, 0, 0), on=date(2026, 7, 1))]


def test_a_saved_case_leads_to_its_entry_and_is_hidden_when_it_is_asked_itself() -> None:
    searched = retriever()
    hidden = searched.own_case(CASE_TEXT)
    [before, _] = searched.search(CASE_TEXT, unit(0.6, 0, 0.8))
    [after, *_] = searched.search(CASE_TEXT, unit(0.6, 0, 0.8), without=hidden)
    assert before.cosine == pytest.approx(1.0) and after.cosine < 0.9
    assert before.coverage == after.coverage, "the words of a case are not the entry's"
    assert searched.own_case("没有存过") == []


def test_nothing_is_found_in_nothing_visible() -> None:
    searched = retriever()
    assert searched.search("身份证", unit(1, 0, 0), without=range(len(PASSAGES))) == []


@pytest.mark.parametrize(("most", "asked"), [(9, [CARD, LICENCE]), (2, [CARD, LICENCE]), (1, [CARD])])
def test_of_the_own_questions_no_more_are_asked_than_wanted(most: int, asked: list[str]) -> None:
    vectors = np.stack([unit(*numbers) for numbers in PASSAGES.values()])
    samples = own_samples(retriever(), vectors, most)
    assert [set(sample.relevant) for sample in samples[::2]] == [{entry} for entry in asked]
    assert CARD not in [find.entry for find in samples[1].finds], "the second time its whole entry is hidden"
