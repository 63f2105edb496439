"""The bare bot's one action."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class ActionSayFixed(Action):  # type: ignore[misc]  # rasa_sdk brings no types
    """Says one sentence, whatever was asked."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_say_fixed"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say the sentence; no event follows."""
        dispatcher.utter_message(text="您的问题已经收到。")
        return []
