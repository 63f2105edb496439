"""Sees when a message asks for something to be counted, or answers what an open calculation asked for."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.step import Step
from knowledge.calculators import CALCULATORS, wanted

CALCULATION = "calculation"
LEFT_ALONE = ("emergency", "cancel", "abuse", "ask_person")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CalculationGuard(Step):
    """Turns such a message into the intent `calculate`, with the calculator's id beside it."""

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        if tracker.active_loop_name:
            return messages
        for message in messages:
            text, intent = str(message.get(TEXT) or ""), message.get(INTENT) or {}
            if not text or text.startswith("/") or intent.get("name") in LEFT_ALONE:
                continue
            calculator = _meant(text, tracker.get_slot(CALCULATION))
            if calculator:
                message.set(CALCULATION, calculator, add_to_output=True)
                message.set(INTENT, {"name": "calculate", "confidence": 1.0}, add_to_output=True)
        return messages


def _meant(text: str, open_one: dict[str, Any] | None) -> str | None:
    asked = wanted(text)
    if asked is not None:
        return asked.id
    if open_one and _answers(text, open_one):
        return str(open_one["id"])
    return None


def _answers(text: str, open_one: dict[str, Any]) -> bool:
    """True when the message says something that the calculation asked for, be it impossible."""
    try:
        return bool(CALCULATORS[open_one["id"]].read(text, open_one["asked"]))
    except ValueError:
        return True
