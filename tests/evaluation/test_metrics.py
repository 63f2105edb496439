"""Every figure against an example computed by hand."""

import pytest

from evaluation.metrics import (
    Scores,
    accuracy,
    calibration_error,
    confusion,
    macro_f1,
    mean_reciprocal_rank,
    percentile,
    rank,
    recall_at,
    reliability,
    risk_at,
    risk_coverage,
    scores,
)

# two questions, four problems, one thank-you; "other" is no label of its own
PAIRS = [
    ("ask", "ask"),
    ("ask", "report"),
    ("report", "report"),
    ("report", "report"),
    ("report", "ask"),
    ("report", "other"),
    ("talk", "talk"),
]


def test_a_rank_is_the_place_of_the_first_relevant_one() -> None:
    assert rank(["a", "b", "c"], {"c", "b"}) == 2
    assert rank(["a", "b"], {"x"}) is None


def test_recall_counts_questions_with_a_hit_among_the_first() -> None:
    ranks = [1, 3, None, 6]
    assert recall_at(1, ranks) == 0.25
    assert recall_at(5, ranks) == 0.5


def test_the_mean_reciprocal_rank_takes_late_hits_for_none() -> None:
    assert mean_reciprocal_rank([1, 2, None, 11], 10) == pytest.approx((1 + 1 / 2) / 4)


def test_accuracy_is_the_share_that_came_as_expected() -> None:
    assert accuracy(PAIRS) == pytest.approx(4 / 7)


def test_precision_and_recall_of_one_label_are_counted_against_all_others() -> None:
    assert scores(PAIRS, "report") == Scores(precision=2 / 3, recall=0.5, f1=4 / 7)


def test_a_label_that_never_occurs_scores_nothing() -> None:
    assert scores(PAIRS, "suggest") == Scores(0.0, 0.0, 0.0)


def test_macro_f1_is_the_mean_over_the_labels_that_were_expected() -> None:
    assert macro_f1(PAIRS) == pytest.approx((0.5 + 4 / 7 + 1) / 3)


def test_the_confusion_says_how_often_each_label_came_as_which() -> None:
    assert confusion(PAIRS)["report"] == {"ask": 1, "other": 1, "report": 2}


def test_the_calibration_error_weighs_the_gap_of_each_bin_by_its_size() -> None:
    # bin 0.9: mean 0.95, share right 0.5; bin 0.2: mean 0.2, none right
    chances = [(0.92, True), (0.98, False), (0.2, False)]
    assert calibration_error(chances) == pytest.approx(2 / 3 * 0.45 + 1 / 3 * 0.2)


def test_a_probability_of_one_belongs_to_the_last_bin() -> None:
    assert calibration_error([(1.0, True), (0.95, True)]) == pytest.approx(0.025)


def test_without_probabilities_there_is_no_calibration_error() -> None:
    assert calibration_error([]) == 0.0


def test_the_reliability_holds_a_point_for_each_bin_that_is_not_empty() -> None:
    bins = reliability([(0.92, True), (0.98, False), (0.2, False)])
    assert bins == [(0.2, 0.0, 1), (pytest.approx(0.95), 0.5, 2)]


def test_risk_and_coverage_follow_the_threshold() -> None:
    chances = [(0.9, True), (0.8, False), (0.8, True), (0.1, False)]
    assert risk_coverage(chances) == [(0.25, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]
    assert risk_at(chances, 0.85) == (0.25, 0.0)
    assert risk_at(chances, 0.95) == (0.0, 0.0)
    assert risk_coverage([]) == []


def test_a_percentile_lies_between_its_neighbours() -> None:
    assert percentile([10, 20, 30, 40, 50], 50) == 30
    assert percentile([10, 20], 95) == pytest.approx(19.5)
