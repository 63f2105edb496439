"""Answers from entries: what was found, a facet of the open topic, or one of the entries named when asking back."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import cards, message
from actions.parts import parts
from knowledge.decision import ANSWER, ASK_BACK
from knowledge.entry import PLAIN_HEADING, Facet
from knowledge.store import Revision

WHOLE = "说详细点"
NONE = "none"
UNSURE_INTENTS = ("nlu_fallback", "inform", "correct", "None")
Events = list[dict[str, Any]]


class ActionAnswer(Action):
    """Answers, asks back, or admits that there is nothing, as the evidence decided."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        chosen = message.entity(tracker, "entry")
        if chosen:
            return say_entry(dispatcher, parts().store.current(chosen))
        found = message.evidence(tracker)
        if found.get("decision") == ANSWER:
            return _say_found(dispatcher, tracker, found)
        joined = found.get("joined") or {}
        if joined.get("decision") == ANSWER:
            return _say_found(dispatcher, tracker, joined)
        if found.get("decision") == ASK_BACK:
            return _ask_back(dispatcher, tracker, found)
        return _admit(dispatcher, tracker)


class ActionAnswerFacet(Action):
    """Answers one facet of the open topic; without a topic it is a question like any other."""

    def name(self) -> str:
        return "action_answer_facet"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        topic, asked = tracker.get_slot("topic"), message.entity(tracker, "facet")
        found = message.evidence(tracker)
        names_another = found.get("decision") == ANSWER and found["candidates"][0]["entry"] != topic
        if not topic or names_another:
            return ActionAnswer().run(dispatcher, tracker, domain)
        revision = parts().store.current(topic)
        if asked in (None, WHOLE):
            return say_entry(dispatcher, revision)
        facet = (
            Facet(PLAIN_HEADING, revision.entry.plain) if asked == PLAIN_HEADING else revision.entry.facet(str(asked))
        )
        if facet is None:
            dispatcher.utter_message(response="utter_facet_missing", title=revision.entry.title)
            return []
        return say_entry(dispatcher, revision, facet, of_topic=True)


class ActionChoose(Action):
    """Takes a choice by number, or `none of these`."""

    def name(self) -> str:
        return "action_choose"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        choices, picked = tracker.get_slot("choices") or [], message.entity(tracker, "choice")
        if picked == NONE and choices:
            dispatcher.utter_message(response="utter_none_of_these", json_message={"offers": ["ticket", "person"]})
            return [SlotSet("choices", None), SlotSet("offered_ticket", True)]
        if picked and picked != NONE and int(picked) <= len(choices):
            return say_entry(dispatcher, parts().store.current(choices[int(picked) - 1]))
        return ActionAnswer().run(dispatcher, tracker, domain)


def say_entry(
    dispatcher: CollectingDispatcher, revision: Revision, facet: Facet | None = None, *, of_topic: bool = False
) -> Events:
    """Say a card and remember its topic."""
    reply = cards.card(revision, facet)
    if of_topic and facet:
        dispatcher.utter_message(
            response="utter_answered_facet", json_message={"reply": reply}, facet=facet.name, **cards.words(reply)
        )
    else:
        dispatcher.utter_message(response="utter_answered", json_message={"reply": reply}, **cards.words(reply))
    return [SlotSet("topic", revision.entry.id), SlotSet("choices", None), SlotSet("offered_ticket", None)]


def _say_found(dispatcher: CollectingDispatcher, tracker: Tracker, found: dict[str, Any]) -> Events:
    """Answer from the very revision that was searched."""
    best = found["candidates"][0]
    revision = parts().store.revision(best["entry"], best["revision"])
    asked = message.entity(tracker, "facet")
    facet = revision.entry.facet(asked) if asked else None
    return say_entry(dispatcher, revision, facet, of_topic=best["entry"] == tracker.get_slot("topic"))


def _ask_back(dispatcher: CollectingDispatcher, tracker: Tracker, found: dict[str, Any]) -> Events:
    titles = {candidate["entry"]: candidate["title"] for candidate in found["candidates"]}
    offered = [entry for entry in found["offered"] if entry in titles]
    choices = [cards.choice(entry, titles[entry]) for entry in offered]
    choices.append({"title": "都不是", "payload": '/choose{"choice": "none"}'})
    numbered = "".join(f"\n{number}. {one['title']}" for number, one in enumerate(choices, start=1))
    dispatcher.utter_message(
        response="utter_clarify", json_message={"reply": {"type": "choices", "choices": choices}}, options=numbered
    )
    return [SlotSet("choices", offered), SlotSet("asked", message.text(tracker)), SlotSet("offered_ticket", None)]


def _admit(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    if message.intent(tracker) in UNSURE_INTENTS:
        dispatcher.utter_message(response="utter_clarify_more")
        return []
    dispatcher.utter_message(response="utter_no_answer", json_message={"offers": ["ticket", "person"]})
    return [SlotSet("asked", message.text(tracker)), SlotSet("offered_ticket", True)]
