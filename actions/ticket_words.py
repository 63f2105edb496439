"""Words for a ticket: what to add to it, or why it is not solved; asked for where they were not given at once."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import message
from actions.parts import parts
from actions.ticket_rating import reopen, satisfaction
from actions.tickets import Events, begin_form, citizen, take, to_act_on, words
from hotline.ticket import TicketView


class ActionSupplementTicket(Action):
    """Adds to the citizen's open ticket; a message that only says so is asked for the rest."""

    def name(self) -> str:
        return "action_supplement_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        view = to_act_on(dispatcher, tracker, "supplement")
        if view is None:
            return []
        said = _without_lead(message.text(tracker))
        if len(said) < words()["supplement_shortest"] and not _pictures(tracker):
            return begin_form(tracker, view, "supplement", "utter_ask_supplement")
        return _supplement(dispatcher, tracker, view, message.text(tracker))


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
    """Does what the words were asked for, to the ticket that they were asked for."""

    def name(self) -> str:
        return "action_ticket_words"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        act, said = tracker.get_slot("ticket_act"), tracker.get_slot("ticket_words")
        done = [SlotSet("ticket_act", None), SlotSet("ticket_words", None)]
        if act["act"] != "supplement":
            satisfied = act.get("satisfaction") or satisfaction(said)
            reason = said.ljust(words()["reason_shortest"])
            return done + reopen(dispatcher, tracker, reason, satisfied, act["number"])
        view = to_act_on(dispatcher, tracker, "supplement", number=act["number"])
        return done + (_supplement(dispatcher, tracker, view, said) if view else [])


def _supplement(dispatcher: CollectingDispatcher, tracker: Tracker, view: TicketView, said: str) -> Events:
    tickets, number, who = parts().tickets, view.number, citizen(tracker, view.number)
    pictures, uploader = _pictures(tracker), message.metadata(tracker).get("uploader", "")

    def add() -> TicketView:
        return tickets.supplement(number, said, pictures=pictures, uploader=uploader, **who)

    return take(dispatcher, tracker, "utter_ticket_supplemented", view, add)


def _pictures(tracker: Tracker) -> tuple[str, ...]:
    return tuple(message.metadata(tracker).get("attachments") or ())


def _without_lead(text: str) -> str:
    return re.sub(words()["supplement_lead"], "", text.strip())
