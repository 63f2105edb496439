"""What the citizen thinks of an answer: whether it solved the matter, how well, and once more where it did not."""

import re
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import message
from actions.parts import parts
from actions.tickets import NONE, YES, Events, asked_about, begin_form, citizen, keep, payload, take, to_act_on, words
from hotline.ticket import TicketView

RATE = "action_rate_ticket"
SATISFIED = "satisfied"  # what a plain yes to that question says


@dataclass(frozen=True)
class Said:
    """What the citizen said of an answer, now and just before the question that is answered now."""

    solved: str  # yes, no, or "" where that was not said
    satisfaction: str
    words: str
    number: str | None  # of the ticket that was asked about

    @classmethod
    def of(cls, tracker: Tracker) -> "Said":
        """Nothing is taken for said that was not."""
        text, before = message.text(tracker), asked_about(tracker, "rate", RATE)
        settled, how, told = solved(text), satisfaction(text), text
        answer = {YES: "yes", NONE: "no"}.get(message.entity(tracker, "choice") or "") if before else None
        if answer:
            if not before.get("solved"):
                settled, how = settled or answer, "" if how == SATISFIED else how  # 好的 is only a yes to that
            elif answer == "yes":
                how = how or SATISFIED
            told = text if len(text) >= words()["reason_shortest"] else ""  # a bare yes or no is no reason
        return cls(
            message.entity(tracker, "solved") or settled or before.get("solved", ""),
            message.entity(tracker, "satisfaction") or how or before.get("satisfaction", ""),
            "，".join(filter(None, (before.get("words"), told))),
            before.get("number"),
        )


class ActionRateTicket(Action):
    """Takes what the citizen thinks of the answer; asks for what is not said yet; "not solved" opens it again."""

    def name(self) -> str:
        return "action_rate_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = Said.of(tracker)
        done = SlotSet("ticket_act", None)
        if said.solved == "no":
            return [done, *reopen(dispatcher, tracker, said.words, said.satisfaction, said.number)]
        view = to_act_on(dispatcher, tracker, "rate", number=said.number)
        if view is None:
            return [done]
        if not said.solved:
            return _ask_solved(dispatcher, tracker, view, said)
        if not said.satisfaction:
            return _ask_satisfaction(dispatcher, tracker, view, said)
        number, tickets = view.number, parts().tickets

        def rate() -> TicketView:
            return tickets.rate(number, True, said.satisfaction, said.words, **citizen(tracker, number))

        return [done, *take(dispatcher, tracker, "utter_ticket_rated", view, rate)]


class ActionReopenTicket(Action):
    """Has an answered or closed ticket handled once more."""

    def name(self) -> str:
        return "action_reopen_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        text = message.text(tracker)
        return reopen(dispatcher, tracker, text, satisfaction(text))


def reopen(
    dispatcher: CollectingDispatcher, tracker: Tracker, reason: str, satisfied: str, number: str | None = None
) -> Events:
    """Have it handled once more: an answered one by rating it not solved, a closed one by opening it again."""
    view = to_act_on(dispatcher, tracker, "rate", "reopen", number=number)
    if view is None:
        return []
    if len(reason) < words()["reason_shortest"]:
        return begin_form(tracker, view, "reopen", "utter_ask_unsolved", satisfaction=satisfied)
    named, who, tickets = view.number, citizen(tracker, view.number), parts().tickets

    def again() -> TicketView:
        if "rate" in view.can:
            return tickets.rate(named, False, satisfied, reason, **who)
        return tickets.reopen(named, reason, **who)

    return take(dispatcher, tracker, "utter_ticket_reopened", view, again)


def solved(text: str) -> str:
    """Whether a text says that the matter is settled: yes, no, or "" where it does not say so beyond doubt."""
    said = words()["solved"]
    if re.search(said["no"], text):
        return "no"
    return "yes" if re.search(said["yes"], text) and not re.search(said["doubt"], text) else ""


def satisfaction(text: str) -> str:
    """How satisfied a text says that the citizen is, or ""."""
    return next((name for name, said in words()["satisfaction"].items() if re.search(said, text)), "")


def _ask_solved(dispatcher: CollectingDispatcher, tracker: Tracker, view: TicketView, said: Said) -> Events:
    known = {"satisfaction": said.satisfaction} if said.satisfaction else {}
    dispatcher.utter_message(
        response="utter_ask_rating",
        number=view.number,
        buttons=[
            {"title": title, "payload": payload("rate", ticket_number=view.number, solved=name, **known)}
            for name, title in words()["solved_titles"].items()
        ],
    )
    return _kept(tracker, view, said)


def _ask_satisfaction(dispatcher: CollectingDispatcher, tracker: Tracker, view: TicketView, said: Said) -> Events:
    dispatcher.utter_message(
        response="utter_ask_satisfaction",
        buttons=[
            {"title": label, "payload": payload("rate", ticket_number=view.number, solved="yes", satisfaction=name)}
            for name, label in parts().satisfaction.items()
        ],
    )
    return _kept(tracker, view, said)


def _kept(tracker: Tracker, view: TicketView, said: Said) -> Events:
    return keep(tracker, view, "rate", solved=said.solved, satisfaction=said.satisfaction, words=said.words)
