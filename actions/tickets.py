"""The citizen's acts on a ticket: how far is it, hurry up, take it back; and what all acts on one have in common."""

import json
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
REFUSALS = {
    "too_soon": "utter_ticket_too_soon",
    "too_late": "utter_ticket_too_late",
    "role": "utter_ticket_of_others",
}
WITHDRAW = "action_withdraw_ticket"
YES = "yes"
NONE = "none"
MOST_TO_CHOOSE = 10
Events = list[dict[str, Any]]


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The words of ticket_acts.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "ticket_acts.yml").read_text(encoding="utf-8"))
    return content


class ActionTicketProgress(Action):
    """Shows how far the citizen's latest ticket is, or the one named by number and code."""

    def name(self) -> str:
        return "action_ticket_progress"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        view = ticket(tracker)
        if view is None:
            return not_found(dispatcher)
        say(dispatcher, tracker, "utter_ticket_progress", view)
        return []


class ActionUrgeTicket(Action):
    """Asks for speed."""

    def name(self) -> str:
        return "action_urge_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        view = to_act_on(dispatcher, tracker, "urge")
        if view is None:
            return []
        number, tickets = view.number, parts().tickets
        return take(
            dispatcher, tracker, "utter_ticket_urged", view, lambda: tickets.urge(number, **citizen(tracker, number))
        )


class ActionWithdrawTicket(Action):
    """Asks whether a ticket, and which, is to be taken back for good.

    Only a button of that question takes it back, or a yes right after it where it was about one ticket.
    """

    def name(self) -> str:
        return "action_withdraw_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        named, answer = message.entity(tracker, "ticket_number"), message.entity(tracker, "choice")
        pressed, asked = message.pressed(tracker), asked_about(tracker, "withdraw", WITHDRAW)
        if answer == NONE and (pressed or asked):
            dispatcher.utter_message(response="utter_ticket_kept")
            return [SlotSet("ticket_act", None)]
        agreed = asked.get("number") if answer == YES and asked.get("asks") == "utter_ask_withdraw" else None
        view = to_act_on(dispatcher, tracker, "withdraw", number=named or agreed)
        if view is None:
            return [SlotSet("ticket_act", None)]  # else a yes would be for a ticket that was asked about before
        if not (pressed and named) and agreed != view.number:
            return self._ask(dispatcher, tracker, [view] if named else _open_to(tracker, "withdraw"))
        number, tickets = view.number, parts().tickets
        done = take(
            dispatcher,
            tracker,
            "utter_ticket_withdrawn",
            view,
            lambda: tickets.withdraw(number, **citizen(tracker, number)),
        )
        return [*done, SlotSet("ticket_act", None)]

    def _ask(self, dispatcher: CollectingDispatcher, tracker: Tracker, views: list[TicketView]) -> Events:
        one, titles = len(views) == 1, words()["withdraw"]
        response = "utter_ask_withdraw" if one else "utter_ask_withdraw_which"
        lines = [titles["line"].format(number=view.number, what=_short(view.what)) for view in views]
        pressed = [titles["one"] if one else titles["each"].format(number=view.number) for view in views]
        dispatcher.utter_message(
            response=response,
            tickets="\n".join(lines),
            buttons=[
                *(
                    {"title": title, "payload": payload("withdraw", ticket_number=view.number)}
                    for title, view in zip(pressed, views, strict=True)
                ),
                {"title": titles["none"], "payload": payload("withdraw", choice=NONE)},
            ],
        )
        return keep(tracker, views[0], "withdraw", asks=response)


def begin_form(tracker: Tracker, view: TicketView, act: str, asks: str, **more: str) -> Events:
    """Ask for words, and keep what they are for."""
    return [*keep(tracker, view, act, asks=asks, **more), SlotSet("ticket_words", None), FollowupAction(FORM)]


def keep(tracker: Tracker, view: TicketView, act: str, **more: str) -> Events:
    """Keep what a question is about until it is answered; a code that opened the ticket, as its token.

    What was offered before is over: a yes is for this question.
    """
    kept = {"act": act, "number": view.number, "code": _code(tracker, view.number), **more}
    return [SlotSet("ticket_act", kept), SlotSet("offered_ticket", None), SlotSet("choices", None)]


def asked_about(tracker: Tracker, act: str, action: str) -> dict[str, Any]:
    """What is kept of the question of the turn before this one, where this one goes on with it; else nothing."""
    asked: dict[str, Any] = tracker.get_slot("ticket_act") or {}
    same = message.entity(tracker, "ticket_number") in (None, asked.get("number"))
    return asked if asked.get("act") == act and same and message.in_a_row(tracker, (action,)) else {}


def payload(intent: str, **entities: str) -> str:
    """The order of a button."""
    return f"/{intent}{json.dumps(entities)}"


def take(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    response: str,
    view: TicketView,
    taking: Callable[[], TicketView],
) -> Events:
    """Take a step on a ticket and say so, or say why it cannot be taken."""
    try:
        say(dispatcher, tracker, response, taking())
    except NotAllowed as refused:
        say(dispatcher, tracker, REFUSALS.get(refused.reason, "utter_ticket_step_refused"), view)
    return []


def not_found(dispatcher: CollectingDispatcher) -> Events:
    """Say that there is no such ticket here."""
    dispatcher.utter_message(response="utter_ticket_not_found")
    return []


def say(dispatcher: CollectingDispatcher, tracker: Tracker, response: str, view: TicketView) -> None:
    """Say something about a ticket, with the ticket beside it."""
    holder = words()["holder"].format(department=view.department, until=view.until) if view.until else ""
    card = ticket_cards.card(view, tracker.sender_id)
    latest = card["events"][-1] if card["events"] else {"text": "", "label": view.what}
    dispatcher.utter_message(
        response=response,
        json_message={"reply": card},
        number=view.number,
        state=view.state_label,
        holder=holder,
        latest=latest["text"] or latest["label"],
    )


def to_act_on(
    dispatcher: CollectingDispatcher, tracker: Tracker, *steps: str, number: str | None = None
) -> TicketView | None:
    """The ticket that the citizen means, where one of the steps can be taken on it; else says why not."""
    view = ticket(tracker, *steps, number=number)
    if view is None:
        not_found(dispatcher)
    elif not set(steps) & set(view.can):
        say(dispatcher, tracker, "utter_ticket_of_others" if view.followed else "utter_ticket_step_refused", view)
    else:
        return view
    return None


def ticket(tracker: Tracker, *steps: str, number: str | None = None) -> TicketView | None:
    """The ticket the citizen means and may see: one of this conversation, or one whose code was given.

    Without a number it is the latest one that one of the steps can be taken on, else the latest.
    """
    own = parts().tickets.of_conversation(tracker.sender_id)
    number = number or message.entity(tracker, "ticket_number")
    if number is None:
        fitting = (view for view in own if set(steps) & set(view.can))
        return next(fitting, own[0] if own else None)
    mine = next((view for view in own if view.number == number), None)
    code = _revealed_code(tracker, number)
    if code and (mine is None or mine.followed):
        return parts().tickets.by_number_and_code(number, code, _source(tracker)) or mine
    return mine


def citizen(tracker: Tracker, number: str) -> dict[str, str]:
    """Who acts on a ticket: this conversation, with the code if one was given, and where it came from."""
    return {"conversation": tracker.sender_id, "code": _revealed_code(tracker, number), "source": _source(tracker)}


def _source(tracker: Tracker) -> str:
    """Where wrong codes are counted together: a digest of an address or a user, never the conversation.

    Conversations are free: whoever guesses could begin a new one for every try.
    """
    return str(message.metadata(tracker).get("source", ""))


def _code(tracker: Tracker, number: str) -> str:
    """The token of the code that came with the question that is answered, or comes with this message, or ""."""
    asked = tracker.get_slot("ticket_act") or {}
    known = asked.get("code") if asked.get("number") == number else ""
    return known or message.entity(tracker, "ticket_code") or ""


def _revealed_code(tracker: Tracker, number: str) -> str:
    token = _code(tracker, number)
    if not token:
        return ""
    with parts().database.reading() as connection:
        return parts().vault.reveal(connection, f"conversation:{tracker.sender_id}", token)


def _open_to(tracker: Tracker, step: str) -> list[TicketView]:
    """The latest tickets of this conversation that a step can be taken on."""
    own = parts().tickets.of_conversation(tracker.sender_id)
    return [view for view in own if step in view.can][:MOST_TO_CHOOSE]


def _short(what: str) -> str:
    first, most = what.splitlines()[0] if what else "", words()["withdraw"]["longest"]
    return first if len(first) <= most else f"{first[:most]}…"
