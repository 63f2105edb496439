"""Answers from entries: what was found, a facet of the open topic, or one of the entries named when asking back."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import cards, message
from actions.giving_up import admit, give_up
from actions.parts import parts, today
from knowledge.decision import ANSWER, ASK_BACK
from knowledge.entry import PLAIN_HEADING, Facet
from knowledge.facet_choice import asks_first, lead_says, part_about, part_for
from knowledge.store import Revision

WHOLE = "说详细点"
NONE = "none"
MOST_CARDS = 2  # side by side, when a message asks for two things
Events = list[dict[str, Any]]
SETTLED = ("offered_ticket", "choices", "failures", "calculation")  # what an answer puts an end to


class ActionAnswer(Action):
    """Answers, asks back, or admits that there is nothing, as the evidence decided."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        chosen = message.entity(tracker, "entry")
        if chosen:
            revision = published(chosen)
            return say_entry(dispatcher, revision) if revision else give_up(dispatcher, tracker, "utter_no_answer", "")
        found = message.evidence(tracker)
        several = _several(found)
        if len(several) > 1:
            return _say_side_by_side(dispatcher, tracker, several)
        if several:
            return _say_found(dispatcher, tracker, several[0])
        joined = found.get("joined") or {}
        if _is_sure(joined):
            return _say_found(dispatcher, tracker, joined["candidates"][0], leaning=True)
        if found.get("decision") == ASK_BACK:
            return _ask_back(dispatcher, tracker, found)
        return admit(dispatcher, tracker)


class ActionAnswerFacet(Action):
    """Answers one facet of the open topic; without a topic it is a question like any other."""

    def name(self) -> str:
        return "action_answer_facet"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        topic, asked = published(tracker.get_slot("topic")), message.entity(tracker, "facet")
        found = message.evidence(tracker)
        if topic is None or _names_another(found, topic.entry.id):
            return ActionAnswer().run(dispatcher, tracker, domain)
        if asked == WHOLE:
            return _say_whole(dispatcher, topic)
        joined = (found.get("joined") or {}).get("candidates") or []
        variant = joined and joined[0]["entry"] != topic.entry.id and _is_sure(found["joined"])
        if variant:  # "那小孩呢": another entry answers it for the topic
            return _say_found(dispatcher, tracker, joined[0], leaning=True)
        part = part_for(topic.entry, asked) if asked else part_about(topic.entry, message.text(tracker))
        if part is None and asked and not lead_says(topic.entry, asked):
            title, question = topic.entry.title, message.text(tracker) or asked
            return give_up(dispatcher, tracker, "utter_facet_missing", f"{title}：{question}", title=title)
        return say_entry(dispatcher, topic, part, of_topic=True)


class ActionChoose(Action):
    """Takes a choice by number, or `none of these`."""

    def name(self) -> str:
        return "action_choose"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        choices, picked = tracker.get_slot("choices") or [], message.entity(tracker, "choice")
        if picked == NONE and choices:
            return give_up(dispatcher, tracker, "utter_none_of_these", tracker.get_slot("asked") or "")
        is_place = picked and picked != NONE and int(picked) <= len(choices)
        chosen = published(choices[int(picked) - 1]) if is_place else None
        if chosen:
            return say_entry(dispatcher, chosen)
        return ActionAnswer().run(dispatcher, tracker, domain)


def say_entry(
    dispatcher: CollectingDispatcher, revision: Revision, facet: Facet | None = None, *, of_topic: bool = False
) -> Events:
    """Say a card and remember its topic."""
    reply = cards.card(revision, facet, alone=of_topic)
    if of_topic and facet:
        dispatcher.utter_message(
            response="utter_answered_facet", json_message={"reply": reply}, facet=facet.name, **cards.words(reply)
        )
    else:
        dispatcher.utter_message(response="utter_answered", json_message={"reply": reply}, **cards.words(reply))
    return settled(revision.entry.id)


def published(entry: str | None) -> Revision | None:
    """The published revision of an entry; None where there is none, none any more, or none that holds today."""
    found = parts().store.published([entry]) if entry else []
    return next((one for one in found if one.entry.in_force(today())), None)


def settled(topic: str | None) -> Events:
    """The topic from now on; whatever was open is not any more."""
    return [SlotSet("topic", topic), *(SlotSet(slot, None) for slot in SETTLED)]


def _several(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The candidates to answer from: those of the several questions that a message asks, or the one of the whole."""
    asked = {one["candidates"][0]["entry"]: one["candidates"][0] for one in found.get("questions", ()) if _is_sure(one)}
    if len(asked) > 1:
        return list(asked.values())[:MOST_CARDS]
    return [found["candidates"][0]] if _is_sure(found) else list(asked.values())


def _is_sure(found: dict[str, Any]) -> bool:
    return bool(found.get("decision") == ANSWER)


def _names_another(found: dict[str, Any], topic: str) -> bool:
    """True when the message names a matter of its own, for which another entry than the topic's is right."""
    return _is_sure(found) and bool(found["candidates"][0]["entry"] != topic)


def _say_found(
    dispatcher: CollectingDispatcher, tracker: Tracker, best: dict[str, Any], *, leaning: bool = False
) -> Events:
    """Answer from the very revision that was searched; a complaint in the same message is offered a ticket."""
    revision = parts().store.revision(best["entry"], best["revision"])
    asked = message.entity(tracker, "facet")
    if asked == WHOLE:
        return _say_whole(dispatcher, revision)
    same_topic = best["entry"] == tracker.get_slot("topic")
    wanted = asked if asked and (leaning or same_topic or asks_first(asked)) else None
    facet = part_for(revision.entry, wanted) if wanted else None
    events = say_entry(dispatcher, revision, facet, of_topic=same_topic and facet is not None)
    return events + _offer_ticket(dispatcher, tracker)


def _say_side_by_side(dispatcher: CollectingDispatcher, tracker: Tracker, several: list[dict[str, Any]]) -> Events:
    """A card for each thing that was asked; the first is the topic."""
    for candidate in several:
        say_entry(dispatcher, parts().store.revision(candidate["entry"], candidate["revision"]))
    return settled(several[0]["entry"]) + _offer_ticket(dispatcher, tracker)


def _say_whole(dispatcher: CollectingDispatcher, revision: Revision) -> Events:
    reply = cards.card(revision)
    told = [facet for facet in reply["facets"] if facet["name"] != PLAIN_HEADING]
    dispatcher.utter_message(
        response="utter_answered_whole",
        json_message={"reply": reply},
        whole="\n".join(f"【{facet['name']}】\n{facet['text']}" for facet in told),
        **cards.words(reply),
    )
    return settled(revision.entry.id)


def _offer_ticket(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Offers a ticket where the message also tells of a problem."""
    if not message.tells_of_a_problem(tracker):
        return []
    dispatcher.utter_message(response="utter_offer_ticket", json_message={"offers": ["ticket"]})
    return [SlotSet("asked", message.text(tracker)), SlotSet("offered_ticket", True)]


def _ask_back(dispatcher: CollectingDispatcher, tracker: Tracker, found: dict[str, Any]) -> Events:
    named = {candidate["entry"]: candidate for candidate in found["candidates"]}
    offered = [named[entry] for entry in found["offered"] if entry in named]
    choices = [cards.choice(one["entry"], one["title"]) for one in offered]
    choices.append({"title": "都不是", "payload": '/choose{"choice": "none"}'})
    numbered = "".join(f"\n{number}. {one['title']}" for number, one in enumerate(choices, start=1))
    dispatcher.utter_message(
        response="utter_clarify", json_message={"reply": {"type": "choices", "choices": choices}}, options=numbered
    )
    return [
        SlotSet("choices", [one["entry"] for one in offered]),
        SlotSet("asked", message.text(tracker)),
        SlotSet("offered_ticket", None),
    ]
