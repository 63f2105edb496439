"""How sure a find is: a calibrated probability that the entry answers the question, and what follows from it."""

import json
import math
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.decision import ANSWER, ASK_BACK, NOTHING, RULES, Decision
from knowledge.retriever import Find, Retriever
from knowledge.vector_index import Vectors

FIELD = slice(5, 15)  # the finds that are not in question: how far a find rises above them says much
FOLDS = 10
RESTRAINT = 0.3


@dataclass(frozen=True)
class Sample:
    """One question: what was found for it and, where that is known, which entries are right (none: no entry is)."""

    question: str
    words: int
    finds: tuple[Find, ...]
    relevant: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Confidence:
    """A logistic model over what speaks for a find, and the probability from which the assistant answers."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    answer_from: float
    reliability: list[dict[str, float]] = field(default_factory=list)  # of probabilities that cross-validation gave

    def probability(self, sample: Sample, position: int) -> float:
        """The probability that the find at `position` answers the question."""
        features = zip(_features(sample, position), self.mean, self.scale, self.weights, strict=True)
        return _sigmoid(self.bias + sum(weight * (value - mean) / scale for value, mean, scale, weight in features))

    def decide(self, sample: Sample, limit: int) -> Decision:
        """Answer from the first find, ask back, or admit that there is nothing; `limit` finds get a probability."""
        probabilities = tuple(self.probability(sample, i) for i in range(min(limit, len(sample.finds))))
        best = probabilities[0] if probabilities else 0.0
        if best >= self.answer_from:
            return Decision(ANSWER, probabilities, f"{best:.2f} ≥ {self.answer_from:.2f}")
        if best >= RULES["ask_floor"]:
            return Decision(ASK_BACK, probabilities, f"{RULES['ask_floor']:.2f} ≤ {best:.2f} < {self.answer_from:.2f}")
        return Decision(NOTHING, probabilities, f"{best:.2f} < {RULES['ask_floor']:.2f}")

    def save(self, path: Path) -> None:
        """Write the model as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> "Confidence":
        """The model that `save` wrote."""
        values: dict[str, Any] = json.loads(path.read_text())
        for name in ("mean", "scale", "weights"):
            values[name] = tuple(values[name])
        return cls(**values)


def sample_of(
    retriever: Retriever,
    question: str,
    vector: Vectors,
    *,
    without: Iterable[int] = (),
    on: date | None = None,
    withdrawn: Collection[str] = (),
) -> Sample:
    """Search, and keep what the decision needs to know of the question."""
    finds = retriever.search(question, vector, without=without, on=on, withdrawn=withdrawn)
    return Sample(question, len(set(retriever.words(question))), tuple(finds))


def fit(samples: list[Sample]) -> Confidence:
    """The model that agrees best with the samples. Raises ValueError when they are all right or all wrong."""
    from sklearn.linear_model import LogisticRegression  # only a build needs them
    from sklearn.model_selection import cross_val_predict

    usable = [sample for sample in samples if sample.finds]
    x = np.array([_features(sample, 0) for sample in usable])
    y = np.array([sample.finds[0].entry in sample.relevant for sample in usable])
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    model = LogisticRegression(C=RESTRAINT, max_iter=1000).fit((x - mean) / scale, y)
    # the threshold rests on questions that the model has not seen
    chances = cross_val_predict(model, (x - mean) / scale, y, cv=FOLDS, method="predict_proba")[:, 1]
    return Confidence(
        mean=tuple(mean.tolist()),
        scale=tuple(scale.tolist()),
        weights=tuple(model.coef_[0].tolist()),
        bias=float(model.intercept_[0]),
        answer_from=_answer_from(chances, y),
        reliability=_reliability(chances, y),
    )


def _answer_from(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The lowest probability from which on the share of wrong answers stays within the stated risk."""
    order = np.argsort(-chances)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(wrong <= RULES["answer_risk"])
    lowest = float(chances[order][within[-1]]) if len(within) else 1.0
    return max(lowest, float(RULES["answer_floor"]))


def _reliability(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> list[dict[str, float]]:
    """For each tenth: how many, the mean probability, and the share that was right."""
    bins = np.minimum((chances * 10).astype(int), 9)
    members = [(chances[bins == b], right[bins == b]) for b in sorted(set(bins.tolist()))]
    return [
        {"questions": len(c), "probability": round(float(c.mean()), 3), "right": round(float(r.mean()), 3)}
        for c, r in members
    ]


def _features(sample: Sample, position: int) -> list[float]:
    find, finds = sample.finds[position], sample.finds
    others = [other for i, other in enumerate(finds) if i != position]
    field_ = sorted((other.cosine for other in finds), reverse=True)[FIELD]
    lead = find.score - max((other.score for other in others), default=find.score - 5.0)
    return [
        find.cosine,
        find.question,
        find.crowd,
        find.title,
        find.cosine - max((other.cosine for other in others), default=0.0),
        max(-5.0, min(5.0, lead)),
        math.log(sum(math.exp(min(0.0, other.score - find.score)) for other in others) + 1.0),
        find.keyword - max((other.keyword for other in others), default=0.0),
        find.near_miss,
        find.cosine - (sum(field_) / len(field_) if field_ else 0.0),
        find.coverage,
        find.rare_coverage,
        find.spelling,
        find.sound,
        math.log(1 + len(sample.question)),
        float(sample.words),
    ]


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
