"""Entities: place, time, facet, ticket number, ticket code, choice number."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.readers import read
from bot.nlu.step import Step


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityReader(Step):
    """Adds what `readers.read` finds."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            entities = [] if text.startswith("/") else [_entity(text, *item) for item in read(text).items()]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages


def _entity(text: str, kind: str, value: str) -> dict[str, Any]:
    start = max(text.find(value), 0)
    return {"entity": kind, "value": value, "start": start, "end": start + len(value), "extractor": "EntityReader"}
