"""The citizen's acts on a ticket: how far is it, hurry up, take it back, add to it, what I think of it, once more."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import message, ticket_cards
from actions.parts import parts
from hotline.lifecycle import NotAllowed
from hotline.ticket import TicketView

FORM = "ticket_form"
REFUSALS = {"too_soon": "utter_ticket_too_soon", "too_late": "utter_ticket_too_late"}
Events = list[dict[str, Any]]


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The words of rating.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "rating.yml").read_text(encoding="utf-8"))
    return content


class ActionTicketProgress(Action):
    """Shows how far the citizen's latest ticket is, or the one named by number and code."""

    def name(self) -> str:
        return "action_ticket_progress"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        view = ticket(tracker)
        if view is None:
            return not_found(dispatcher)
        latest = view.events[-1] if view.events else {"text": "", "label": view.what}
        say(dispatcher, tracker, "utter_ticket_progress", view, latest=latest["text"] or latest["label"])
        return []


class ActionUrgeTicket(Action):
    """Asks for speed."""

    def name(self) -> str:
        return "action_urge_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        tickets = parts().tickets
        return take(dispatcher, tracker, "utter_ticket_urged", "urge", lambda view: tickets.urge(view.number))


class ActionWithdrawTicket(Action):
    """Takes the ticket back."""

    def name(self) -> str:
        return "action_withdraw_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        tickets = parts().tickets
        return take(
            dispatcher, tracker, "utter_ticket_withdrawn", "withdraw", lambda view: tickets.withdraw(view.number)
        )


class ActionRateTicket(Action):
    """Takes what the citizen thinks of the answer; asks on where that is not all said; "not solved" opens it again."""

    def name(self) -> str:
        return "action_rate_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        text, tickets = message.text(tracker), parts().tickets
        solved, satisfaction = message.entity(tracker, "solved"), message.entity(tracker, "satisfaction")
        unsolved = solved == "no" or bool(re.search(words()["not_solved"], text))
        if unsolved:
            return reopen(dispatcher, tracker, text)
        satisfaction = satisfaction or _satisfaction(text)
        if solved == "yes" and not satisfaction:
            return self._ask_satisfaction(dispatcher, tracker)
        return take(
            dispatcher,
            tracker,
            "utter_ticket_rated",
            "rate",
            lambda view: tickets.rate(view.number, True, satisfaction, text, tracker.sender_id),
        )

    def _ask_satisfaction(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        view = ticket(tracker, "rate")
        if view is None:
            return not_found(dispatcher)
        payload = '/rate{{"ticket_number": "{}", "solved": "yes", "satisfaction": "{}"}}'
        dispatcher.utter_message(
            response="utter_ask_satisfaction",
            buttons=[
                {"title": label, "payload": payload.format(view.number, name)}
                for name, label in parts().satisfaction.items()
            ],
        )
        return []


def _satisfaction(text: str) -> str:
    return next((name for name, said in words()["satisfaction"].items() if re.search(said, text)), "")


def reopen(dispatcher: CollectingDispatcher, tracker: Tracker, reason: str) -> Events:
    """Have it handled once more: an answered one by rating it not solved, a closed one by opening it again."""
    view = ticket(tracker, "rate", "reopen")
    if view is None:
        return not_found(dispatcher)
    if len(reason) < words()["reason_shortest"]:
        return begin_form(view, "reopen", "utter_ask_unsolved")
    tickets = parts().tickets
    return take(
        dispatcher,
        tracker,
        "utter_ticket_reopened",
        "reopen",
        lambda view: (
            tickets.rate(view.number, False, "", reason, tracker.sender_id)
            if "rate" in view.can
            else tickets.reopen(view.number, reason, tracker.sender_id)
        ),
        view,
    )


def begin_form(view: TicketView, act: str, asks: str) -> Events:
    """Ask for words, and keep what they are for."""
    return [
        SlotSet("ticket_act", {"act": act, "number": view.number, "asks": asks}),
        SlotSet("ticket_words", None),
        FollowupAction(FORM),
    ]


def take(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    response: str,
    step: str,
    taking: Callable[[TicketView], TicketView],
    view: TicketView | None = None,
) -> Events:
    """Take a step on the citizen's ticket and say so, or say why it cannot be taken."""
    view = view or ticket(tracker, step)
    if view is None:
        return not_found(dispatcher)
    try:
        say(dispatcher, tracker, response, taking(view))
    except NotAllowed as refused:
        say(dispatcher, tracker, REFUSALS.get(refused.reason, "utter_ticket_step_refused"), view)
    return []


def not_found(dispatcher: CollectingDispatcher) -> Events:
    """Say that there is no such ticket here."""
    dispatcher.utter_message(response="utter_ticket_not_found")
    return []


def say(dispatcher: CollectingDispatcher, tracker: Tracker, response: str, view: TicketView, **more: str) -> None:
    """Say something about a ticket, with the ticket beside it."""
    holder = words()["holder"].format(department=view.department, until=view.until) if view.until else ""
    dispatcher.utter_message(
        response=response,
        json_message={"reply": ticket_cards.card(view, tracker.sender_id)},
        number=view.number,
        state=view.state_label,
        holder=holder,
        **more,
    )


def ticket(tracker: Tracker, *steps: str) -> TicketView | None:
    """The ticket the citizen means and may see: one of this conversation, or one whose code was given.

    Without a number it is the latest one that one of the steps can be taken on, else the latest.
    """
    own = parts().tickets.of_conversation(tracker.sender_id)
    number = message.entity(tracker, "ticket_number")
    if number is None:
        fitting = (view for view in own if set(steps) & set(view.can))
        return next(fitting, own[0] if own else None)
    mine = next((view for view in own if view.number == number), None)
    code = message.entity(tracker, "ticket_code")
    if mine or not code:
        return mine
    with parts().database.reading() as connection:
        revealed = parts().vault.reveal(connection, f"conversation:{tracker.sender_id}", code)
    return parts().tickets.by_number_and_code(number, revealed)
