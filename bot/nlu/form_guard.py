"""Inside a form nearly everything is an answer; only a clear act of another kind leaves it."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.evidence import KNOWLEDGE
from bot.nlu.step import Step
from knowledge.decision import ANSWER

FORMS = ("report_form", "ticket_form")
ALWAYS_KEPT = ("emergency", "cancel", "correct", "inform", "join", "send_picture")
FREE = ("report_what", "report_said", "ticket_words")  # a story or a reason may sound like a question
YES_OR_NO = ("affirm", "deny")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FormGuard(Step):
    """Keeps a form from being broken by a classifier that is unsure, and resumes a ticket that a crash left unsaid."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"sure": 0.5}

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        in_form = tracker.active_loop_name in FORMS
        # The citizen confirmed, but the turn that should have opened the ticket never came to its end.
        unsaid = not in_form and tracker.get_slot("report_confirmed") is True
        for message in messages:
            intent = message.get(INTENT) or {}
            if in_form and not self._leaves(message, intent, tracker.get_slot("requested_slot")):
                message.set(INTENT, {"name": "inform", "confidence": 1.0}, add_to_output=True)
            elif unsaid and intent.get("name") not in ("emergency", "ask"):
                message.set(INTENT, {"name": "resume_report", "confidence": 1.0}, add_to_output=True)
        return messages

    def _leaves(self, message: Message, intent: dict[str, Any], asked: str | None) -> bool:
        name, sure = intent.get("name"), intent.get("confidence", 0.0) >= self._config["sure"]
        if name in ALWAYS_KEPT:
            return True
        if name in YES_OR_NO:
            return asked == "report_confirmed"
        if name == "ask":
            return sure and asked not in FREE and (message.get(KNOWLEDGE) or {}).get("decision") == ANSWER
        return name == "ask_person" and sure and len(str(message.get(TEXT))) <= 12
