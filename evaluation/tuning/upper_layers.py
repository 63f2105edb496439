"""The upper layers of the model, trained; what the lower ones make of a text is computed once and kept."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from knowledge.embedder import Embedder

LONGEST = 160  # pieces of a text that are looked at while training
AT_ONCE = 16


class UpperLayers:
    """Vectors of texts as a function of the upper layers alone; every other weight stays as it is."""

    def __init__(self, folder: Path, layers: int) -> None:
        """Loads the model of a folder; `layers` are trained, counted from the top."""
        self._bert, self._tokenizer = Embedder(folder).parts()
        for module in self._bert.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0  # with dropout, attention takes a path that is ten times slower on a processor
        for parameter in self._bert.parameters():
            parameter.requires_grad = False
        every = list(self._bert.encoder.layer)
        self._lower, self._upper, self._first = every[:-layers], every[-layers:], len(every) - layers
        for parameter in self.parameters():
            parameter.requires_grad = True
        self._kept: dict[str, torch.Tensor] = {}

    def parameters(self) -> list[torch.nn.Parameter]:
        """What is trained."""
        return [parameter for layer in self._upper for parameter in layer.parameters()]

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The trained tensors under the names they have in the model's file."""
        return {
            f"encoder.layer.{self._first + place}.{name}": parameter.detach().numpy()
            for place, layer in enumerate(self._upper)
            for name, parameter in layer.named_parameters()
        }

    def vectors(self, texts: list[str]) -> torch.Tensor:
        """One vector of unit length for each text, prefix included, in their order; short ones are batched together."""
        states = self._states(texts)
        order = sorted(range(len(texts)), key=lambda place: len(states[place]))
        batches = [order[start : start + AT_ONCE] for start in range(0, len(order), AT_ONCE)]
        found = torch.cat([self._pooled([states[place] for place in batch]) for batch in batches])
        return found[torch.tensor(order).argsort()]

    def _states(self, texts: list[str]) -> list[torch.Tensor]:
        missing = sorted({text for text in texts if text not in self._kept}, key=len)
        for start in range(0, len(missing), AT_ONCE):
            batch = missing[start : start + AT_ONCE]
            read = self._tokenizer(batch, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
            mask = read["attention_mask"]
            with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
                states = self._bert.embeddings(input_ids=read["input_ids"])
                for layer in self._lower:
                    states = _first_of(layer(states, _added(mask)))
            for text, state, length in zip(batch, states, mask.sum(dim=1).tolist(), strict=True):
                self._kept[text] = state[:length].to(torch.float16).clone()
        return [self._kept[text] for text in texts]

    def _pooled(self, states: list[torch.Tensor]) -> torch.Tensor:
        longest = max(map(len, states))
        mask = torch.tensor([[1.0] * len(state) + [0.0] * (longest - len(state)) for state in states])
        joined = torch.nn.utils.rnn.pad_sequence([state.float() for state in states], batch_first=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for layer in self._upper:
                joined = _first_of(layer(joined, _added(mask)))
        mean = (joined.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=-1)


def _added(mask: torch.Tensor) -> torch.Tensor:
    """The mask as attention adds it: nothing where a piece is, a very small number where none is."""
    return (1.0 - mask[:, None, None, :].float()) * -1e9


def _first_of(output: Any) -> torch.Tensor:
    states: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return states
