"""From a problem to a ticket: the form that asks what, where and how to reach the citizen, and what it ends in."""

import uuid
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import message, report_reading, ticket_cards
from actions.parts import parts
from foundation.identifying import CODE
from hotline.ticket import Appeal

FORM = "report_form"
SLOTS = (
    "report_instance",
    "report_kind",
    "report_what",
    "report_place",
    "report_time",
    "report_contact",
    "report_confirmed",
)
ANSWERS = ("inform", "affirm", "deny", "correct")
CONTACT_WORDS = {report_reading.ANONYMOUS: "匿名", report_reading.NO_CONTACT: "不留电话"}
Events = list[dict[str, Any]]


class ActionStartReport(Action):
    """Begins a new run of the form with whatever the first message already said."""

    def name(self) -> str:
        return "action_start_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        intent = message.intent(tracker)
        agreed = report_reading.confirms(message.text(tracker))  # yes to the ticket that was offered
        said = message.text(tracker) if intent in ("report", "suggest") and not agreed else ""
        text = said or (tracker.get_slot("asked") or "")
        begun = {slot: None for slot in SLOTS} | {
            "report_instance": uuid.uuid4().hex,
            "report_kind": report_reading.kind(text, intent),
            "report_what": report_reading.matter(text),
            "report_place": message.entity(tracker, "place"),
            "report_time": message.entity(tracker, "time"),
            "report_contact": report_reading.phone(text),
            "offered_ticket": None,
            "asked": None,
        }
        return [SlotSet(slot, value) for slot, value in begun.items()]


class ValidateReportForm(Action):
    """Takes the answer to the question that was asked. Without any slot the form steps aside for another rule."""

    def name(self) -> str:
        return "validate_report_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        requested, intent = tracker.get_slot("requested_slot"), message.intent(tracker)
        if requested is None or intent not in ANSWERS:
            return []
        if intent == "correct" and requested != "report_what":
            return self._correct(dispatcher, tracker, requested)
        take = {
            "report_what": self._take_what,
            "report_place": self._take_place,
            "report_contact": self._take_contact,
            "report_confirmed": self._take_confirmed,
        }[requested]
        return take(dispatcher, tracker)

    def _take_what(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        text = message.text(tracker)
        events = [SlotSet("report_what", report_reading.matter(text))]
        known = {
            "report_place": message.entity(tracker, "place"),
            "report_time": message.entity(tracker, "time"),
            "report_contact": report_reading.phone(text),
        }
        return events + [SlotSet(slot, value) for slot, value in known.items() if value and not tracker.get_slot(slot)]

    def _take_place(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        text = message.text(tracker).strip()
        if len(text) < report_reading.words()["limits"]["place_shortest"]:
            return [SlotSet("report_place", None)]
        place = text[: report_reading.words()["limits"]["longest"]]
        time = message.entity(tracker, "time")
        return [SlotSet("report_place", place)] + ([SlotSet("report_time", time)] if time else [])

    def _take_contact(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        said = message.entity(tracker, "contact") or report_reading.contact(message.text(tracker))
        return [SlotSet("report_contact", said)]

    def _take_confirmed(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        text = message.text(tracker)
        if message.intent(tracker) == "affirm" or report_reading.confirms(text):
            return [SlotSet("report_confirmed", True)]
        return self._correct(dispatcher, tracker, "report_confirmed")

    def _correct(self, dispatcher: CollectingDispatcher, tracker: Tracker, requested: str) -> Events:
        text = message.text(tracker)
        changed = report_reading.correction(text, message.entity(tracker, "place"), message.entity(tracker, "time"))
        if not changed:
            asks = not text or message.intent(tracker) in ("correct", "deny")
            dispatcher.utter_message(response="utter_ask_correction" if asks else "utter_report_not_understood")
        return [SlotSet(slot, value) for slot, value in changed.items()] or [SlotSet(requested, None)]


class ActionAskReportConfirmed(Action):
    """Shows the summary and asks for a yes."""

    def name(self) -> str:
        return "action_ask_report_confirmed"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if not message.text(tracker) and message.intent(tracker) == "correct":
            return []  # the button `change something` was answered already
        contact, time = tracker.get_slot("report_contact"), tracker.get_slot("report_time")
        dispatcher.utter_message(
            response="utter_report_summary",
            what=tracker.get_slot("report_what"),
            place=tracker.get_slot("report_place"),
            time=f"\n时间:{time}" if time else "",
            contact=CONTACT_WORDS.get(contact, contact),
        )
        return []


class ActionOpenTicket(Action):
    """Opens the ticket of this run of the form; sent again, it shows the same one."""

    def name(self) -> str:
        return "action_open_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        contact = tracker.get_slot("report_contact")
        opened = parts().tickets.open(
            Appeal(
                instance=tracker.get_slot("report_instance"),
                kind=tracker.get_slot("report_kind"),
                what=tracker.get_slot("report_what"),
                place=tracker.get_slot("report_place"),
                time_of_event=tracker.get_slot("report_time") or "",
                contact="" if contact in CONTACT_WORDS else contact,
                anonymous=contact == report_reading.ANONYMOUS,
                channel=message.metadata(tracker).get("channel", "web"),
                conversation=tracker.sender_id,
            )
        )
        code = ticket_cards.secret(tracker.sender_id, CODE, opened.code)
        reply = ticket_cards.card(opened.view, tracker.sender_id) | {"code": code}
        dispatcher.utter_message(
            response="utter_ticket_opened", json_message={"reply": reply}, number=opened.view.number, code=code
        )
        return [SlotSet(slot, None) for slot in SLOTS]


class ActionCancel(Action):
    """Drops the form and whatever was offered."""

    def name(self) -> str:
        return "action_cancel"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        filling = (tracker.active_loop or {}).get("name") == FORM
        dispatcher.utter_message(response="utter_cancelled" if filling else "utter_nothing_to_cancel")
        dropped = (*SLOTS, "requested_slot", "choices", "offered_ticket")
        return [ActiveLoop(None), *(SlotSet(slot, None) for slot in dropped)]
