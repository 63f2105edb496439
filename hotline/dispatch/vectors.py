"""Vectors of reports, by whatever can make them; a long one in pieces, because a model reads only so far."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotline.dispatch.own_words import unit
from hotline.dispatch.words import cleaned

PIECE = 500  # characters; a model reads about 700
MOST_PIECES = 4
AsVectors = Callable[[list[str]], NDArray[np.float32] | None]


def vectors_of(texts: Sequence[str], as_vectors: AsVectors) -> NDArray[np.float32] | None:
    """One vector a text, the mean of its pieces; None when there are none to be had."""
    pieces = [_pieces(cleaned(text)) for text in texts]
    found = as_vectors([piece for own in pieces for piece in own])
    if found is None:
        return None
    ends = np.cumsum([0, *(len(own) for own in pieces)])
    means = [found[start:end].mean(axis=0) for start, end in pairwise(ends)]
    return unit(np.stack(means))


def _pieces(text: str) -> list[str]:
    starts = range(0, len(text), PIECE)[:MOST_PIECES]
    return [text[start : start + PIECE] for start in starts] or [""]


class Remembering:
    """Asks for the vectors of texts that the last learning did not have; learning again takes seconds."""

    def __init__(self, file: Path, embedding: str, as_vectors: AsVectors) -> None:
        self._file = file
        self._embedding = embedding
        self._as_vectors = as_vectors
        self._known = self._held()
        self._used: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: list[str]) -> NDArray[np.float32] | None:
        """One vector a text; None when new ones are not to be had."""
        names = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        new = {name: text for name, text in zip(names, texts, strict=True) if name not in self._known}
        found = self._as_vectors(list(new.values())) if new else np.zeros((0, 0), np.float32)
        if found is None:
            return None
        self._known |= dict(zip(new, found, strict=True))
        self._used |= {name: self._known[name] for name in names}
        return np.stack([self._known[name] for name in names])

    def save(self) -> None:
        """Keep what was used, and nothing else: the vectors of a ticket that is gone go too."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        aside = self._file.with_suffix(".new.npz")
        held = {"names": np.array(list(self._used)), "vectors": np.stack(list(self._used.values()))}
        np.savez(aside, embedding=np.array(self._embedding), **held)
        aside.replace(self._file)

    def _held(self) -> dict[str, NDArray[np.float32]]:
        if not self._file.exists():
            return {}
        with np.load(self._file, allow_pickle=False) as held:
            if str(held["embedding"]) != self._embedding:
                return {}
            return dict(zip(held["names"].tolist(), held["vectors"], strict=True))
