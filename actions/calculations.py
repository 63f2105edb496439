"""A calculation: asks for what is missing, one thing at a time, and shows the result and how it was counted."""

import json
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import cards, message
from actions.answers import settled
from actions.giving_up import give_up
from actions.parts import parts, today
from knowledge.calculators import CALCULATORS, Calculator, Field, NotPossible, Result
from knowledge.calculators.signing import is_sample

Events = list[dict[str, Any]]


class ActionCalculate(Action):
    """Takes what the message gives, and asks for the next thing or says what comes out."""

    def name(self) -> str:
        return "action_calculate"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        meant = tracker.latest_message.get("calculation") or {}
        calculator = CALCULATORS[message.entity(tracker, "calculator") or meant["id"]]
        before = tracker.get_slot("calculation") or {}
        if not calculator.in_force(today()):
            return _over(dispatcher, tracker, calculator)
        goes_on = meant.get("goes_on") or message.entity(tracker, "field")
        begun = before if goes_on and before.get("id") == calculator.id else {}
        values, asked = dict(begun.get("values") or {}), begun.get("asked")
        try:
            values |= _given(calculator, tracker, asked)
        except NotPossible as reason:
            return _ask(dispatcher, calculator, values, asked, str(reason))
        if calculator.missing(values):
            return _ask(dispatcher, calculator, values)
        try:
            return _say(dispatcher, calculator, calculator.compute(values, today()))
        except NotPossible as reason:  # two values that cannot both be: begin again
            return _ask(dispatcher, calculator, {}, reason=str(reason))


def _over(dispatcher: CollectingDispatcher, tracker: Tracker, calculator: Calculator) -> Events:
    """Its rules do not hold today: a dialogue under way, or a button of an earlier card, ends with words."""
    ended = give_up(dispatcher, tracker, "utter_calculation_over", calculator.title)
    return [*ended, SlotSet("calculation", None)]


def _given(calculator: Calculator, tracker: Tracker, asked: str | None) -> dict[str, Any]:
    """The values that a message or a button gives."""
    field, place = message.entity(tracker, "field"), message.entity(tracker, "place_in_list")
    if field and place:
        choices = {one.name: one.choices for one in calculator.fields}[field]
        return {field: choices[int(place)].value}
    return calculator.read(message.text(tracker), asked) if message.text(tracker) else {}


def _ask(
    dispatcher: CollectingDispatcher,
    calculator: Calculator,
    values: dict[str, Any],
    again: str | None = None,
    reason: str = "",
) -> Events:
    """Ask for what is missing, or for the field `again`, after a reason if there is one."""
    named = next((field for field in calculator.fields if field.name == again), None)
    field = named or calculator.missing(values) or calculator.fields[0]
    choices = [{"title": one.title, "payload": _payload(calculator, field, i)} for i, one in enumerate(field.choices)]
    # where the answer is a number itself, a number before a choice would be taken for it
    marks = ["·" if field.takes_number else f"{number}." for number in range(1, len(choices) + 1)]
    listed = "".join(f"\n{mark} {one['title']}" for mark, one in zip(marks, choices, strict=True))
    dispatcher.utter_message(
        response="utter_calculation_ask",
        json_message={"reply": {"type": "choices", "choices": choices}} if choices else {},
        question=f"{reason}\n{field.ask}{listed}".strip(),
    )
    kept = {name: value for name, value in values.items() if name != field.name}
    return [
        SlotSet("calculation", {"id": calculator.id, "values": kept, "asked": field.name}),
        *(SlotSet(slot, None) for slot in ("choices", "offered_ticket", "failures")),
    ]


def _payload(calculator: Calculator, field: Field, place: int) -> str:
    named = {"calculator": calculator.id, "field": field.name, "place_in_list": str(place)}
    return f"/calculate{json.dumps(named)}"


def _say(dispatcher: CollectingDispatcher, calculator: Calculator, result: Result) -> Events:
    facets = [
        {"name": name, "text": "\n".join(f"- {line}" for line in lines)}
        for name, lines in (("怎么算的", result.steps), ("注意", result.notes))
        if lines
    ]
    titles = cards.titles_in_force(calculator.entries)
    reply = {
        "type": "card",
        "title": calculator.title,
        "lead": result.text,
        "facets": facets,
        "sources": cards.sources(calculator.sources),
        "checked_on": calculator.checked_on.isoformat(),
        "local": "",
        "related": [cards.choice(entry, titles[entry]) for entry in calculator.entries if entry in titles],
        "sample": _is_sample(calculator),
        "origin": {"kind": "calculator", "id": calculator.id, "revision": None},
    }
    whole = "\n".join(f"{one['name']}：\n{one['text']}" for one in facets)
    dispatcher.utter_message(
        response="utter_calculated", json_message={"reply": reply}, whole=whole, **cards.words(reply)
    )
    return settled(None)


def _is_sample(calculator: Calculator) -> bool:
    with parts().database.reading() as connection:
        return is_sample(connection, calculator)
