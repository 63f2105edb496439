"""Ranks the finds of one question by everything that speaks for them; the weights are fitted on written cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from knowledge.retriever import Find

SIGNS = (
    "cosine", "question", "crowd", "title", "facet", "keyword", "near_miss", "coverage", "rare_coverage", "spelling",
    "sound",
)  # fmt: skip
RESTRAINT = 3.0  # how strongly weights are held near the shipped ones: few cases must not turn the ranking over
LEAST_SPREAD = 1e-3
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Ranker:
    """A weighted sum of signs; the weights are in the order of SIGNS."""

    weights: tuple[float, ...]

    def scores(self, finds: Sequence["Find"]) -> list[float]:
        """A score for each find, comparable within one question."""
        scored: list[float] = (signs(finds) @ np.array(self.weights)).tolist()
        return scored


def signs(finds: Sequence["Find"]) -> Matrix:
    """One row a find, one column a sign."""
    return np.array([[getattr(find, name) for name in SIGNS] for find in finds])


def fit(questions: Sequence[tuple[Sequence["Find"], frozenset[str]]], start: Ranker) -> Ranker:
    """The weights under which the right finds of these questions come first most surely (a conditional logit).

    Takes what was found for each question and which entries are right; questions whose right entry was not found
    teach nothing. Returns `start` where no question teaches anything.
    """
    from scipy.optimize import minimize  # only a build needs it

    taught = [(signs(finds), np.array([find.entry in right for find in finds])) for finds, right in questions]
    taught = [(rows, right) for rows, right in taught if right.any() and not right.all()]
    if not taught:
        return start
    begun = np.array(start.weights)
    spread = np.std(np.concatenate([rows - rows.mean(axis=0) for rows, _ in taught]), axis=0)
    step = 1 / np.maximum(spread, LEAST_SPREAD)  # so that a small change of any sign moves the ranking alike

    def loss(moved: Matrix) -> tuple[float, Matrix]:
        weights = begun + moved * step
        total, slope = RESTRAINT * float(moved @ moved) / 2, RESTRAINT * moved
        for rows, right in taught:
            chances = np.exp(rows @ weights - np.max(rows @ weights))
            chances /= chances.sum()
            hit = max(float(chances[right].sum()), 1e-12)
            total -= float(np.log(hit))
            slope = slope - ((chances * right / hit - chances) @ rows) * step
        return total, slope

    best = minimize(loss, np.zeros(len(begun)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return Ranker(tuple(float(weight) for weight in begun + best.x * step))
