"""Finds the entries that fit a question: vectors and words, joined by entry, near misses counted against it."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from knowledge.keyword_index import KeywordIndex
from knowledge.ranking import Ranker
from knowledge.slips import Pairs, bigrams, sounds
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex, Vectors

WEIGHTS = yaml.safe_load((Path(__file__).parent / "retrieval.yml").read_text(encoding="utf-8"))
TITLE, LEAD, QUESTION, CASE, FACET, NEAR_MISS = "title", "lead", "question", "case", "facet", "near_miss"
CROWD = 5
Hits = list[tuple[int, float]]  # positions of passages with their scores, best first


@dataclass(frozen=True)
class Passage:
    """A searchable piece of an entry: its title, lead, one question, a facet, or a near miss that speaks against it."""

    entry: str
    kind: str  # of a facet: `facet 多少钱`; a case is a saved question that the entry was found to answer
    text: str


@dataclass(frozen=True)
class Find:
    """An entry found for a question, with what speaks for it."""

    entry: str
    score: float  # what the finds are ranked by; comparable within one question only
    cosine: float  # of its best passage
    question: float  # cosine of its best question; where it has none, as of its best passage
    crowd: float  # mean cosine of its five best questions
    title: float  # cosine of its title or lead
    facet: float  # cosine of its best facet
    keyword: float  # BM25 of its best passage, as a share of the best of all
    near_miss: float  # by how much a near miss is closer than the entry itself; 0 when it is not
    coverage: float  # share of the question's words that the entry's passages hold
    rare_coverage: float  # the same, each word counted by how few entries hold it
    spelling: float  # share of the question's pairs of letters in its most alike question or title
    sound: float  # the same by their sounds, which slips leave alone
    passage: str  # the best passage's text: why it was found


Lifetimes = Mapping[str, tuple[date | None, date | None]]


class Retriever:
    """Searches the passages of one snapshot."""

    def __init__(
        self,
        passages: list[Passage],
        vectors: VectorIndex,
        keywords: KeywordIndex,
        tokenizer: Tokenizer,
        ranker: Ranker,
        lifetimes: Lifetimes | None = None,
    ) -> None:
        """`lifetimes` are the entries that are not valid for ever: from when to when they are."""
        self.passages = passages
        self._vectors = vectors
        self._keywords = keywords
        self._tokenizer = tokenizer
        self._ranker = ranker
        self._lifetimes = lifetimes or {}
        self._of_entry: dict[str, list[int]] = {}
        for position, passage in enumerate(passages):
            self._of_entry.setdefault(passage.entry, []).append(position)
        self._words = {entry: self._held_words(positions) for entry, positions in self._of_entry.items()}
        self._holders = Counter(word for words in self._words.values() for word in words)
        self._kinds = [QUESTION if passage.kind == CASE else passage.kind.split()[0] for passage in passages]
        self._cases = {passage.text: p for p, passage in enumerate(passages) if passage.kind == CASE}
        compared = (kind in (QUESTION, TITLE) for kind in self._kinds)
        spelled = [one.text if is_short else "" for one, is_short in zip(passages, compared, strict=True)]
        self._spelled = Pairs([bigrams(text) for text in spelled])
        self._sounded = Pairs([bigrams(sounds(text)) for text in spelled])

    def search(
        self,
        question: str,
        vector: Vectors,
        *,
        without: Iterable[int] = (),
        on: date | None = None,
        withdrawn: Collection[str] = (),
    ) -> list[Find]:
        """The entries for a question and its vector, best first.

        Passages in `without` are left out (for fitting), and so are the entries in `withdrawn` and, with `on`, what is
        not valid on that day.
        """
        hidden = set(without)
        words = self.words(question)
        dense = _visible(self._vectors.search(vector, WEIGHTS["passages"] + len(hidden)), hidden)
        keyword = _visible(self._keywords.search(words, WEIGHTS["passages"] + len(hidden)), hidden)
        found = [entry for entry in self._worth_a_look(dense, keyword, on) if entry not in withdrawn]
        if not found:
            return []
        scores = self._best(keyword)
        highest = max(scores.values(), default=0.0) or 1.0
        own = [[position for position in self._of_entry[entry] if position not in hidden] for entry in found]
        looked_at = np.asarray([position for positions in own for position in positions])
        starts = np.cumsum([0, *(len(positions) for positions in own[:-1])])
        cosines = np.split(self._vectors.at(looked_at) @ vector, starts[1:])
        spelled = np.maximum.reduceat(self._spelled.shares(bigrams(question), looked_at), starts)
        sounded = np.maximum.reduceat(self._sounded.shares(bigrams(sounds(question)), looked_at), starts)
        rarities = [(word, self._rarity(word)) for word in words]
        finds = [
            self._find(entry, positions, near.tolist(), rarities, scores.get(entry, 0.0) / highest, alike)
            for entry, positions, near, *alike in zip(
                found, own, cosines, spelled.tolist(), sounded.tolist(), strict=True
            )
        ]
        ranked = sorted(zip(self._ranker.scores(finds), finds, strict=True), key=lambda pair: -pair[0])
        return [Find(**{**vars(find), "score": score}) for score, find in ranked]

    def with_passages(self, passages: list[Passage], vectors: VectorIndex, keywords: KeywordIndex) -> "Retriever":
        """One that searches other passages, and cuts words and ranks as this one."""
        return Retriever(passages, vectors, keywords, self._tokenizer, self._ranker, self._lifetimes)

    def vectors_at(self, positions: list[int]) -> Vectors:
        """The vectors of these passages, one row each."""
        return self._vectors.at(positions)

    def own_case(self, question: str) -> list[int]:
        """Where a saved case stands as a passage itself: hidden, it can be asked as if for the first time."""
        return [self._cases[question]] if question in self._cases else []

    def words(self, question: str) -> list[str]:
        """The words of a question as this snapshot cuts it."""
        return self._tokenizer.words(question)

    def _worth_a_look(self, dense: Hits, keyword: Hits, on: date | None) -> list[str]:
        """The entries that come first by vectors or by words."""
        most = WEIGHTS["looked_at"]
        ranks = [[e for e in self._best(hits) if self._is_valid(e, on)][:most] for hits in (dense, keyword)]
        return list(dict.fromkeys(entry for ranked in ranks for entry in ranked))

    def _is_valid(self, entry: str, on: date | None) -> bool:
        start, end = self._lifetimes.get(entry, (None, None))
        return on is None or ((start is None or start <= on) and (end is None or on <= end))

    def _best(self, hits: Hits) -> dict[str, float]:
        """The score of each entry's best passage; near misses are none of its own."""
        best: dict[str, float] = {}
        for position, score in hits:
            passage = self.passages[position]
            if passage.kind != NEAR_MISS:
                best.setdefault(passage.entry, score)
        return best

    def _find(
        self,
        entry: str,
        positions: list[int],
        cosines: list[float],
        words: list[tuple[str, float]],
        keyword: float,
        alike: list[float],
    ) -> Find:
        by_kind: dict[str, tuple[float, int]] = {}
        asked_alike: list[float] = []
        for position, cosine in zip(positions, cosines, strict=True):
            kind = self._kinds[position]
            if kind not in by_kind or cosine > by_kind[kind][0]:
                by_kind[kind] = cosine, position
            if kind == QUESTION:
                asked_alike.append(cosine)
        against, _ = by_kind.pop(NEAR_MISS, (-1.0, 0))
        best, where = max(by_kind.values(), default=(-1.0, positions[0]))
        crowd = sorted(asked_alike, reverse=True)[:CROWD]
        titled = max(by_kind.get(TITLE, (-1.0, 0)), by_kind.get(LEAD, (-1.0, 0)))[0]
        spelled, sounded = alike
        coverage, rare = self._coverage(entry, words)
        return Find(
            entry=entry,
            score=0.0,
            cosine=best,
            question=by_kind.get(QUESTION, (best, 0))[0],
            crowd=sum(crowd) / len(crowd) if crowd else best,
            title=titled if titled > -1.0 else best,
            facet=by_kind.get(FACET, (best, 0))[0],
            keyword=keyword,
            near_miss=max(0.0, against - best),
            coverage=coverage,
            rare_coverage=rare,
            spelling=spelled,
            sound=sounded,
            passage=self.passages[where].text,
        )

    def _held_words(self, positions: list[int]) -> set[str]:
        own = (self.passages[position] for position in positions)
        # a saved case is what the words are compared with when it is asked again: its own must not count
        return {word for one in own if one.kind not in (NEAR_MISS, CASE) for word in self._tokenizer.words(one.text)}

    def _coverage(self, entry: str, words: list[tuple[str, float]]) -> tuple[float, float]:
        """The share of the words, each with its rarity, that an entry holds: each counted once, and by its rarity."""
        if not words:
            return 0.0, 0.0
        held = [rarity for word, rarity in words if word in self._words[entry]]
        return len(held) / len(words), sum(held) / sum(rarity for _, rarity in words)

    def _rarity(self, word: str) -> float:
        return math.log((len(self._words) + 1) / (self._holders[word] + 0.5))


def _visible(hits: tuple[list[int], list[float]], hidden: set[int]) -> Hits:
    return [(position, score) for position, score in zip(*hits, strict=True) if position not in hidden]
