"""Emergency first: danger in a message outweighs whatever the classifier took it for."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.step import Step
from knowledge.emergency import find_danger

DANGER = "danger"
EMERGENCY, FALLBACK, UNCLEAR = "emergency", "nlu_fallback", "unclear"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EmergencyGuard(Step):
    """The danger words decide; where they are silent, the classifier's own `emergency` counts only when it is sure."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"sure": 0.85}

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            danger = None if text.startswith("/") else find_danger(text)
            if danger:
                message.set(DANGER, {"kind": danger.kind, "matched": danger.matched}, add_to_output=True)
                message.set(INTENT, {"name": EMERGENCY, "confidence": 1.0}, add_to_output=True)
            elif (message.get(INTENT) or {}).get("name") == EMERGENCY:
                self._doubt(message)
        return messages

    def _doubt(self, message: Message) -> None:
        """Without danger words: sure enough to say the numbers, or most likely the next best intent."""
        if message.get(INTENT)["confidence"] >= self._config["sure"]:
            message.set(DANGER, {"kind": UNCLEAR, "matched": ""}, add_to_output=True)
            return
        others = [one for one in message.get("intent_ranking") or [] if one["name"] not in (EMERGENCY, FALLBACK)]
        message.set(INTENT, others[0] if others else {"name": FALLBACK, "confidence": 0.0}, add_to_output=True)
