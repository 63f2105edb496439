"""From texts to a calibrated probability for every label: what the labels' own words say, and what examples taught.

There are two heads. `vectors` uses everything; `words` is for the moments in which no vectors are to be had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from hotline.dispatch.blend import Doubt, joined, softmax
from hotline.dispatch.own_words import OwnWords
from hotline.dispatch.words import TERMS, TfIdf, cleaned

Matrix = NDArray[np.float64]
Vectors = NDArray[np.float32]
Documents = dict[str, list[list[str]]]  # by kind of term, the terms of each text

# How much each block of features counts, and how sharply the categories' own words are told apart; found by
# cross-validation on the development reports (docs/decisions/0013-dispatch.md).
BLOCKS = {"vectors": 1.0, "words": 2.0, "characters": 4.0, "categories": 2.0}
CATEGORY_WEIGHTS = {"vectors": (1.2, 0.15, 1.2), "words": (0.0, 4.0)}
HEADS: dict[str, tuple[str, ...]] = {"vectors": tuple(BLOCKS), "words": ("words", "characters", "categories")}


@dataclass(frozen=True)
class Texts:
    """Texts, read once: their terms, and their vectors where there are any."""

    documents: Documents
    vectors: Vectors | None

    @property
    def head(self) -> str:
        """Which head can judge them."""
        return "words" if self.vectors is None else "vectors"

    def without_vectors(self) -> "Texts":
        """The same texts as they are seen while the model is out of reach."""
        return Texts(self.documents, None)


def read(texts: Sequence[str], vectors: Vectors | None) -> Texts:
    """The texts with their terms."""
    lines = [cleaned(text) for text in texts]
    return Texts({kind: [terms(line) for line in lines] for kind, terms in TERMS.items()}, vectors)


@dataclass(frozen=True)
class Features:
    """Turns texts into blocks of numbers, the same for learning and for judging."""

    terms: Mapping[str, TfIdf]
    mean: Vectors
    deviation: Vectors
    categories: OwnWords  # the catalogue's: near which categories a text lies says much about any other label

    def of(self, texts: Texts) -> dict[str, Any]:
        """The blocks of a head, each weighed so that their products add up to how alike two texts are."""
        found: dict[str, Any] = {kind: self.terms[kind].rows(texts.documents[kind]) for kind in TERMS}
        near = softmax(joined(own_scores(self.categories, texts), CATEGORY_WEIGHTS[texts.head]))
        found["categories"] = np.sqrt(near)  # of length 1 as they are
        if texts.vectors is not None:
            standard = (texts.vectors - self.mean) / self.deviation
            found["vectors"] = (standard / np.sqrt(standard.shape[1])).astype(np.float64)
        return {name: found[name] * np.sqrt(BLOCKS[name]) for name in HEADS[texts.head]}


def own_scores(own: OwnWords, texts: Texts) -> list[Matrix]:
    """What the labels' own words say of the texts: by vectors, where there are any, and by words."""
    by_vectors = [] if texts.vectors is None else [own.by_vectors(texts.vectors)]
    return [*by_vectors, *own.by_words(texts.documents)]


@dataclass(frozen=True)
class Head:
    """The weights of one head."""

    own: tuple[float, ...]  # of the labels' own words
    blend: tuple[float, float]  # of the own words, and of what examples taught
    doubt: Doubt
    learned: Mapping[str, NDArray[np.float32]]  # for each block one column a label


@dataclass(frozen=True)
class Classifier:
    """Everything that judges a text."""

    labels: tuple[str, ...]
    features: Features
    own: OwnWords
    heads: Mapping[str, Head]

    def probabilities(self, texts: Texts) -> Matrix:
        """One row a text, one column a label."""
        head, blocks = self.heads[texts.head], self.features.of(texts)
        own = joined(own_scores(self.own, texts), head.own)
        learned = [np.asarray(block @ head.learned[name].astype(np.float64)) for name, block in blocks.items()]
        return head.doubt.probabilities(joined([own, np.sum(learned, axis=0)], head.blend))


def alike(blocks: Mapping[str, Any]) -> Matrix:
    """How alike every two texts are."""
    products = [block @ block.T for block in blocks.values()]
    return np.asarray(sum(one.toarray() if isinstance(one, csr_matrix) else one for one in products), np.float64)
