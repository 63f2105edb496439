"""The tuned model as a small difference to the converted one: eight bits a weight, one scale a row."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from knowledge.model_folder import DESCRIPTION, WEIGHTS, base_of, marker

DELTA = Path(__file__).with_name("model_delta.safetensors")
STEPS, SCALES, PLAIN = ".steps", ".scales", ".plain"
Tensors = Mapping[str, NDArray[Any]]


def difference(base: Tensors, tuned: Tensors) -> dict[str, NDArray[np.generic]]:
    """What to add to `base` to come to `tuned`, for each tensor of it; matrices in whole steps of a row's scale."""
    found: dict[str, NDArray[np.generic]] = {}
    for name, weights in tuned.items():
        change = weights.astype(np.float32) - base[name].astype(np.float32)
        if change.ndim == 2:
            scales = np.maximum(np.abs(change).max(axis=1, keepdims=True) / 127, 1e-12)
            found[name + STEPS] = np.round(change / scales).astype(np.int8)
            found[name + SCALES] = scales.astype(np.float32)
        else:
            found[name + PLAIN] = change.astype(np.float16)
    return found


def applied(base: Tensors, delta: Tensors) -> dict[str, NDArray[np.float16]]:
    """The tensors of `base` with a difference added."""
    tuned = {name: weights.astype(np.float32) for name, weights in base.items()}
    for key, value in delta.items():
        name, _, kind = key.rpartition(".")
        if f".{kind}" == STEPS:
            tuned[name] = tuned[name] + value.astype(np.float32) * delta[name + SCALES]
        elif f".{kind}" == PLAIN:
            tuned[name] = tuned[name] + value.astype(np.float32)
    return {name: weights.astype(np.float16) for name, weights in tuned.items()}


def is_tuned(target: Path) -> bool:
    """True when target was made from the base beside it and the difference that is shipped."""
    return marker(target, "tuned") == _wanted(base_of(target))


def tune(target: Path) -> None:
    """Make target from the base beside it, complete or not at all."""
    base, fresh = base_of(target), target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(base, fresh)
    save_file(applied(load_file(base / WEIGHTS), load_file(DELTA)), fresh / WEIGHTS, metadata={"format": "pt"})
    described = json.loads((fresh / DESCRIPTION).read_text("utf-8"))
    described = {name: value for name, value in described.items() if name != "converted"} | {"tuned": _wanted(base)}
    (fresh / DESCRIPTION).write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", "utf-8")
    former = target.with_name(f".{target.name}.old")
    shutil.rmtree(former, ignore_errors=True)
    if target.exists():
        target.rename(former)
    fresh.rename(target)
    shutil.rmtree(former, ignore_errors=True)


def _wanted(base: Path) -> dict[str, object]:
    with DELTA.open("rb") as delta:
        return {"base": marker(base, "converted"), "delta": hashlib.file_digest(delta, "sha256").hexdigest()}
