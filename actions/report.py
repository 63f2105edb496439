"""From a problem to a ticket: where the form begins and what it ends in."""

import uuid
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import attachments, message, report_reading, ticket_cards
from actions.parts import parts
from foundation.controls import Off
from foundation.identifying import CODE
from hotline.lifecycle import NotAllowed
from hotline.ticket import Appeal, TicketsOff, UnknownTicket

SLOTS = (
    "report_instance",
    "report_way",
    "report_kind",
    "report_what",
    "report_place",
    "report_said",
    "report_time",
    "report_contact",
    "report_pictures",
    "report_location",
    "report_nearby",
    "report_confirmed",
)
FORMS = ("report_form", "ticket_form")
CONTACT_WORDS = {report_reading.ANONYMOUS: "匿名", report_reading.NO_CONTACT: "不留电话"}
CALL_BACK = "call_back"  # somebody is to ring the citizen up
NOT_DONE = "not_done"  # something that could not be got done: for the supervisors, not for whoever did not do it
KINDS = {NOT_DONE: "投诉", CALL_BACK: "求助"}
Events = list[dict[str, Any]]


class ActionStartReport(Action):
    """Begins a new run of the form with whatever the first message already said."""

    def name(self) -> str:
        return "action_start_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        off = parts().controls.switched_off("tickets")
        if off:
            return [*_paused(dispatcher, off), FollowupAction("action_listen")]  # the form does not begin
        intent = message.intent(tracker)
        agreed = report_reading.confirms(message.text(tracker))  # yes to the ticket that was offered
        said = message.text(tracker) if intent in ("report", "suggest") and not agreed else ""
        text = said or (tracker.get_slot("asked") or "")
        way = message.entity(tracker, "way") or (NOT_DONE if report_reading.could_not_get_done(text) else None)
        location = message.metadata(tracker).get("location")
        begun = {slot: None for slot in SLOTS} | {
            "report_instance": uuid.uuid4().hex,
            "report_way": way,
            "report_kind": KINDS.get(way) or report_reading.kind(text, intent),
            "report_what": report_reading.matter(text),
            "report_place": "" if way == CALL_BACK else message.entity(tracker, "place") or attachments.label(location),
            "report_said": None if way == NOT_DONE else "",
            "report_time": message.entity(tracker, "time"),
            "report_contact": report_reading.phone(text),
            "report_pictures": attachments.taken(dispatcher, tracker, []),
            "report_location": location,
            "offered_ticket": None,
            "asked": None,
        }
        return [SlotSet(slot, value) for slot, value in begun.items()]


class ActionOpenTicket(Action):
    """Opens the ticket of this run of the form; sent again, it shows the same one."""

    def name(self) -> str:
        return "action_open_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        appeal = _appeal(tracker)
        try:
            opened = parts().tickets.open(appeal)
        except TicketsOff as closed:
            return _paused(dispatcher, closed.off)
        code = ticket_cards.secret(tracker.sender_id, CODE, opened.code)
        reply = ticket_cards.card(opened.view, tracker.sender_id) | {"code": code}
        dispatcher.utter_message(
            response="utter_not_done_opened" if appeal.audience else "utter_ticket_opened",
            json_message={"reply": reply},
            number=opened.view.number,
            code=code,
            note=report_reading.words()["anonymous_note"] if appeal.anonymous else "",
        )
        return [SlotSet(slot, None) for slot in SLOTS]


class ActionJoinTicket(Action):
    """Follows the ticket that somebody else opened about the same, instead of opening one."""

    def name(self) -> str:
        return "action_join_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        offered = tracker.get_slot("report_nearby") or {}
        number = message.entity(tracker, "ticket_number") or offered.get("number") or ""
        try:
            view = parts().tickets.join(number, tracker.sender_id)
        except (UnknownTicket, NotAllowed):
            dispatcher.utter_message(response="utter_ticket_not_found")
        else:
            reply = ticket_cards.card(view, tracker.sender_id)
            dispatcher.utter_message(response="utter_ticket_joined", json_message={"reply": reply}, number=number)
        return [SlotSet(slot, None) for slot in SLOTS]


class ActionCancel(Action):
    """Drops the form and whatever was offered."""

    def name(self) -> str:
        return "action_cancel"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        filling = (tracker.active_loop or {}).get("name") in FORMS
        dispatcher.utter_message(response="utter_cancelled" if filling else "utter_nothing_to_cancel")
        dropped = (*SLOTS, "ticket_act", "ticket_words", "requested_slot", "choices", "offered_ticket")
        return [ActiveLoop(None), *(SlotSet(slot, None) for slot in dropped)]


def _paused(dispatcher: CollectingDispatcher, off: Off) -> Events:
    dispatcher.utter_message(response="utter_tickets_paused", **parts().controls.words(off))
    return [SlotSet(slot, None) for slot in SLOTS]


def _appeal(tracker: Tracker) -> Appeal:
    contact, way = tracker.get_slot("report_contact"), tracker.get_slot("report_way")
    said = tracker.get_slot("report_said")
    location = tracker.get_slot("report_location") or {}
    return Appeal(
        instance=tracker.get_slot("report_instance"),
        kind=tracker.get_slot("report_kind"),
        what=_what(tracker, way, contact) + (f"\n对方的说法:{said}" if said else ""),
        place=tracker.get_slot("report_place"),
        time_of_event=tracker.get_slot("report_time") or "",
        contact="" if contact in CONTACT_WORDS else contact,
        anonymous=contact == report_reading.ANONYMOUS,
        channel=message.metadata(tracker).get("channel", "web"),
        conversation=tracker.sender_id,
        category="not-done" if way == NOT_DONE else "",
        audience="supervisors" if way == NOT_DONE else "",
        latitude=location.get("latitude"),
        longitude=location.get("longitude"),
        entry=tracker.get_slot("topic") or "",
        pictures=tuple(tracker.get_slot("report_pictures") or ()),
        uploader=message.metadata(tracker).get("uploader", ""),
    )


def _what(tracker: Tracker, way: str | None, contact: str) -> str:
    """The matter; where somebody is to ring up, and there is a number, that comes first."""
    what = str(tracker.get_slot("report_what"))
    return f"{report_reading.words()['call_back']}{what}" if way == CALL_BACK and contact not in CONTACT_WORDS else what
