"""Character n-grams beside the embedding: they see slips, tokens and short words that sentence vectors blur."""

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

FILE = "characters.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharacterNgrams(SparseFeaturizer, GraphComponent):
    """A sentence feature of weighted character n-grams (TF-IDF), learned from the training texts."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**SparseFeaturizer.get_default_config(), "longest": 3, "seen_at_least": 2, "scale": 5.0}

    def __init__(
        self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource, vectorizer: TfidfVectorizer
    ) -> None:
        super().__init__(name, config)
        self._scale = float(config["scale"])
        self._storage = storage
        self._resource = resource
        self._vectorizer = vectorizer

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CharacterNgrams":
        return cls(config, execution_context.node_name, model_storage, resource, _vectorizer(config))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "CharacterNgrams":
        with model_storage.read_from(resource) as folder:
            learned = json.loads((folder / FILE).read_text(encoding="utf-8"))
        vectorizer = _vectorizer(config, learned["vocabulary"])
        vectorizer.idf_ = learned["idf"]
        return cls(config, execution_context.node_name, model_storage, resource, vectorizer)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be wrong that training would not say."""

    def train(self, training_data: TrainingData) -> Resource:
        self._vectorizer.fit(_text(example) for example in training_data.training_examples if _text(example))
        vocabulary = {ngram: int(position) for ngram, position in self._vectorizer.vocabulary_.items()}
        with self._storage.write_to(self._resource) as folder:
            learned = {"vocabulary": vocabulary, "idf": self._vectorizer.idf_.tolist()}
            (folder / FILE).write_text(json.dumps(learned, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            sentence = csr_matrix(self._vectorizer.transform([_text(message)]) * self._scale)
            self.add_features_to_message(sequence=None, sentence=sentence, attribute=TEXT, message=message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process([example for example in training_data.training_examples if example.get(TEXT)])
        return training_data


def _vectorizer(config: dict[str, Any], vocabulary: dict[str, int] | None = None) -> TfidfVectorizer:
    least = 1 if vocabulary else config["seen_at_least"]
    return TfidfVectorizer(analyzer="char", ngram_range=(1, config["longest"]), min_df=least, vocabulary=vocabulary)


def _text(message: Message) -> str:
    """Payloads have no words."""
    text = str(message.get(TEXT) or "")
    return "" if text.startswith("/") else text
