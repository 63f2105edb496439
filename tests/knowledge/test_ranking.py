"""Ranking: weights learn from written cases which sign tells the right entry from the wrong one."""

from dataclasses import replace

import pytest

from knowledge.ranking import SIGNS, Ranker, fit
from knowledge.retriever import Find

NOTHING = Find("", 0, 0.8, 0.8, 0.8, 0.8, 0.8, 0.5, 0.0, 0.5, 0.5, 0.2, 0.2, "")
START = Ranker(tuple(0.0 for _ in SIGNS))


def found(**signs: float) -> list[Find]:
    """A wrong and a right find that differ in these signs."""
    return [replace(NOTHING, entry="wrong"), replace(NOTHING, entry="right", **signs)]  # type: ignore[arg-type]


def test_a_sign_that_tells_right_from_wrong_gains_weight_and_one_that_misleads_loses_it() -> None:
    cases = [(found(title=0.86, keyword=0.2), frozenset({"right"})) for _ in range(30)]
    weights = dict(zip(SIGNS, fit(cases, START).weights, strict=True))
    assert weights["title"] > 0 > weights["keyword"]


def test_the_fitted_ranker_puts_the_right_find_first() -> None:
    cases = [(found(crowd=0.83), frozenset({"right"})) for _ in range(10)]
    wrong, right = fit(cases, START).scores(found(crowd=0.83))
    assert right > wrong


@pytest.mark.parametrize("relevant", [frozenset(), frozenset({"wrong", "right"}), frozenset({"not found"})])
def test_questions_that_teach_nothing_leave_the_weights_as_they_were(relevant: frozenset[str]) -> None:
    assert fit([(found(title=0.9), relevant)], START) == START
