"""Pictures and places that came with a message."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import message
from hotline.appeal import MOST_PICTURES


def taken(dispatcher: CollectingDispatcher, tracker: Tracker, before: list[str]) -> list[str]:
    """The pictures so far and those of this message, at most nine; says how many came."""
    sent = [one for one in message.metadata(tracker).get("attachments") or [] if one not in before]
    if not sent:
        return before
    kept = sent[: MOST_PICTURES - len(before)]
    if kept:
        dispatcher.utter_message(response="utter_pictures_received", count=len(kept))
    if len(kept) < len(sent):
        dispatcher.utter_message(response="utter_pictures_too_many", limit=MOST_PICTURES)
    return before + kept


def label(location: dict[str, Any] | None) -> str | None:
    """The name of a place that was shared; coordinates alone tell nobody where to go."""
    return (location or {}).get("label") or None
