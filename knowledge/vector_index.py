"""Nearest vectors. The only file that knows faiss."""

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

EXACT_UP_TO = 200_000  # vectors; beyond, an exact search of one question takes longer than embedding it
PER_CELL = 256  # vectors a cell holds on average
TRAINED_ON = 64  # vectors a cell is learned from
PROBED = 1 / 32  # share of the cells that a search looks into
FEWEST_PROBED = 24


class VectorIndex:
    """Search by inner product over vectors of unit length: exact, or in cells where there are very many."""

    def __init__(self, index: "faiss.Index") -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, exact_up_to: int = EXACT_UP_TO) -> "VectorIndex":
        """An index over vectors of shape (n, dimension); its type follows from their number."""
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        exact = faiss.IndexFlatIP(vectors.shape[1])
        if len(vectors) <= exact_up_to:
            exact.add(vectors)
            return cls(exact)
        return cls(_in_cells(exact, vectors))

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """The index that `save` wrote."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    @property
    def exact(self) -> bool:
        """True when every vector is looked at."""
        return isinstance(self._index, faiss.IndexFlat)

    def vectors(self) -> Vectors:
        """Every vector, in the order they were given."""
        found: Vectors = self._index.reconstruct_n(0, self._index.ntotal)
        return found

    def at(self, positions: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """The vectors at these positions, one row each."""
        found: Vectors = self._index.reconstruct_batch(np.asarray(positions, dtype=np.int64))
        return found

    def search(self, vector: Vectors, count: int) -> tuple[list[int], list[float]]:
        """Positions and cosines of the nearest vectors, best first."""
        scores, positions = self._index.search(vector.reshape(1, -1), min(count, self._index.ntotal))
        found = [(int(p), float(s)) for p, s in zip(positions[0], scores[0], strict=True) if p >= 0]
        return [position for position, _ in found], [score for _, score in found]


def _in_cells(coarse: "faiss.Index", vectors: Vectors) -> "faiss.Index":
    cells = max(1, len(vectors) // PER_CELL)
    index = faiss.IndexIVFFlat(coarse, vectors.shape[1], cells, faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).choice(len(vectors), min(len(vectors), cells * TRAINED_ON), replace=False)
    index.cp.niter = 6
    index.train(vectors[np.sort(sample)])
    index.add(vectors)
    index.make_direct_map()
    index.nprobe = max(FEWEST_PROBED, round(cells * PROBED))
    return index
