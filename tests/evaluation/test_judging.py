"""The rules by which an answer is judged."""

from typing import Any

import pytest

from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.judging import Verdict, check, judge, leads, message, top_candidate
from knowledge.card import FIRST_THINGS


def case(kind: str = "answerable", **expect: Any) -> Case:
    return {"id": "c", "kind": kind, "turns": ["问"], "expect": expect}


def card(entry: str = "id-card-lost", facets: tuple[str, ...] = ("带什么", "多久")) -> dict[str, Any]:
    folded = [{"name": name, "text": "……"} for name in facets]
    origin = {"kind": "entry", "id": entry, "revision": 1}
    return {"type": "card", "text": "工本费40元。依据:某法", "lead": "工本费40元。", "facets": folded, "origin": origin}


def answer(outcome: str = "answered", *replies: dict[str, Any], evidence: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {"outcome": outcome, "replies": list(replies) or [card()], "evidence": list(evidence)}


def sorry() -> dict[str, Any]:
    origin = {"kind": "response", "id": "utter_no_answer", "revision": None}
    return answer("no_answer", {"type": "text", "text": "我这里还没有。", "origin": origin})


def test_the_right_entry_is_right_and_another_is_wrong() -> None:
    expected = case(entries=["id-card-lost", "id-card-renew"])
    assert judge(expected, answer()) == Verdict(answered=True, wrong=False, right=True)
    another = answer("answered", card("passport-apply"))
    assert judge(expected, another) == Verdict(answered=True, wrong=True, right=False)


def test_only_the_first_reply_names_the_origin() -> None:
    assert judge(case(entries=["id-card-lost"]), answer("answered", card("passport-apply"), card())).wrong


@pytest.mark.parametrize("outcome", ["answered", "answered_facet", "calculated"])
def test_three_outcomes_answer(outcome: str) -> None:
    assert judge(case(), answer(outcome)).answered


@pytest.mark.parametrize("outcome", ["clarifying", "no_answer", "out_of_scope", "collecting", "emergency"])
def test_every_other_outcome_declines_and_is_not_wrong(outcome: str) -> None:
    verdict = judge(case(entries=["passport-apply"]), answer(outcome))
    assert not verdict.answered
    assert not verdict.wrong
    assert not verdict.right


def test_each_group_must_have_one_of_its_phrases_in_what_is_shown_before_unfolding() -> None:
    assert judge(case(must_have_any=[["40元", "四十元"], ["工本费"]]), answer()).right
    missing = judge(case(must_have_any=[["40元"], ["60天"]]), answer())
    assert missing.wrong
    assert not missing.right
    # the phrase stands in the text, but the citizen must unfold to see it
    assert judge(case(must_have_any=[["某法"]]), answer()).wrong


def test_a_forbidden_phrase_is_wrong() -> None:
    assert judge(case(must_not=["免费", "40元"]), answer()).wrong
    assert judge(case(must_not=["免费"]), answer()).right


def test_whatever_answers_the_unanswerable_is_wrong() -> None:
    expected = case("unanswerable", outcomes=["no_answer", "clarifying"])
    assert judge(expected, answer()).wrong
    declined = judge(expected, sorry())
    assert declined.right
    assert not declined.wrong


def test_an_answer_where_asking_back_was_expected_is_not_right() -> None:
    expected = case("ask_back", outcomes=["clarifying"])
    assert judge(expected, answer()) == Verdict(answered=True, wrong=False, right=False)


def test_a_facet_holds_when_the_card_leads_with_it() -> None:
    expected = case("follow_up", facet="多少钱")
    short = card(facets=(FIRST_THINGS, "带什么"))
    long = card(facets=("多少钱", FIRST_THINGS, "带什么"))
    whole = card(facets=("带什么", "多少钱"))
    another = card(facets=(FIRST_THINGS, "多少钱"))
    right = [judge(expected, answer("answered_facet", one)).right for one in (short, long, whole, another)]
    assert right == [True, True, False, False]
    assert not judge(expected, sorry()).right


def test_what_is_shown_is_the_lead_or_the_text_where_there_is_none() -> None:
    assert leads(answer("answered", card())) == ["工本费40元。"]
    assert leads(sorry()) == ["我这里还没有。"]


def test_the_first_candidate_is_compared_with_the_entries() -> None:
    evidence = ({"entry": "id-card-lost", "probability": 0.9}, {"entry": "id-card-renew", "probability": 0.1})
    found = answer(evidence=evidence)
    assert top_candidate(case(entries=["id-card-lost"]), found) == (0.9, True)
    assert top_candidate(case(entries=["id-card-renew"]), found) == (0.9, False)
    assert top_candidate(case("unanswerable"), found) == (0.9, False)
    assert top_candidate(case(), found) is None
    assert top_candidate(case(entries=["id-card-lost"]), answer()) is None


def test_a_turn_is_a_text_or_an_object() -> None:
    assert message("您好") == {"text": "您好"}
    assert message({"payload": "/affirm"}) == {"payload": "/affirm"}


@pytest.mark.parametrize(
    "broken", [case("guess"), {**case(), "turns": []}, case(entry="id-card-lost")], ids=["kind", "turns", "expectation"]
)
def test_a_case_that_cannot_be_judged_is_refused(broken: Case) -> None:
    with pytest.raises(EvaluationError):
        check(broken)
