"""Emergency first: the right number before anything else."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

UNCLEAR = "unclear"


class ActionEmergency(Action):
    """Says the number and what to do now; a form that was open waits in silence for the next message."""

    def name(self) -> str:
        return "action_emergency"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        danger = tracker.latest_message.get("danger") or {"kind": UNCLEAR}
        dispatcher.utter_message(response=f"utter_emergency_{danger['kind']}")
        return [FollowupAction("action_listen")]
