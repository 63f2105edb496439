"""Several scores for every label joined into one calibrated probability.

The probability of a label is the softmax of a weighted sum of its scores. The weights are fitted on scores of rows that
the scorers had not learned from, so a sum that is too bold is scaled down and a scorer that knows nothing gets zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Matrix = NDArray[np.float64]
FLATNESS = 0.3  # of the scores that stand for doubt


def softmax(scores: Matrix) -> Matrix:
    """Each row as probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)


def joined(scorers: Sequence[Matrix], weights: Sequence[float]) -> Matrix:
    """The weighted sum."""
    return np.asarray(sum(weight * scores for weight, scores in zip(weights, scorers, strict=True)), np.float64)


def fitted(scorers: Sequence[Matrix], places: NDArray[np.int64]) -> tuple[list[float], float]:
    """The weights, none below zero, under which the right labels are likeliest; and how unlikely they still are."""
    stacked, rows = np.stack(scorers), np.arange(len(places))
    own = stacked[:, rows, places]

    def unlikely(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        chances = softmax(np.tensordot(weights, stacked, 1))
        slope = [((chances * scores).sum(axis=1) - right).mean() for scores, right in zip(stacked, own, strict=True)]
        return float(-np.log(chances[rows, places] + 1e-12).mean()), np.array(slope)

    start = np.ones(len(scorers))
    found = minimize(unlikely, start, jac=True, bounds=[(0, None)] * len(start), method="L-BFGS-B")
    return [float(weight) for weight in found.x], float(found.fun)


@dataclass(frozen=True)
class Doubt:
    """How far the blend is believed: some answers are wrong for no reason that the scores could know."""

    sharpness: float = 1.0
    share: float = 0.0

    def probabilities(self, scores: Matrix) -> Matrix:
        """The softmax of the scores, sharpened, and mixed with a much flatter one; the order stays."""
        sharp = scores * self.sharpness
        return (1 - self.share) * softmax(sharp) + self.share * softmax(sharp * FLATNESS)


def doubt_of(scores: Matrix, places: NDArray[np.int64]) -> Doubt:
    """The doubt under which the right labels of rows that were left out are likeliest."""
    rows = np.arange(len(places))

    def believed(values: NDArray[np.float64]) -> Doubt:
        return Doubt(float(np.exp(values[0])), float(expit(values[1])))

    def unlikely(values: NDArray[np.float64]) -> float:
        return float(-np.log(believed(values).probabilities(scores)[rows, places] + 1e-12).mean())

    return believed(minimize(unlikely, np.array([0.0, -3.0]), method="Nelder-Mead").x)
