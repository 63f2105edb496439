"""Every figure that an evaluation reports, computed in one place."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Pair = tuple[str, str]  # what was expected, what came


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


def calibration_error(chances: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """The expected calibration error: |mean probability - share right| of each equal bin, weighed by its size."""
    by_bin: dict[int, list[tuple[float, bool]]] = {}
    for chance, right in chances:
        by_bin.setdefault(min(int(chance * bins), bins - 1), []).append((chance, right))
    gaps = [abs(sum(chance - right for chance, right in members)) for members in by_bin.values()]
    return _share(sum(gaps), len(chances))


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` percent of the values do not exceed, interpolated."""
    return float(np.percentile(values, share))


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
