"""Trying a question, and a draft in place of what is published, without publishing anything."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from knowledge.confidence import sample_of
from knowledge.decision import Decision
from knowledge.entry import Entry
from knowledge.keyword_index import KeywordIndex
from knowledge.local import LocalValues
from knowledge.publishing import passages_of
from knowledge.retriever import CASE, WEIGHTS, Find, Passage, Retriever
from knowledge.snapshot import Snapshot
from knowledge.vector_index import VectorIndex, Vectors

AT_ONCE = 64  # texts whose vectors are asked for together
MOST_CASES = 60  # saved questions that a draft is tried on: its own, and those closest to it
Embed = Callable[[Sequence[str], bool], Vectors | None]  # of texts, which are what is searched or what is asked


@dataclass(frozen=True)
class Found:
    """What a question leads to: the finds with their probabilities, and the decision."""

    decision: Decision
    finds: tuple[Find, ...]
    by_words_only: bool  # no vectors were to be had: what is found is less, and its probability no good


@dataclass(frozen=True)
class Effect:
    """What a draft does to the saved questions that it was tried on."""

    tried: int
    better: list[str]
    worse: list[str]
    otherwise: list[tuple[str, str, str]]  # the same entry comes first, but it is told another way: before, now


class Trial:
    """Asks one snapshot; vectors come from the process that holds the model, or there are none."""

    def __init__(self, snapshot: Snapshot, embed: Embed) -> None:
        self.snapshot, self._embed = snapshot, embed
        self._vectors = snapshot.vectors.vectors()
        self._words: list[list[str]] = []  # of every passage, cut when they are first needed

    def ask(
        self, question: str, today: date, withdrawn: Collection[str] = (), retriever: Retriever | None = None
    ) -> Found:
        """What is found for a question, by this snapshot or by a retriever with a draft in it."""
        vectors = self._embed([question], False)
        vector = np.zeros(self._vectors.shape[1], np.float32) if vectors is None else vectors[0]
        searched = retriever or self.snapshot.retriever
        sample = sample_of(searched, question, vector, on=today, withdrawn=withdrawn)
        if vectors is None:
            sample = replace(sample, finds=tuple(sorted(sample.finds, key=_by_words)))
        decision = self.snapshot.confidence.decide(sample, WEIGHTS["candidates"])
        return Found(decision, sample.finds[: WEIGHTS["candidates"]], vectors is None)

    def with_draft(self, entry: Entry, local: LocalValues) -> Retriever | None:
        """A retriever with a draft in place of its entry; None when its new words get no vectors."""
        former = self.snapshot.retriever.passages
        kept = [place for place, one in enumerate(former) if one.entry != entry.id or one.kind == CASE]
        own = passages_of(entry, local)
        vectors = self._vectors_of(entry.id, [one.text for one in own])
        if vectors is None:
            return None
        self._words = self._words or [self.snapshot.retriever.words(one.text) for one in former]
        words = [self._words[place] for place in kept] + [self.snapshot.retriever.words(one.text) for one in own]
        index = VectorIndex.build(np.concatenate([self._vectors[kept], vectors]))
        passages = [former[place] for place in kept] + own
        return self.snapshot.retriever.with_passages(passages, index, KeywordIndex.build(words))

    def effect(self, entry: str, drafted: Retriever) -> Effect:
        """How a draft changes what the saved questions find first and how it is told, among those closest to it."""
        better: list[str] = []
        worse: list[str] = []
        otherwise: list[tuple[str, str, str]] = []
        places = self._cases_near(entry, drafted)
        for place in places:
            case = self.snapshot.retriever.passages[place]
            retrievers = (self.snapshot.retriever, drafted)
            (was, told), (is_now, now_told) = (self._told(one, case, self._vectors[place]) for one in retrievers)
            if was != is_now:
                (better if is_now else worse).append(case.text)
            elif told != now_told:
                otherwise.append((case.text, told, now_told))
        return Effect(len(places), better, worse, otherwise)

    def _told(self, retriever: Retriever, case: Passage, vector: Vectors) -> tuple[bool, str]:
        """Whether a saved question finds its entry first, and whether it is answered, asked back or neither."""
        sample = sample_of(retriever, case.text, vector, without=retriever.own_case(case.text))
        is_right = bool(sample.finds) and sample.finds[0].entry == case.entry
        return is_right, self.snapshot.confidence.decide(sample, 1).kind

    def _vectors_of(self, entry: str, texts: Sequence[str]) -> Vectors | None:
        """A vector for each text; those that the entry had before are taken from the snapshot."""
        passages = self.snapshot.retriever.passages
        known = {one.text: self._vectors[place] for place, one in enumerate(passages) if one.entry == entry}
        missing = sorted({text for text in texts if text not in known})
        for start in range(0, len(missing), AT_ONCE):
            batch = missing[start : start + AT_ONCE]
            vectors = self._embed(batch, True)
            if vectors is None:
                return None
            known.update(zip(batch, vectors, strict=True))
        found: Vectors = np.stack([known[text] for text in texts])
        return found

    def _cases_near(self, entry: str, drafted: Retriever) -> list[int]:
        """Where the saved questions stand that this entry answers, or that come closest to what it says now."""
        passages = self.snapshot.retriever.passages
        places = np.array([place for place, one in enumerate(passages) if one.kind == CASE], dtype=np.int64)
        if not len(places):
            return []
        own = [place for place, one in enumerate(drafted.passages) if one.entry == entry and one.kind != CASE]
        closeness = (self._vectors[places] @ drafted.vectors_at(own).T).max(axis=1)
        closeness += np.array([passages[place].entry == entry for place in places])  # its own come first
        return [int(place) for place in places[np.argsort(-closeness)[:MOST_CASES]]]


def _by_words(find: Find) -> float:
    return -(find.keyword + find.rare_coverage + find.spelling)
