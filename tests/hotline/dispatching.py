"""Dispatch in tests: the real model, asked for each text once in a run, and reports of a few categories."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundation.settings import load_settings
from hotline.dispatch.learning import Report, reports_in
from knowledge.embedder import Embedder

REPORTS = Path("evaluation/cases/dispatch-development.jsonl")
FEW = ("park", "trees", "bus", "unpaid-wages", "courier", "school-food")
EMBEDDING = "the one of the tests"
_QUERIES = Embedder.queries  # as it is before a test puts something in its place
_known: dict[str, NDArray[np.float32]] = {}


def as_vectors(texts: list[str]) -> NDArray[np.float32]:
    """The vectors of the real model."""
    new = list(dict.fromkeys(text for text in texts if text not in _known))
    if new:
        _known.update(zip(new, _QUERIES(_embedder(), new), strict=True))
    return np.stack([_known[text] for text in texts])


def no_vectors(texts: list[str]) -> None:
    """The process that holds the model is down."""


def few_reports(categories: Iterable[str] = FEW) -> list[Report]:
    """The development reports of a few categories."""
    return [one for one in reports_in(REPORTS) if one.category in categories]


def lines(rows: Iterable[dict[str, str]]) -> str:
    """Rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@cache
def _embedder() -> Embedder:
    return Embedder(load_settings().model_dir)
