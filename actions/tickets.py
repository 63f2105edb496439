"""The citizen's acts on a ticket: how far is it, hurry up, take it back, what I think of it."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import message, ticket_cards
from actions.parts import parts
from hotline.lifecycle import NotAllowed
from hotline.ticket import TicketView

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
        view = _ticket(tracker)
        if view is None:
            dispatcher.utter_message(response="utter_ticket_not_found")
            return []
        latest = view.events[-1]
        _say(dispatcher, tracker, "utter_ticket_progress", view, latest=latest["text"] or latest["label"])
        return []


class ActionUrgeTicket(Action):
    """Asks for speed."""

    def name(self) -> str:
        return "action_urge_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        tickets = parts().tickets
        return _take(dispatcher, tracker, "utter_ticket_urged", lambda view: tickets.urge(view.number))


class ActionWithdrawTicket(Action):
    """Takes the ticket back."""

    def name(self) -> str:
        return "action_withdraw_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        tickets = parts().tickets
        return _take(dispatcher, tracker, "utter_ticket_withdrawn", lambda view: tickets.withdraw(view.number))


class ActionRateTicket(Action):
    """Takes what the citizen thinks of the answer; "not solved" opens the ticket again."""

    def name(self) -> str:
        return "action_rate_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        text, tickets = message.text(tracker), parts().tickets
        unsolved = re.search(words()["not_solved"], text)
        satisfaction = next((name for name, said in words()["satisfaction"].items() if re.search(said, text)), "")
        return _take(
            dispatcher,
            tracker,
            "utter_ticket_rated",
            lambda view: tickets.rate(view.number, not unsolved, satisfaction, text, tracker.sender_id),
        )


def _take(
    dispatcher: CollectingDispatcher, tracker: Tracker, response: str, step: Callable[[TicketView], TicketView]
) -> Events:
    """Take a step on the citizen's ticket and say so, or say why it cannot be taken."""
    view = _ticket(tracker)
    if view is None:
        dispatcher.utter_message(response="utter_ticket_not_found")
        return []
    try:
        _say(dispatcher, tracker, response, step(view))
    except NotAllowed:
        _say(dispatcher, tracker, "utter_ticket_step_refused", view)
    return []


def _say(dispatcher: CollectingDispatcher, tracker: Tracker, response: str, view: TicketView, **more: str) -> None:
    dispatcher.utter_message(
        response=response,
        json_message={"reply": ticket_cards.card(view, tracker.sender_id)},
        number=view.number,
        state=view.state_label,
        **more,
    )


def _ticket(tracker: Tracker) -> TicketView | None:
    """The ticket the citizen means and may see: one of this conversation, or one whose code was given."""
    own = parts().tickets.of_conversation(tracker.sender_id)
    number = message.entity(tracker, "ticket_number")
    if number is None:
        return own[0] if own else None
    mine = next((view for view in own if view.number == number), None)
    code = message.entity(tracker, "ticket_code")
    if mine or not code:
        return mine
    with parts().database.reading() as connection:
        revealed = parts().vault.reveal(connection, f"conversation:{tracker.sender_id}", code)
    return parts().tickets.by_number_and_code(number, revealed)
