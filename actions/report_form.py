"""The form of a report: asks what, where and how to reach the citizen, and takes the answers."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import attachments, message, report_reading
from actions.parts import parts
from actions.report import CONTACT_WORDS, NOT_DONE

ANSWERS = ("inform", "affirm", "deny", "correct", "send_picture")
Events = list[dict[str, Any]]


class ActionAskReportWhat(Action):
    """Asks what happened, or what could not be got done."""

    def name(self) -> str:
        return "action_ask_report_what"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return _ask(dispatcher, tracker, "what")


class ActionAskReportPlace(Action):
    """Asks where."""

    def name(self) -> str:
        return "action_ask_report_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return _ask(dispatcher, tracker, "place")


class ValidateReportForm(Action):
    """Takes the answer to the question that was asked. Without any slot the form steps aside for another rule."""

    def name(self) -> str:
        return "validate_report_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        requested, intent = tracker.get_slot("requested_slot"), message.intent(tracker)
        if requested is None or intent not in ANSWERS:
            return []
        return self._shown(dispatcher, tracker) + self._said(dispatcher, tracker, requested, intent)

    def _shown(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Pictures and a place may come with any answer."""
        before = tracker.get_slot("report_pictures") or []
        pictures = attachments.taken(dispatcher, tracker, before)
        events = [SlotSet("report_pictures", pictures)] if pictures != before else []
        location = message.metadata(tracker).get("location")
        return events + ([SlotSet("report_location", location)] if location else [])

    def _said(self, dispatcher: CollectingDispatcher, tracker: Tracker, requested: str, intent: str) -> Events:
        if intent == "send_picture":
            return [SlotSet(requested, None)]  # the same question again
        if intent == "correct" and requested != "report_what":
            return self._correct(dispatcher, tracker, requested)
        take = {
            "report_what": self._take_what,
            "report_place": self._take_place,
            "report_said": self._take_said,
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
        text = message.text(tracker).strip() or attachments.label(message.metadata(tracker).get("location")) or ""
        if len(text) < report_reading.words()["limits"]["place_shortest"]:
            return [SlotSet("report_place", None)]
        place = text[: report_reading.words()["limits"]["longest"]]
        time = message.entity(tracker, "time")
        return [SlotSet("report_place", place)] + ([SlotSet("report_time", time)] if time else [])

    def _take_said(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        text = message.text(tracker).strip()
        return [SlotSet("report_said", text[: report_reading.words()["limits"]["longest"]] or None)]

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
    """Shows the summary and asks for a yes; before that, once, what others have reported nearby."""

    def name(self) -> str:
        return "action_ask_report_confirmed"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if not message.text(tracker) and message.intent(tracker) == "correct":
            return []  # the button `change something` was answered already
        events, found = self._nearby(tracker)
        if found:
            dispatcher.utter_message(
                response="utter_nearby",
                count=found["count"],
                summary=found["summary"],
                buttons=[
                    {"title": "一起跟进", "payload": f'/join{{"ticket_number": "{found["number"]}"}}'},
                    {"title": "不是一件事，提交我的", "payload": "/affirm"},
                ],
            )
        self._summary(dispatcher, tracker)
        return events

    def _summary(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        contact, time = tracker.get_slot("report_contact"), tracker.get_slot("report_time")
        said, pictures = tracker.get_slot("report_said"), tracker.get_slot("report_pictures") or []
        dispatcher.utter_message(
            response="utter_report_summary",
            what=tracker.get_slot("report_what"),
            place=tracker.get_slot("report_place"),
            time=f"\n时间:{time}" if time else "",
            said=f"\n对方的说法:{said}" if said else "",
            contact=CONTACT_WORDS.get(contact, contact),
            pictures=f"\n照片:{len(pictures)} 张" if pictures else "",
        )

    def _nearby(self, tracker: Tracker) -> tuple[Events, dict[str, Any] | None]:
        """What others reported about the same, offered once a run; never for 举报, 办不成事 and calls back."""
        if tracker.get_slot("report_nearby") is not None or tracker.get_slot("report_kind") == "举报":
            return [], None
        if tracker.get_slot("report_way"):
            return [], None
        location = tracker.get_slot("report_location") or {}
        found = parts().nearby.find(
            tracker.get_slot("report_what"),
            tracker.get_slot("report_place") or "",
            location.get("latitude"),
            location.get("longitude"),
        )
        offered = {"number": found.number, "count": found.count, "summary": found.summary} if found else {}
        return [SlotSet("report_nearby", offered)], offered or None


def _ask(dispatcher: CollectingDispatcher, tracker: Tracker, part: str) -> Events:
    way = "not_done" if tracker.get_slot("report_way") == NOT_DONE else "report"
    dispatcher.utter_message(response=f"utter_ask_{way}_{part}")
    return []
