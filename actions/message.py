"""What an action reads of the latest message."""

from typing import Any

from rasa_sdk import Tracker

REPORT_TOO = 0.2  # from here on the intent `report` is likely enough to offer a ticket after an answer


def text(tracker: Tracker) -> str:
    """The citizen's words; empty when a button was pressed."""
    return "" if pressed(tracker) else tracker.latest_message.get("text") or ""


def pressed(tracker: Tracker) -> bool:
    """True for the order of a button; what is typed is escaped before it gets here."""
    return (tracker.latest_message.get("text") or "").startswith("/")


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


def in_a_row(tracker: Tracker, actions: tuple[str, ...]) -> bool:
    """True when the turn before this one ended in one of these actions."""
    done = [event["name"] for event in tracker.events if event["event"] == "action"]
    last = next((name for name in reversed(done) if name != "action_listen"), None)
    return last in actions


def tells_of_a_problem(tracker: Tracker) -> bool:
    """True when a question also tells of a problem that a ticket could settle."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    return any(one["name"] == "report" and one["confidence"] >= REPORT_TOO for one in ranking)
