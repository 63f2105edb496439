"""Texts to vectors; the only file that knows sentence-transformers."""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.model_folder import DESCRIPTION, fingerprint

# The libraries read these at import: no hub is ever asked, and no tokenizer threads compete with the one that serves.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

BATCH = 32
PROBES = ("身份证掉了怎么补", "好", "路灯坏了好几天没人管。" * 20)  # of several lengths: a graph may have frozen one
SAME = 0.9999


class ModelMissing(Exception):
    """The folder holds no sentence-transformers model."""


class Embedder:
    """One sentence-transformers folder, loaded; vectors are float32 of unit length, one row a text."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        if not (folder / "modules.json").is_file():
            raise ModelMissing(f"{folder} holds no sentence-transformers model.")
        import torch  # here and not above: it takes seconds, and most who import this file only name the class
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        description = folder / DESCRIPTION
        prefixes = json.loads(description.read_text("utf-8")) if description.is_file() else {}
        self._query_prefix = str(prefixes.get("query_prefix", ""))
        self._passage_prefix = str(prefixes.get("passage_prefix", ""))
        self._folder = folder
        self._torch = torch
        self._model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32}
        )

    def queries(self, texts: list[str]) -> NDArray[np.float32]:
        """The vectors of what citizens ask."""
        return self._embed([self._query_prefix + text for text in texts])

    def passages(self, texts: list[str]) -> NDArray[np.float32]:
        """The vectors of what is searched."""
        return self._embed([self._passage_prefix + text for text in texts])

    @cached_property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._embed_one([""]).shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """A digest of every file in the folder: two snapshots are comparable only under the same one."""
        return fingerprint(self._folder)

    def parts(self) -> tuple[Any, Any]:
        """The transformer and its tokenizer, for tuning."""
        return self._model[0].model, self._model.tokenizer

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        if len(texts) == 1:
            return self._embed_one(texts)
        vectors = self._model.encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)

    def _embed_one(self, texts: list[str]) -> NDArray[np.float32]:
        # A third faster than encode, which sorts and batches; a citizen waits for this one.
        features = self._model.preprocess(texts)
        with self._torch.inference_mode():
            vectors = self._compiled(features["input_ids"], features["attention_mask"])
        return np.asarray(vectors, np.float32)

    @cached_property
    def _compiled(self) -> Any:
        """The model as one optimised graph; the plain model where the graph's vectors do not agree with it."""
        torch, plain = self._torch, _pooled(self._model, self._torch)
        with torch.inference_mode():
            example = self._model.preprocess([PROBES[0]])
            given = (example["input_ids"], example["attention_mask"])
            try:
                graph = torch.jit.trace(plain, given, check_trace=False, strict=False)
                graph = torch.jit.optimize_for_inference(torch.jit.freeze(graph.eval()))
            except Exception:  # noqa: BLE001 — a model that cannot be traced serves as it is
                return plain
            for probe in PROBES:
                features = self._model.preprocess([probe])
                given = (features["input_ids"], features["attention_mask"])
                if float((graph(*given) * plain(*given)).sum()) < SAME:
                    return plain
        return graph


def _pooled(model: Any, torch: Any) -> Any:
    """A module from token ids and mask to vectors of unit length."""

    class Pooled(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            vectors = self.model({"input_ids": input_ids, "attention_mask": attention_mask})["sentence_embedding"]
            return torch.nn.functional.normalize(vectors)

    return Pooled().eval()
