"""What an action says to one message."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher


def run(action: Any, slots: dict[str, Any], text: str = "/ask", **entities: str) -> tuple[list[Any], dict[str, Any]]:
    """What an action says to a message with these entities, and the slots that it sets."""
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    message = {"text": text, "intent": {"name": "ask"}, "entities": found}
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, Tracker("c1", slots, message, [], False, None, {}, None), {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def said(action: Any, slots: dict[str, Any], **entities: str) -> list[Any]:
    """Only what it says."""
    return run(action, slots, **entities)[0]
