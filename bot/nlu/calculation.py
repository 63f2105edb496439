"""Sees when a message asks for something to be counted, or answers what a calculation asked for one turn ago."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.evidence import KNOWLEDGE, today
from bot.nlu.step import Step
from knowledge.calculators import CALCULATORS, NotPossible, wanted
from knowledge.decision import ANSWER

CALCULATION = "calculation"
CALCULATE = "action_calculate"
LEFT_ALONE = ("emergency", "cancel", "abuse", "ask_person")
ACTS = ("report", "suggest", "urge", "withdraw", "rate", "supplement", "reopen", "ticket_progress")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CalculationGuard(Step):
    """Turns such a message into the intent `calculate`, with the calculator's id beside it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"sure": 0.5, "bare": 16}  # from when on a problem is one; the longest message that is a bare answer

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        if tracker.active_loop_name:
            return messages
        asked = tracker.get_slot(CALCULATION) if _last_action(tracker) == CALCULATE else None
        for message in messages:
            text, intent = str(message.get(TEXT) or ""), message.get(INTENT) or {}
            if not text or text.startswith("/") or intent.get("name") in LEFT_ALONE:
                continue
            meant = self._meant(text, intent, message.get(KNOWLEDGE) or {}, asked)
            if meant:
                message.set(CALCULATION, meant, add_to_output=True)
                message.set(INTENT, {"name": "calculate", "confidence": 1.0}, add_to_output=True)
        return messages

    def _meant(
        self, text: str, intent: dict[str, Any], found: dict[str, Any], asked: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """The calculation that a message begins or goes on with, or None."""
        calculator = wanted(text, today())
        if asked and _answers(text, asked, bare=len(text) <= self._config["bare"]):
            is_act = intent.get("name") in ACTS and intent.get("confidence", 0.0) >= self._config["sure"]
            if not is_act and found.get("decision") != ANSWER:
                return {"id": asked["id"], "goes_on": True}
        return {"id": calculator.id, "goes_on": False} if calculator else None


def _last_action(tracker: DialogueStateTracker) -> str | None:
    """What the assistant did last, before it listened."""
    done = (event.action_name for event in reversed(tracker.events) if isinstance(event, ActionExecuted))
    return next((name for name in done if name != ACTION_LISTEN_NAME), None)


def _answers(text: str, asked: dict[str, Any], *, bare: bool) -> bool:
    """True when the message gives what was asked for, be it impossible."""
    calculator, field = CALCULATORS[asked["id"]], asked["asked"]
    meant = bare or calculator.is_part(field, text)  # a part of what was asked for is told as one, however long it is
    try:
        return field in calculator.read(text, field if meant else None)
    except NotPossible:
        return meant
