"""Words for a ticket: what to add to it, or why it is not solved; asked for where they were not given at once."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import message
from actions.parts import parts
from actions.tickets import begin_form, not_found, reopen, take, ticket, words

Events = list[dict[str, Any]]


class ActionSupplementTicket(Action):
    """Adds to the citizen's open ticket; a message that only says so is asked for the rest."""

    def name(self) -> str:
        return "action_supplement_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        view = ticket(tracker, "supplement")
        if view is None:
            return not_found(dispatcher)
        said = _without_lead(message.text(tracker))
        if len(said) < words()["supplement_shortest"] and not _pictures(tracker):
            return begin_form(view, "supplement", "utter_ask_supplement")
        return _supplement(dispatcher, tracker, message.text(tracker))


class ActionReopenTicket(Action):
    """Has an answered or closed ticket handled once more."""

    def name(self) -> str:
        return "action_reopen_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return reopen(dispatcher, tracker, message.text(tracker))


class ActionAskTicketWords(Action):
    """Asks for the words that are missing."""

    def name(self) -> str:
        return "action_ask_ticket_words"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        act = tracker.get_slot("ticket_act")
        dispatcher.utter_message(response=act["asks"], number=act["number"])
        return []


class ValidateTicketForm(Action):
    """Takes whatever was said for the words; pictures alone are enough for a supplement."""

    def name(self) -> str:
        return "validate_ticket_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if tracker.get_slot("requested_slot") != "ticket_words" or message.intent(tracker) not in ("inform", "correct"):
            return []
        said = message.text(tracker).strip() or (words()["pictures_only"] if _pictures(tracker) else None)
        return [SlotSet("ticket_words", said)]


class ActionTicketWords(Action):
    """Does what the words were asked for."""

    def name(self) -> str:
        return "action_ticket_words"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        act, said = tracker.get_slot("ticket_act"), tracker.get_slot("ticket_words")
        done = [SlotSet("ticket_act", None), SlotSet("ticket_words", None)]
        if act["act"] == "supplement":
            return done + _supplement(dispatcher, tracker, said)
        return done + reopen(dispatcher, tracker, said.ljust(words()["reason_shortest"]))


def _supplement(dispatcher: CollectingDispatcher, tracker: Tracker, said: str) -> Events:
    tickets, data = parts().tickets, message.metadata(tracker)
    pictures, uploader = _pictures(tracker), data.get("uploader", "")
    return take(
        dispatcher,
        tracker,
        "utter_ticket_supplemented",
        "supplement",
        lambda view: tickets.supplement(view.number, said, tracker.sender_id, pictures, uploader),
    )


def _pictures(tracker: Tracker) -> tuple[str, ...]:
    return tuple(message.metadata(tracker).get("attachments") or ())


def _without_lead(text: str) -> str:
    return re.sub(words()["supplement_lead"], "", text.strip())
