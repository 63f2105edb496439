"""Learning a classifier: what examples teach, how much to trust it, and how sure each answer then is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotline.dispatch.blend import doubt_of, fitted, joined, softmax
from hotline.dispatch.classifier import HEADS, Classifier, Features, Head, Texts, alike, own_scores
from hotline.dispatch.own_words import OwnWords
from hotline.dispatch.ridge import folds_of, left_out, solved
from hotline.dispatch.words import TERMS, TfIdf

Matrix = NDArray[np.float64]
RESTRAINTS = (2.0, 4.0, 9.0, 18.0, 45.0, 90.0)
BOLDNESS = 10.0  # brings the scores that were learned to about the size of the own words'


@dataclass(frozen=True)
class Phrases:
    """The labels' own words, and their vectors in the same order."""

    of: Mapping[str, tuple[str, ...]]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class Learned:
    """A classifier, and the probabilities that each row got while its group was left out."""

    classifier: Classifier
    left_out: Mapping[str, Matrix]  # by head
    places: NDArray[np.int64]  # of each row's label

    def chances(self, head: str = "vectors") -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """How sure each row's answer was, and whether it was right."""
        found = self.left_out[head]
        return found.max(axis=1), found.argmax(axis=1) == self.places


def learn(texts: Texts, labels: Sequence[str], groups: Sequence[str], own: Phrases, categories: Phrases) -> Learned:
    """Learn from labelled texts that have vectors; texts of one group are never judged by each other.

    Raises ValueError when there are fewer than two labels.
    """
    if texts.vectors is None:
        raise ValueError("learning needs vectors")
    names = tuple(own.of)
    known = {name: place for place, name in enumerate(names)}
    if len(names) < 2:
        raise ValueError("learning needs at least two labels")
    places = np.array([known[label] for label in labels])
    features = Features(
        terms={kind: TfIdf.learned(texts.documents[kind]) for kind in TERMS},
        mean=texts.vectors.mean(axis=0),
        deviation=np.maximum(texts.vectors.std(axis=0), 1e-6),
        categories=_own_words(categories, texts),
    )
    own_words = features.categories if own is categories else _own_words(own, texts)
    folds = folds_of(places, groups)
    heads, found = {}, {}
    for name in HEADS:
        seen = texts if name == "vectors" else texts.without_vectors()
        heads[name], found[name] = _head(features, own_words, seen, places, folds)
    return Learned(Classifier(names, features, own_words, heads), found, places)


def _own_words(phrases: Phrases, texts: Texts) -> OwnWords:
    assert texts.vectors is not None
    return OwnWords.learned(list(phrases.of.values()), phrases.vectors, texts.documents, texts.vectors)


def _head(
    features: Features, own: OwnWords, texts: Texts, places: NDArray[np.int64], folds: NDArray[np.int64]
) -> tuple[Head, Matrix]:
    """The head under which rows that were left out are likeliest, and what it said of them."""
    scorers = own_scores(own, texts)
    own_weights, _ = fitted(scorers, places)
    by_words = joined(scorers, own_weights)
    blocks = features.of(texts)
    kernel = alike(blocks)
    best: tuple[float, float, Matrix, list[float], Matrix] | None = None
    for targets in _targets(by_words, places):
        for restraint in RESTRAINTS:
            scores = left_out(kernel, targets, restraint, folds)
            blend, unlikely = fitted([by_words, scores], places)
            if best is None or unlikely < best[0]:
                best = unlikely, restraint, targets, blend, scores
    assert best is not None
    _, restraint, targets, blend, scores = best
    weights = solved(kernel, targets, restraint)
    learned = {name: np.asarray(block.T @ weights, np.float32) for name, block in blocks.items()}
    together = joined([by_words, scores], blend)
    doubt = doubt_of(together, places)
    return Head(tuple(own_weights), (blend[0], blend[1]), doubt, learned), doubt.probabilities(together)


def _targets(by_words: Matrix, places: NDArray[np.int64]) -> list[Matrix]:
    """What examples may teach: the labels; or, better where examples are few, what the own words got wrong."""
    right = np.eye(by_words.shape[1])[places]
    return [BOLDNESS * (right - right.mean(axis=0)), BOLDNESS * (right - softmax(by_words))]
