"""Fits ranking and confidence on the saved cases; where there are too few, on the entries' own questions."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.confidence import Confidence, Sample, fit, sample_of
from knowledge.embedder import Embedder
from knowledge.ranking import SIGNS, Ranker
from knowledge.ranking import fit as fit_ranker
from knowledge.retriever import CASE, QUESTION, WEIGHTS, Passage, Retriever
from knowledge.vector_index import Vectors

Embedded = Mapping[str, Vectors]  # a question's vector
Case = dict[str, Any]  # `question`, and in `relevant` the entries that are right; none where no entry is

FEWEST_CASES = 100  # an entry's own questions are unlike what citizens write: they stand in only where cases lack
MOST_OWN = 2000  # own questions that are asked: more would add time with every entry, and nothing to a dozen weights


def shipped_ranker() -> Ranker:
    """The weights of retrieval.yml, from which fitting starts."""
    return Ranker(tuple(float(WEIGHTS["signs"][name]) for name in SIGNS))


def read_cases(paths: Sequence[Path]) -> list[Case]:
    """The saved cases of these files."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [json.loads(line) for line in lines]


def embedded(cases: Sequence[Case], embedder: Embedder) -> Embedded:
    """The vector of every case's question."""
    questions = list({case["question"] for case in cases})
    return dict(zip(questions, embedder.queries(questions), strict=True))


def case_samples(retriever: Retriever, vectors: Embedded, cases: Sequence[Case]) -> list[Sample]:
    """What is found for each case, itself left out where it is a passage."""
    return [
        replace(
            sample_of(retriever, question, vectors[question], without=retriever.own_case(question)),
            relevant=frozenset(case.get("relevant") or ()),
        )
        for case in cases
        for question in [case["question"]]
    ]


def answerable_here(cases: Sequence[Case], entries: Collection[str]) -> list[Case]:
    """The cases but for those whose right entries are all missing: a city without them learns nothing from those."""
    return [case for case in cases if not case.get("relevant") or set(case["relevant"]) & set(entries)]


def too_few(samples: Sequence[Sample]) -> bool:
    """Whether the entries' own questions must stand in: right finds are to be learnt as well as wrong ones."""
    return sum(bool(sample.relevant) for sample in samples) < FEWEST_CASES


def case_passages(cases: Sequence[Case], entries: Collection[str]) -> list[Passage]:
    """The saved questions as passages of the entry that answers them; those with several right entries teach no one."""
    single = ((case["question"], case["relevant"][0]) for case in cases if len(case.get("relevant") or ()) == 1)
    return [Passage(entry, CASE, question) for question, entry in single if entry in entries]


def own_samples(retriever: Retriever, vectors: Vectors, most: int = MOST_OWN) -> list[Sample]:
    """What is found for the entries' own questions: once with only itself hidden, once with its whole entry hidden.

    Where there are more than `most` questions, so many are asked, evenly spread over the entries.
    """
    by_entry: dict[str, list[int]] = {}
    for position, passage in enumerate(retriever.passages):
        by_entry.setdefault(passage.entry, []).append(position)
    questions = [position for position, passage in enumerate(retriever.passages) if passage.kind == QUESTION]
    asked = [questions[k * len(questions) // most] for k in range(most)] if len(questions) > most else questions
    samples = []
    for position in asked:
        passage = retriever.passages[position]
        for hidden in ([position], by_entry[passage.entry]):
            found = sample_of(retriever, passage.text, vectors[position], without=hidden)
            samples.append(replace(found, relevant=frozenset({passage.entry})))
    return samples


def fitted_ranker(samples: Sequence[Sample]) -> Ranker:
    """The ranker under which the right entries come first most surely."""
    return fit_ranker([(sample.finds, sample.relevant) for sample in samples if sample.relevant], shipped_ranker())


def fitted_confidence(samples: Sequence[Sample], ranker: Ranker) -> Confidence:
    """How sure a find is once these are ranked so."""
    return fit([reranked(sample, ranker) for sample in samples])


def reranked(sample: Sample, ranker: Ranker) -> Sample:
    """The same finds in the order of another ranker."""
    if not sample.finds:
        return sample
    scored = sorted(zip(ranker.scores(sample.finds), sample.finds, strict=True), key=lambda pair: -pair[0])
    return replace(sample, finds=tuple(replace(find, score=score) for score, find in scored))
