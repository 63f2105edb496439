"""Models on disk: a folder each with numbers (npz) and names (JSON), nothing that could run; a pointer to the current.

A new model is written aside and the pointer exchanged in one step, so that whoever reads sees the old or the new one.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from foundation.clock import now
from hotline.dispatch.blend import Doubt
from hotline.dispatch.classifier import Classifier, Features, Head
from hotline.dispatch.own_words import OwnWords
from hotline.dispatch.words import TERMS, TfIdf

CURRENT = "current"
FORMAT = 1  # of the files; one more with every change that earlier code could not read, or the other way round
KEPT = 5
Arrays = dict[str, NDArray[Any]]


class OtherFormat(ValueError):
    """The model was written by an earlier or a later version; learning again replaces it."""


@dataclass(frozen=True)
class Level:
    """From which confidence on a ticket is dispatched without an operator, and on what that rests."""

    confidence: float
    share: float  # of the confirmed tickets that lie above it
    right: float  # of those
    confirmed: int


@dataclass(frozen=True)
class About:
    """What a model rests on."""

    version: str = ""
    learned_at: str = ""
    embedding: str = ""  # fingerprint of the model that made the vectors
    reports: int = 0
    confirmed: int = 0
    corrected: int = 0  # of those, where people decided otherwise than was suggested
    known: tuple[str, ...] = ()  # numbers of the confirmed tickets it learned from
    accuracy: float = 0.0  # on development reports that were left out while it learned
    automatic: Level | None = None
    departments: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # where confirmed tickets went
    rules: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # how often each was right, how often it came


@dataclass(frozen=True)
class Remembered:
    """Confirmed tickets, to be found again by what they say."""

    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 1), np.float32))


@dataclass(frozen=True)
class Model:
    """Everything that a suggestion needs."""

    about: About
    classifier: Classifier
    phrases: Mapping[str, tuple[str, ...]]
    remembered: Remembered


def current(root: Path) -> Path | None:
    """The folder of the current model, or None before the first one."""
    pointer = root / CURRENT
    return root / pointer.read_text(encoding="utf-8").strip() if pointer.exists() else None


def save(root: Path, model: Model) -> Path:
    """Write a model and make it the current one; returns its folder."""
    folder = root / model.about.version
    folder.mkdir(parents=True)
    names, arrays = _taken_apart(model)
    (folder / "model.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    np.savez_compressed(folder / "model.npz", **arrays)
    aside = root / f"{CURRENT}.new"
    aside.write_text(folder.name, encoding="utf-8")
    os.replace(aside, root / CURRENT)
    for old in sorted(path for path in root.iterdir() if path.is_dir())[:-KEPT]:
        shutil.rmtree(old)
    return folder


def load(folder: Path) -> Model:
    """The model that `save` wrote there; raises OtherFormat."""
    names = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    if names.get("format") != FORMAT:
        raise OtherFormat(str(folder))
    with np.load(folder / "model.npz", allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    return _put_together(names, arrays)


def new_version() -> str:
    """A name that sorts by time."""
    return f"{now():%Y%m%dT%H%M%S%f}"


def _taken_apart(model: Model) -> tuple[dict[str, Any], Arrays]:
    one = model.classifier
    arrays: Arrays = {"mean": one.features.mean, "deviation": one.features.deviation}
    arrays["remembered"] = model.remembered.vectors
    terms = {kind: _terms(f"terms/{kind}", found, arrays) for kind, found in one.features.terms.items()}
    for name, head in one.heads.items():
        for block, weights in head.learned.items():
            arrays[f"head/{name}/{block}"] = weights.astype(np.float16)
    names = {
        "format": FORMAT,
        "about": asdict(model.about),
        "labels": one.labels,
        "phrases": model.phrases,
        "terms": terms,
        "own": _own(one.own, "own", arrays),
        "categories": _own(one.features.categories, "categories", arrays),
        "heads": {name: _scalars(head) for name, head in one.heads.items()},
        "remembered": [model.remembered.numbers, model.remembered.categories, model.remembered.departments],
    }
    return names, arrays


def _scalars(head: Head) -> dict[str, Any]:
    return {"own": head.own, "blend": head.blend, "doubt": asdict(head.doubt)}


def _own(own: OwnWords, name: str, arrays: Arrays) -> dict[str, list[str]]:
    arrays |= {f"{name}/owners": own.owners, f"{name}/vectors": own.vectors, f"{name}/centre": own.centre}
    for kind, rows in own.rows.items():
        parts = {"data": rows.data, "indices": rows.indices, "indptr": rows.indptr}
        arrays |= {f"{name}/{kind}/{part}": values for part, values in parts.items()}
    return {kind: _terms(f"{name}/{kind}", terms, arrays) for kind, terms in own.terms.items()}


def _terms(name: str, terms: TfIdf, arrays: Arrays) -> list[str]:
    arrays[f"{name}/idf"] = terms.idf
    return list(terms.places)


def _put_together(names: dict[str, Any], arrays: Arrays) -> Model:
    features = Features(
        terms={kind: _terms_of(names["terms"][kind], arrays[f"terms/{kind}/idf"]) for kind in TERMS},
        mean=arrays["mean"],
        deviation=arrays["deviation"],
        categories=_own_of(names["categories"], "categories", arrays),
    )
    heads = {name: _head_of(name, held, arrays) for name, held in names["heads"].items()}
    own = _own_of(names["own"], "own", arrays)
    numbers, categories, departments = (tuple(part) for part in names["remembered"])
    return Model(
        _about_of(names["about"]),
        Classifier(tuple(names["labels"]), features, own, heads),
        {label: tuple(own) for label, own in names["phrases"].items()},
        Remembered(numbers, categories, departments, arrays["remembered"]),
    )


def _about_of(held: dict[str, Any]) -> About:
    level = Level(**held["automatic"]) if held["automatic"] else None
    return About(**held | {"automatic": level, "known": tuple(held["known"])})


def _head_of(name: str, held: dict[str, Any], arrays: Arrays) -> Head:
    start = f"head/{name}/"
    learned = {key.removeprefix(start): array for key, array in arrays.items() if key.startswith(start)}
    return Head(tuple(held["own"]), (held["blend"][0], held["blend"][1]), Doubt(**held["doubt"]), learned)


def _own_of(held: dict[str, list[str]], name: str, arrays: Arrays) -> OwnWords:
    terms = {kind: _terms_of(held[kind], arrays[f"{name}/{kind}/idf"]) for kind in TERMS}
    labels = int(arrays[f"{name}/owners"].max()) + 1
    rows = {
        kind: csr_matrix(
            tuple(arrays[f"{name}/{kind}/{part}"] for part in ("data", "indices", "indptr")),
            shape=(labels, len(terms[kind].places)),
        )
        for kind in TERMS
    }
    return OwnWords(arrays[f"{name}/owners"], arrays[f"{name}/vectors"], arrays[f"{name}/centre"], terms, rows)


def _terms_of(held: list[str], idf: NDArray[np.float32]) -> TfIdf:
    return TfIdf({term: place for place, term in enumerate(held)}, idf)
