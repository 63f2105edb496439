"""Nearest vectors. The only file that knows faiss."""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class VectorIndex:
    """Exact search by inner product over vectors of unit length."""

    def __init__(self, index: "faiss.Index") -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> "VectorIndex":
        """An index over vectors of shape (n, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """The index that `save` wrote."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    def vectors(self) -> Vectors:
        """Every vector, in the order they were given."""
        found: Vectors = self._index.reconstruct_n(0, self._index.ntotal)
        return found

    def search(self, vector: Vectors, count: int) -> tuple[list[int], list[float]]:
        """Positions and cosines of the nearest vectors, best first."""
        scores, positions = self._index.search(vector.reshape(1, -1), min(count, self._index.ntotal))
        return positions[0].tolist(), scores[0].tolist()
