"""A second look at the intent: a weak guess gives way to what the evidence and the open topic say."""

import re
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.evidence import KNOWLEDGE
from bot.nlu.step import Step
from knowledge.decision import ANSWER, NOTHING
from knowledge.entry import PLAIN_HEADING

WORDS = yaml.safe_load((Path(__file__).parent / "second_look.yml").read_text(encoding="utf-8"))
_ASKING = re.compile("|".join(WORDS["asking"]))
CHOICE = "choice"
ANSWERS = {"affirm": "yes", "deny": "none"}  # as a `choice`, which the ticket actions read
WAYS_OF_TELLING = (PLAIN_HEADING, "说详细点")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SecondLook(Step):
    """Makes a question of what the classifier took for something else, where knowledge or topic speak for it.

    A yes or no to what was just asked about a ticket becomes that act, with the answer as a `choice`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"sure": 0.6, "short": 14}

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        if tracker.active_loop_name:
            return messages
        act = _asked(tracker)
        for message in messages:
            text = str(message.get(TEXT) or "")
            answer = self._answer(text, message.get(INTENT) or {}) if act else None
            if answer:
                others = [one for one in message.get(ENTITIES, []) if one["entity"] != CHOICE]
                message.set(ENTITIES, [*others, _choice(answer, text)], add_to_output=True)
                message.set(INTENT, {"name": act, "confidence": 1.0}, add_to_output=True)
                continue
            better = self._better(text, message, bool(tracker.get_slot("topic"))) if text[:1] not in ("", "/") else None
            if (message.get(INTENT) or {}).get("name") == "affirm" and tracker.get_slot("offered_ticket"):
                better = "report"  # yes to the ticket that was offered
            if better:
                message.set(INTENT, {"name": better, "confidence": 1.0}, add_to_output=True)
        return messages

    def _answer(self, text: str, intent: dict[str, Any]) -> str | None:
        """What a message answers; a yes counts only beyond doubt, for it cannot be taken back."""
        doubtful = intent.get("confidence", 0.0) < self._config["sure"] or bool(_ASKING.search(text))
        return None if intent.get("name") == "affirm" and doubtful else ANSWERS.get(str(intent.get("name")))

    def _better(self, text: str, message: Message, topic: bool) -> str | None:
        intent, found = message.get(INTENT) or {}, message.get(KNOWLEDGE) or {}
        name, weak = intent.get("name"), intent.get("confidence", 0.0) < self._config["sure"]
        short, asks = len(text) <= self._config["short"], bool(_ASKING.search(text))
        facet = next((one["value"] for one in message.get(ENTITIES, []) if one["entity"] == "facet"), None)
        if topic and short and facet in WAYS_OF_TELLING and name in WORDS["gives_way"]:
            return "ask_facet"
        if topic and short and asks and weak and name in WORDS["gives_way"] and found.get("decision") != ANSWER:
            return "ask_facet"
        if name == "out_of_scope" and (found.get("decision") == ANSWER or (weak and found.get("decision") != NOTHING)):
            return "ask"
        if name in ("report", "suggest") and weak and asks and found.get("decision") == ANSWER:
            return "ask"
        return None


def _asked(tracker: DialogueStateTracker) -> str | None:
    """The act that the last action asked about; a question that only stands from before is not it."""
    kept: dict[str, Any] | None = None
    for event in reversed(tracker.events):
        if isinstance(event, SlotSet) and event.key == "ticket_act" and kept is None:
            kept = event.value or {}
        if isinstance(event, ActionExecuted) and event.action_name != ACTION_LISTEN_NAME:
            act = (kept or {}).get("act")
            return act if act and WORDS["yes_or_no"].get(act) == event.action_name else None
    return None


def _choice(answer: str, text: str) -> dict[str, Any]:
    return {"entity": CHOICE, "value": answer, "start": 0, "end": len(text), "extractor": "SecondLook"}
