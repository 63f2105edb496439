"""What an action reads of the latest message."""

from typing import Any

from rasa_sdk import Tracker


def text(tracker: Tracker) -> str:
    """The citizen's words; empty when a button was pressed."""
    words = tracker.latest_message.get("text") or ""
    return "" if words.startswith("/") else words


def intent(tracker: Tracker) -> str:
    """The intent's name."""
    return str((tracker.latest_message.get("intent") or {}).get("name"))


def entity(tracker: Tracker, kind: str) -> str | None:
    """The first entity of a kind, or None."""
    found = tracker.latest_message.get("entities") or []
    return next((str(one["value"]) for one in found if one["entity"] == kind), None)


def evidence(tracker: Tracker) -> dict[str, Any]:
    """The evidence that the NLU attached; empty for buttons."""
    return tracker.latest_message.get("knowledge") or {}


def metadata(tracker: Tracker) -> dict[str, Any]:
    """What the channel said beside the text."""
    return tracker.latest_message.get("metadata") or {}
