"""Kernel ridge regression: from how alike texts are to a score for every label.

It has one setting, a closed solution, and takes a few wrong labels lightly, because no row can pull the scores far.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

Matrix = NDArray[np.float64]
FEWEST_FOLDS, MOST_FOLDS = 3, 10
SEED = 7


def solved(kernel: Matrix, targets: Matrix, restraint: float) -> Matrix:
    """The weight of each row for each label; more restraint trusts single rows less."""
    return np.asarray(cho_solve(cho_factor(kernel + restraint * np.eye(len(kernel))), targets), np.float64)


def left_out(kernel: Matrix, targets: Matrix, restraint: float, folds: NDArray[np.int64]) -> Matrix:
    """The scores that each row gets from the rows of the other folds."""
    scores = np.empty_like(targets)
    for inside, outside in _parts(folds):
        weights = solved(kernel[np.ix_(inside, inside)], targets[inside], restraint)
        scores[outside] = kernel[np.ix_(outside, inside)] @ weights
    return scores


def folds_of(places: NDArray[np.int64], groups: Sequence[str]) -> NDArray[np.int64]:
    """A fold for each row: groups stay whole, and every label is spread evenly over the folds.

    Evenly, because a label that misses more of its rows than others loses to them: with few rows a label, that alone
    would make the product look worse than it is.
    """
    by_label = [sorted({groups[row] for row in np.flatnonzero(places == label)}) for label in np.unique(places)]
    count = int(np.clip(np.median([len(own) for own in by_label]), FEWEST_FOLDS, MOST_FOLDS))
    random = np.random.default_rng(SEED)
    fold: dict[str, int] = {}
    for own in by_label:
        start = int(random.integers(count))
        for turn, group in enumerate(random.permutation(own)):
            fold.setdefault(str(group), (start + turn) % count)
    return np.array([fold[group] for group in groups])


def _parts(folds: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    for fold in np.unique(folds):
        yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
