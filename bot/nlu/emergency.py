"""Emergency first: danger in a message outweighs whatever the classifier took it for."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from knowledge.emergency import find_danger

DANGER = "danger"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EmergencyGuard(GraphComponent):
    """Turns the intent into `emergency` where the danger words say so, and only there."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "EmergencyGuard":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            danger = None if text.startswith("/") else find_danger(text)
            if danger:
                message.set(DANGER, {"kind": danger.kind, "matched": danger.matched}, add_to_output=True)
                message.set(INTENT, {"name": "emergency", "confidence": 1.0}, add_to_output=True)
        return messages
