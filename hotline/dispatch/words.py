"""What a text says, as weighted words and characters: TF-IDF whose rows have length 1."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from foundation.identifying import TOKEN
from knowledge.tokenizer import Tokenizer

Terms = Callable[[str], list[str]]
_SPACE = re.compile(r"\s+")


def cleaned(text: str) -> str:
    """The text on one line, without the tokens that stand for numbers."""
    return _SPACE.sub(" ", TOKEN.sub("", text)).strip()


def words(text: str) -> list[str]:
    """The words of a text."""
    return _tokenizer().words(text)


def characters(text: str) -> list[str]:
    """The single characters of a text and its pairs of neighbours."""
    lower = text.lower()
    return [*lower, *(lower[i : i + 2] for i in range(len(lower) - 1))]


TERMS: dict[str, Terms] = {"words": words, "characters": characters}


@dataclass(frozen=True)
class TfIdf:
    """The terms that were learned, each with its weight."""

    places: dict[str, int]
    idf: NDArray[np.float32]

    @classmethod
    def learned(cls, documents: Sequence[Iterable[str]]) -> "TfIdf":
        """The terms of the documents; a rare one weighs more."""
        counts = Counter(term for document in documents for term in set(document))
        idf = [math.log((1 + len(documents)) / (1 + count)) + 1 for count in counts.values()]
        return cls({term: place for place, term in enumerate(counts)}, np.array(idf, np.float32))

    def rows(self, documents: Iterable[Iterable[str]]) -> csr_matrix:
        """One row a document, one column a known term."""
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for document in documents:
            counts = Counter(place for term in document if (place := self.places.get(term)) is not None)
            weights = [float(self.idf[place]) * (1 + math.log(count)) for place, count in counts.items()]
            length = math.sqrt(sum(weight * weight for weight in weights)) or 1.0
            values += [weight / length for weight in weights]
            columns += counts
            ends.append(len(values))
        shape = (len(ends) - 1, len(self.places))
        return csr_matrix((np.array(values, np.float32), columns, ends), shape=shape)


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    return Tokenizer()
