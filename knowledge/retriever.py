"""Finds the entries that fit a question: vectors and words, blended, near misses counted against."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.keyword_index import KeywordIndex
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex, Vectors

WEIGHTS = yaml.safe_load((Path(__file__).parent / "retrieval.yml").read_text(encoding="utf-8"))
NEAR_MISS = "near_miss"
QUESTION = "question"


@dataclass(frozen=True)
class Passage:
    """A searchable piece of an entry: its title, one question, a facet, or a near miss that speaks against it."""

    entry: str
    kind: str
    text: str


@dataclass(frozen=True)
class Find:
    """An entry found for a question, with what speaks for it."""

    entry: str
    score: float  # blended; comparable within one question only
    cosine: float  # of its best passage
    keyword: float  # BM25 of its best passage
    near_miss: float  # by how much a near miss is closer than the entry itself; 0 when it is not
    coverage: float  # share of the question's words that the entry's passages hold
    rare_coverage: float  # the same, each word counted by how few entries hold it
    passage: str  # the best passage's text: why it was found


class Retriever:
    """Searches the passages of one snapshot."""

    def __init__(
        self, passages: list[Passage], vectors: VectorIndex, keywords: KeywordIndex, tokenizer: Tokenizer
    ) -> None:
        self.passages = passages
        self._vectors = vectors
        self._keywords = keywords
        self._tokenizer = tokenizer
        self._words = _words_by_entry(passages, tokenizer)
        self._holders = Counter(word for words in self._words.values() for word in words)

    def search(self, question: str, vector: Vectors, *, without: Iterable[int] = ()) -> list[Find]:
        """The entries for a question and its vector, best first; passages in `without` are left out (for fitting)."""
        words = self.words(question)
        hidden = set(without)
        dense = _visible(self._vectors.search(vector, WEIGHTS["passages"] + len(hidden)), hidden)
        keyword = _visible(self._keywords.search(words, WEIGHTS["passages"] + len(hidden)), hidden)
        own_dense, against = self._by_entry(dense)
        own_keyword, _ = self._by_entry(keyword)
        found = sorted(set(own_dense) | set(own_keyword))
        if not found:
            return []
        cosines = np.array([own_dense[entry][1] if entry in own_dense else _floor(dense) for entry in found])
        scores = np.array([own_keyword[entry][1] if entry in own_keyword else 0.0 for entry in found])
        misses = np.array(
            [max(0.0, against.get(entry, (0, -1.0))[1] - cosine) for entry, cosine in zip(found, cosines, strict=True)]
        )
        share = WEIGHTS["dense_weight"]
        spread = misses / max(float(cosines.std()), 1e-6)
        blended = share * _standard(cosines) + (1 - share) * _standard(scores) - WEIGHTS["near_miss_penalty"] * spread
        finds = [
            Find(
                entry,
                float(blended[i]),
                float(cosines[i]),
                float(scores[i]),
                float(misses[i]),
                *self._coverage(entry, words),
                self.passages[(own_dense.get(entry) or own_keyword[entry])[0]].text,
            )
            for i, entry in enumerate(found)
        ]
        return sorted(finds, key=lambda find: -find.score)

    def _by_entry(
        self, hits: list[tuple[int, float]]
    ) -> tuple[dict[str, tuple[int, float]], dict[str, tuple[int, float]]]:
        """The best passage of each entry, and the best near miss that speaks against it."""
        own: dict[str, tuple[int, float]] = {}
        against: dict[str, tuple[int, float]] = {}
        for position, score in hits:
            passage = self.passages[position]
            best = against if passage.kind == NEAR_MISS else own
            best.setdefault(passage.entry, (position, score))
        return own, against

    def words(self, question: str) -> list[str]:
        """The words of a question as this snapshot cuts it."""
        return self._tokenizer.words(question)

    def _coverage(self, entry: str, words: list[str]) -> tuple[float, float]:
        """The share of the words that an entry holds: each counted once, and each by its rarity."""
        if not words:
            return 0.0, 0.0
        held = [word for word in words if word in self._words[entry]]
        return len(held) / len(words), sum(map(self._rarity, held)) / sum(map(self._rarity, words))

    def _rarity(self, word: str) -> float:
        return math.log((len(self._words) + 1) / (self._holders[word] + 0.5))


def _visible(hits: tuple[list[int], list[float]], hidden: set[int]) -> list[tuple[int, float]]:
    return [(position, score) for position, score in zip(*hits, strict=True) if position not in hidden]


def _floor(hits: list[tuple[int, float]]) -> float:
    """What an entry that did not come up can have had at most."""
    return hits[-1][1] if hits else 0.0


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values as distances from their mean, in standard deviations."""
    standard: NDArray[np.float64] = (values - values.mean()) / max(float(values.std()), 1e-6)
    return standard


def _words_by_entry(passages: list[Passage], tokenizer: Tokenizer) -> dict[str, set[str]]:
    words: dict[str, set[str]] = {}
    for passage in passages:
        if passage.kind != NEAR_MISS:
            words.setdefault(passage.entry, set()).update(tokenizer.words(passage.text))
    return words
