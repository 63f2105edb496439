"""The tuned model: a small difference to the converted one, added without losing much and made anew when it changes."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from foundation.settings import load_settings
from knowledge import model_delta
from knowledge.embedder import Embedder
from knowledge.model_delta import applied, difference, is_tuned, tune
from knowledge.model_folder import base_of, is_foreign

RANDOM = np.random.default_rng(0)
BASE = {"matrix": RANDOM.normal(size=(6, 8)).astype(np.float16), "bias": RANDOM.normal(size=6).astype(np.float16)}


def test_a_difference_in_eight_bits_comes_back_within_half_a_step() -> None:
    moved = {name: (value + 0.01 * RANDOM.normal(size=value.shape)).astype(np.float32) for name, value in BASE.items()}
    back = applied(BASE, difference(BASE, moved))
    step = np.abs(moved["matrix"] - BASE["matrix"].astype(np.float32)).max() / 127
    assert np.abs(back["matrix"].astype(np.float32) - moved["matrix"]).max() <= step + 2e-3  # and half precision
    assert np.allclose(back["bias"].astype(np.float32), moved["bias"], atol=2e-3)


def test_what_was_not_tuned_stays_as_it_is() -> None:
    back = applied(BASE, difference(BASE, {"bias": BASE["bias"] + np.float16(0.5)}))
    assert np.array_equal(back["matrix"], BASE["matrix"])


@pytest.fixture
def target(tmp_path: Path) -> Path:
    model = load_settings().model_dir
    base_of(tmp_path / "embedding").symlink_to(base_of(model).resolve())
    return tmp_path / "embedding"


def test_a_tuned_folder_serves_and_is_made_anew_when_the_difference_changes(
    target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_tuned(target)
    tune(target)
    assert is_tuned(target) and not is_foreign(target)
    first = Embedder(target).queries(["公积金怎么提"])
    other = tmp_path / "other.safetensors"
    save_file({"encoder.layer.11.output.dense.bias.plain": np.full(384, 0.3, np.float16)}, other)
    monkeypatch.setattr(model_delta, "DELTA", other)
    assert not is_tuned(target)
    tune(target)
    assert is_tuned(target)
    assert not np.allclose(Embedder(target).queries(["公积金怎么提"]), first, atol=1e-3)
