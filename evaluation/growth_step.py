"""One index of one size, built and searched alone: `python -m evaluation.growth_step FOLDER KIND SIZE`."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from evaluation.metrics import percentile
from evaluation.processes import memory_mib
from knowledge.keyword_index import KeywordIndex
from knowledge.vector_index import VectorIndex, Vectors

VECTORS, KEYWORDS = "vectors", "keywords"
WORDS, QUESTION_VECTORS, QUESTION_WORDS = "words.json", "questions.npy", "questions.json"
MOST_MEMORY = 8 << 30  # bytes; a step that wants more fails instead of pushing the service out
NOISE = 0.2  # length: two made from one passage are as near (cosine .96) as the nearest neighbours of the real corpus
RENEWED = 3  # one word in so many is another word of the corpus
DEPTH = 10
BLOCK = 50_000


def grown_vectors(real: Vectors, size: int) -> Vectors:
    """So many vectors: the real ones, then copies of them with noise, all of unit length; the same at every call."""
    made = np.empty((size, real.shape[1]), np.float32)
    for block, start in enumerate(range(0, size, BLOCK)):
        rows = np.arange(start, min(start + BLOCK, size))
        noise = np.random.default_rng(block).standard_normal((len(rows), real.shape[1]), np.float32)
        noise *= (rows >= len(real))[:, None] * NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        copies = real[rows % len(real)] + noise
        made[rows] = copies / np.linalg.norm(copies, axis=1, keepdims=True)
    return made


def grown_words(real: Sequence[list[str]], size: int) -> list[list[str]]:
    """The words of so many passages: the real ones, then copies in which one word of three is another of the corpus."""
    random = Random(0)
    every = list(chain.from_iterable(real))  # a frequent word is drawn as often as it is used
    made = list(real[:size])
    for number in range(len(made), size):
        words = list(real[number % len(real)])
        for _ in range(-(-len(words) // RENEWED)):
            words[random.randrange(len(words))] = every[random.randrange(len(every))]
        made.append(words)
    return made


def vectors_step(folder: Path, size: int) -> dict[str, Any]:
    """The vector index that a snapshot of this size gets, against an exact search."""
    questions: Vectors = np.load(folder / QUESTION_VECTORS)
    made = grown_vectors(np.load(folder / f"{VECTORS}.npy"), size)
    tenth = _tenth_best(questions, made)
    exact_ms = _timed(VectorIndex.build(made, exact_up_to=size).search, questions)
    started = time.perf_counter()
    index = VectorIndex.build(made)
    seconds = time.perf_counter() - started
    del made
    # by cosine and not by position: the corpus holds the same text more than once
    near = [np.array(index.search(question, DEPTH)[1]) > least - 1e-5 for question, least in zip(questions, tenth)]
    return {
        "exact": index.exact,
        **_figures(seconds, _timed(index.search, questions)),
        "recall@10": round(sum(map(np.sum, near)) / (DEPTH * len(questions)), 4),
        "exact_median_ms": round(percentile(exact_ms, 50), 2),
    }


def keywords_step(folder: Path, size: int) -> dict[str, Any]:
    """The word index of a snapshot of this size."""
    questions: list[list[str]] = json.loads((folder / QUESTION_WORDS).read_text(encoding="utf-8"))
    made = grown_words(json.loads((folder / WORDS).read_text(encoding="utf-8")), size)
    started = time.perf_counter()
    index = KeywordIndex.build(made)
    seconds = time.perf_counter() - started
    del made
    return _figures(seconds, _timed(index.search, questions))


def _tenth_best(questions: Vectors, made: Vectors) -> Vectors:
    """The cosine of the tenth nearest vector of each question, by plain arithmetic."""
    best = np.empty((len(questions), 0), np.float32)
    for start in range(0, len(made), BLOCK):
        best = np.hstack([best, questions @ made[start : start + BLOCK].T])
        best = -np.partition(-best, DEPTH - 1, axis=1)[:, :DEPTH]
    tenth: Vectors = best.min(axis=1)
    return tenth


def _timed(search: Callable[[Any, int], object], questions: Iterable[Any]) -> list[float]:
    """Milliseconds of each search, as deep as the retriever searches."""
    from knowledge.retriever import WEIGHTS

    taken = []
    for question in questions:
        started = time.perf_counter()
        search(question, WEIGHTS["passages"])
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _figures(seconds: float, taken: list[float]) -> dict[str, float]:
    return {
        "build_seconds": round(seconds, 2),
        "held_mib": memory_mib(os.getpid()),
        "peak_mib": memory_mib(os.getpid(), "VmHWM"),
        "median_ms": round(percentile(taken, 50), 2),
        "p95_ms": round(percentile(taken, 95), 2),
    }


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    step = {VECTORS: vectors_step, KEYWORDS: keywords_step}[sys.argv[2]]
    print(json.dumps(step(Path(sys.argv[1]), int(sys.argv[3]))))
