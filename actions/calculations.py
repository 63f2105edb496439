"""A calculation: asks for what is missing, one thing at a time, and shows the result and how it was counted."""

import json
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import cards, message
from actions.parts import parts
from foundation.clock import local, now
from knowledge.calculators import CALCULATORS, Calculator, Field, Result

Events = list[dict[str, Any]]


class ActionCalculate(Action):
    """Takes what the message gives, and asks for the next thing or says what comes out."""

    def name(self) -> str:
        return "action_calculate"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        before = tracker.get_slot("calculation") or {}
        named = message.entity(tracker, "calculator") or tracker.latest_message.get("calculation") or before.get("id")
        if named not in CALCULATORS:  # a button of a calculation that has ended
            dispatcher.utter_message(response="utter_clarify_more")
            return []
        calculator = CALCULATORS[named]
        begun = before if before.get("id") == named else {}
        values, asked = dict(begun.get("values") or {}), begun.get("asked")
        try:
            values |= _given(calculator, tracker, asked)
            field = calculator.missing(values)
            result = None if field else calculator.compute(values, _today())
        except ValueError as reason:
            return _ask_again(dispatcher, calculator, begun, str(reason))
        if result is None and field is not None:
            _ask(dispatcher, field)
            kept = {"id": named, "values": values, "asked": field.name}
            return [SlotSet("calculation", kept), SlotSet("choices", None)]
        return _say(dispatcher, calculator, result)


def _given(calculator: Calculator, tracker: Tracker, asked: str | None) -> dict[str, Any]:
    """The values that a message or a button gives."""
    field, place = message.entity(tracker, "field"), message.entity(tracker, "place_in_list")
    if field and place:
        choices = next(one.choices for one in calculator.fields if one.name == field)
        return {field: choices[int(place)].value}
    return calculator.read(message.text(tracker), asked) if message.text(tracker) else {}


def _ask(dispatcher: CollectingDispatcher, field: Field, reason: str = "") -> None:
    choices = [
        {
            "title": choice.title,
            "payload": f"/calculate{json.dumps({'field': field.name, 'place_in_list': str(place)})}",
        }
        for place, choice in enumerate(field.choices)
    ]
    numbered = "".join(f"\n{number}. {one['title']}" for number, one in enumerate(choices, start=1))
    reply = {"reply": {"type": "choices", "choices": choices}} if choices else {}
    dispatcher.utter_message(
        response="utter_calculation_ask", json_message=reply, question=f"{reason}{field.ask}{numbered}"
    )


def _ask_again(dispatcher: CollectingDispatcher, calculator: Calculator, begun: dict[str, Any], reason: str) -> Events:
    """An impossible value is said so, and the same thing asked once more."""
    values, asked = begun.get("values") or {}, begun.get("asked")
    field = next((one for one in calculator.fields if one.name == asked), None) or calculator.missing(values)
    if field is None:
        dispatcher.utter_message(response="utter_calculation_ask", question=reason)
        return [SlotSet("calculation", None)]
    _ask(dispatcher, field, f"{reason}\n")
    kept = {name: value for name, value in values.items() if name != field.name}
    return [SlotSet("calculation", {"id": calculator.id, "values": kept, "asked": field.name})]


def _say(dispatcher: CollectingDispatcher, calculator: Calculator, result: Result) -> Events:
    facets = [{"name": "怎么算的", "text": "\n".join(f"- {step}" for step in result.steps)}]
    if result.notes:
        facets.append({"name": "注意", "text": "\n".join(f"- {note}" for note in result.notes)})
    titles = parts().store.titles(calculator.entries)
    reply = {
        "type": "card",
        "title": calculator.title,
        "lead": result.text,
        "facets": facets,
        "sources": cards.sources(calculator.sources),
        "checked_on": calculator.checked_on.isoformat(),
        "local": "",
        "related": [cards.choice(entry, titles[entry]) for entry in calculator.entries if entry in titles],
        "sample": True,  # calculators are the product's own until a city signs them
        "origin": {"kind": "calculator", "id": calculator.id, "revision": None},
    }
    dispatcher.utter_message(
        response="utter_calculated", json_message={"reply": reply}, steps=facets[0]["text"], **cards.words(reply)
    )
    open_topic = next((entry for entry in calculator.entries if entry in titles), None)
    return [SlotSet("topic", open_topic), *(SlotSet(slot, None) for slot in ("calculation", "failures", "choices"))]


def _today() -> date:
    return local(now(), parts().timezone).date()
