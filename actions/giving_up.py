"""When there is no answer: say so, note the question for the content team, and after two failures offer a person."""

import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions import message
from actions.parts import parts

UNSURE_INTENTS = ("ask_facet", "nlu_fallback", "inform", "correct", "affirm", "deny", "choose", "None")
ANSWERING = ("action_answer", "action_answer_facet", "action_choose")
log = logging.getLogger(__name__)
PATIENCE = 2  # failures in a row after which a person is offered
Events = list[dict[str, Any]]


def admit(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """No entry fits: ask for a clearer question where the message was unclear, else say that there is no answer."""
    unclear = message.intent(tracker) in UNSURE_INTENTS
    return give_up(dispatcher, tracker, "utter_clarify_more" if unclear else "utter_no_answer", message.text(tracker))


def give_up(dispatcher: CollectingDispatcher, tracker: Tracker, response: str, question: str, **filled: str) -> Events:
    """Say that it was not answered and keep the question for the content team; `filled` stands in the words said."""
    failures = (tracker.get_slot("failures") or 0) + 1 if message.in_a_row(tracker, ANSWERING) else 1
    _note(question, tracker.sender_id)
    if failures >= PATIENCE:
        response = "utter_repeated_failure"
    offers = [] if response == "utter_clarify_more" else ["ticket", "person"]
    dispatcher.utter_message(response=response, json_message={"offers": offers}, **filled)
    return [
        SlotSet("failures", failures),
        SlotSet("choices", None),
        SlotSet("asked", question or None),
        SlotSet("offered_ticket", True if offers else None),
    ]


def _note(question: str, conversation: str) -> None:
    """Keep the question; where that fails, the citizen is answered all the same."""
    try:
        parts().gaps.note(question, conversation)
    except SQLAlchemyError:
        log.exception("a question without an answer was not noted")
