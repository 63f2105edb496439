"""Embeds the message: once for intent and search alike, in the one process that holds the model."""

from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from foundation.settings import load_settings
from knowledge.embedder import Embedder

VECTOR = "wenzheng_vector"
BATCH = 64


@lru_cache(maxsize=1)
def embedder() -> Embedder:
    """The model of this process, loaded at the first call."""
    return Embedder(load_settings().model_dir)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbedding(DenseFeaturizer, GraphComponent):
    """A sentence feature from sentence-transformers; the unscaled vector stays on the message for search."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            **DenseFeaturizer.get_default_config(),
            # On vectors of unit length the classifier cannot become sure; ten times as long it can.
            "scale": 10.0,
            # The training fingerprint sees this config only, not the model's files.
            "model": "",
        }

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._scale = float(config["scale"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEmbedding":
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be wrong that the load of the model would not say."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            self._put(message, _vector(text))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        for start in range(0, len(examples), BATCH):
            batch = examples[start : start + BATCH]
            for example, vector in zip(
                batch, embedder().queries([example.get(TEXT) for example in batch]), strict=True
            ):
                self._put(example, vector)
        return training_data

    def _put(self, message: Message, vector: "np.ndarray") -> None:
        message.set(VECTOR, vector)
        self.add_features_to_message(
            sequence=None, sentence=(vector * self._scale)[None, :], attribute=TEXT, message=message
        )


def _vector(text: str) -> "np.ndarray":
    """Payloads and empty messages mean nothing to the model."""
    if not text.strip() or text.startswith("/"):
        return np.zeros(embedder().dimension, dtype=np.float32)
    vector: np.ndarray = embedder().queries([text])[0]
    return vector
