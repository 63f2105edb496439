"""What the words of a label itself say: its name, and the phrases that people use for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from hotline.dispatch.words import TERMS, TfIdf

Matrix = NDArray[np.float64]
SHARPNESS = 15.0  # how much the nearest phrase of a label counts above its others
SCALE = 10.0  # brings all scores to about the same size


@dataclass(frozen=True)
class OwnWords:
    """The phrases of every label, ready to be compared with texts."""

    owners: NDArray[np.int64]  # of each phrase, the place of its label
    vectors: NDArray[np.float32]  # of the phrases, centred, of length 1
    centre: NDArray[np.float32]  # of the vectors of texts
    terms: dict[str, TfIdf]
    rows: dict[str, csr_matrix]  # one row a label

    @classmethod
    def learned(
        cls,
        phrases: Sequence[Sequence[str]],
        phrase_vectors: NDArray[np.float32],
        documents: Mapping[str, Sequence[Sequence[str]]],
        vectors: NDArray[np.float32],
    ) -> "OwnWords":
        """Prepared from each label's phrases and their vectors; `documents` and `vectors` are of texts to come."""
        owners = np.array([place for place, own in enumerate(phrases) for _ in own])
        terms, rows = {}, {}
        for kind, term in TERMS.items():
            own_documents = [[found for phrase in own for found in term(phrase)] for own in phrases]
            terms[kind] = TfIdf.learned([*documents[kind], *own_documents])
            rows[kind] = terms[kind].rows(own_documents)
        return cls(owners, unit(phrase_vectors - phrase_vectors.mean(axis=0)), vectors.mean(axis=0), terms, rows)

    def by_words(self, documents: Mapping[str, Sequence[Sequence[str]]]) -> list[Matrix]:
        """A score for every text and label by each kind of term."""
        found = [(self.terms[kind].rows(documents[kind]) @ self.rows[kind].T).toarray() for kind in TERMS]
        return [np.asarray(scores * SCALE, np.float64) for scores in found]

    def by_vectors(self, vectors: NDArray[np.float32]) -> Matrix:
        """A score for every text and label: how near its nearest phrases are."""
        powers = np.exp(SHARPNESS * (unit(vectors - self.centre) @ self.vectors.T).astype(np.float64))
        membership = np.eye(int(self.owners.max()) + 1)[self.owners]
        mean = (powers @ membership) / membership.sum(axis=0)
        return np.asarray(np.log(mean + 1e-12) * (SCALE / SHARPNESS), np.float64)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
