"""BM25 over words. The only file that knows the BM25 library."""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# bm25s tries to import jax, which TensorFlow brings along: 2 seconds for a code path that is never used here.
_jax = sys.modules.get("jax")
sys.modules["jax"] = None  # type: ignore[assignment]
import bm25s

if _jax is None:
    del sys.modules["jax"]
else:
    sys.modules["jax"] = _jax


class KeywordIndex:
    """Finds passages that share rare words with a question."""

    def __init__(self, index: "bm25s.BM25") -> None:
        self._index = index

    @classmethod
    def build(cls, passages: list[list[str]]) -> "KeywordIndex":
        """An index over the words of each passage."""
        index = bm25s.BM25()
        # bm25s wants a vocabulary that is not empty
        index.index([words or ["∅"] for words in passages], show_progress=False)
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> "KeywordIndex":
        """The index that `save` wrote."""
        return cls(bm25s.BM25.load(str(folder)))

    def save(self, folder: Path) -> None:
        """Write the index to a folder."""
        self._index.save(str(folder))

    def search(self, words: list[str], count: int) -> tuple[list[int], list[float]]:
        """Positions and scores of the best passages, best first; none when no word is known."""
        known = [word for word in words if word in self._index.vocab_dict]
        if not known:
            return [], []
        scores = self._scores(known)
        best = np.flatnonzero(scores > 0)
        if len(best) > count:  # only then, as a full sort of all of them is slow
            best = best[np.argpartition(scores[best], -count)[-count:]]
        best = np.append(best, np.flatnonzero(scores <= 0)[: count - len(best)])
        best = best[np.lexsort((best, -scores[best]))]
        return best.tolist(), scores[best].tolist()

    def _scores(self, words: list[str]) -> NDArray[np.float32]:
        """What the library's get_scores returns, several times faster: no word names a passage twice."""
        held = self._index.scores
        scores = np.zeros(held["num_docs"], np.float32)
        for word in words:
            place = self._index.vocab_dict[word]
            span = slice(held["indptr"][place], held["indptr"][place + 1])
            scores[held["indices"][span]] += held["data"][span]
        return scores
