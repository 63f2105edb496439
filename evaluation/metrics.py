"""Every figure that an evaluation reports, computed in one place."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Pair = tuple[str, str]  # what was expected, what came
Chance = tuple[float, bool]  # a stated probability, and whether it came true


@dataclass(frozen=True)
class Scores:
    """Precision, recall and their harmonic mean, each from 0 to 1; 0 where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float


def rank(ranked: Sequence[str], relevant: Collection[str]) -> int | None:
    """The place of the first relevant one, counted from 1; None where there is none."""
    return next((place for place, one in enumerate(ranked, 1) if one in relevant), None)


def recall_at(k: int, ranks: Sequence[int | None]) -> float:
    """The share of questions with a relevant one among the first k."""
    return sum(place is not None and place <= k for place in ranks) / len(ranks)


def mean_reciprocal_rank(ranks: Sequence[int | None], within: int) -> float:
    """The mean of 1 / place; a place beyond `within` counts as none."""
    return sum(1 / place for place in ranks if place is not None and place <= within) / len(ranks)


def accuracy(pairs: Sequence[Pair]) -> float:
    """The share that came as expected."""
    return sum(expected == got for expected, got in pairs) / len(pairs)


def scores(pairs: Iterable[Pair], label: str) -> Scores:
    """How one label does against all others."""
    counted = Counter((expected == label, got == label) for expected, got in pairs)
    hits, missed, false = counted[True, True], counted[True, False], counted[False, True]
    return Scores(_share(hits, hits + false), _share(hits, hits + missed), _share(2 * hits, 2 * hits + missed + false))


def macro_f1(pairs: Sequence[Pair]) -> float:
    """The mean F1 of the labels that were expected at least once."""
    labels = {expected for expected, _ in pairs}
    return sum(scores(pairs, label).f1 for label in labels) / len(labels)


def confusion(pairs: Iterable[Pair]) -> dict[str, dict[str, int]]:
    """How often each expected label came as which."""
    table: dict[str, dict[str, int]] = {}
    for (expected, got), count in sorted(Counter(pairs).items()):
        table.setdefault(expected, {})[got] = count
    return table


def reliability(chances: Sequence[Chance], bins: int = 10) -> list[tuple[float, float, int]]:
    """For each equal bin that holds any: the mean probability, the share right, and how many there are."""
    by_bin: dict[int, list[Chance]] = {}
    for chance, right in chances:
        by_bin.setdefault(min(int(chance * bins), bins - 1), []).append((chance, right))
    held = [by_bin[place] for place in sorted(by_bin)]
    return [
        (sum(said for said, _ in one) / len(one), sum(came for _, came in one) / len(one), len(one)) for one in held
    ]


def calibration_error(chances: Sequence[Chance], bins: int = 10) -> float:
    """The expected calibration error: |mean probability - share right| of each equal bin, weighed by its size."""
    return _share(sum(abs(said - came) * count for said, came, count in reliability(chances, bins)), len(chances))


def risk_at(chances: Sequence[Chance], threshold: float) -> tuple[float, float]:
    """The share answered when answering from this probability on, and the share wrong among those."""
    answered = [right for chance, right in chances if chance >= threshold]
    return _share(len(answered), len(chances)), _share(answered.count(False), len(answered))


def risk_coverage(chances: Sequence[Chance]) -> list[tuple[float, float]]:
    """The share answered and the share wrong among those, for every threshold that changes them, strictest first."""
    return [risk_at(chances, threshold) for threshold in sorted({chance for chance, _ in chances}, reverse=True)]


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` percent of the values do not exceed, interpolated."""
    return float(np.percentile(values, share))


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
