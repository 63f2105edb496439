"""A citizen whose messages go to actions as Rasa would have understood them."""

import json
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.ticket_rating import ActionRateTicket, ActionReopenTicket
from actions.ticket_words import ActionSupplementTicket, ActionTicketWords
from actions.tickets import ActionTicketProgress, ActionUrgeTicket, ActionWithdrawTicket
from bot.nlu.readers import read
from hotline.tables import tickets
from tests.hotline.support import Desk, rows

ACTIONS: dict[str, Any] = {
    "ticket_progress": ActionTicketProgress,
    "urge": ActionUrgeTicket,
    "withdraw": ActionWithdrawTicket,
    "rate": ActionRateTicket,
    "supplement": ActionSupplementTicket,
    "reopen": ActionReopenTicket,
}
FORM_IS_FULL = ActionTicketWords
Reply = dict[str, Any]


class Talk:
    """One conversation: slots and the names of the actions go on from turn to turn."""

    def __init__(self, conversation: str, source: str = "") -> None:
        """`source` is where the messages come from, as a digest."""
        self.conversation = conversation
        self.source = source
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []

    def say(self, intent: str, text: str) -> list[Reply]:
        """What is replied to words, which are of this intent."""
        return self._turn(intent, text, read(text))

    def answer(self, act: str, text: str, choice: str) -> list[Reply]:
        """What is replied to a yes ("yes") or no ("none") that the second look took for an answer."""
        return self._turn(act, text, read(text) | {"choice": choice})

    def press(self, button: Reply) -> list[Reply]:
        """What is replied to a button."""
        intent, brace, values = button["payload"][1:].partition("{")
        return self._turn(intent, button["payload"], json.loads(brace + values))

    def fill(self, words: str) -> list[Reply]:
        """What is replied to the words that the form asked for."""
        self.slots["ticket_words"] = words
        return self._run(FORM_IS_FULL(), {"text": words, "intent": {"name": "inform"}, "entities": []})

    def _turn(self, intent: str, text: str, values: dict[str, Any]) -> list[Reply]:
        entities = [{"entity": name, "value": value} for name, value in values.items()]
        return self._run(ACTIONS[intent](), {"text": text, "intent": {"name": intent}, "entities": entities})

    def _run(self, action: Any, message: dict[str, Any]) -> list[Reply]:
        dispatcher = CollectingDispatcher()
        message |= {"metadata": {"source": self.source}}
        tracker = Tracker(self.conversation, self.slots, message, self.events, False, None, {}, None)
        happened = action.run(dispatcher, tracker, {})
        self.slots |= {event["name"]: event["value"] for event in happened if event["event"] == "slot"}
        followed = [event["name"] for event in happened if event["event"] == "followup"]
        self.events += [{"event": "action", "name": name} for name in (action.name(), *followed, "action_listen")]
        replies: list[Reply] = dispatcher.messages
        return replies


def names(replies: list[Reply]) -> list[str]:
    """The responses that replies say."""
    return [reply["response"] for reply in replies]


def code_of(desk: Desk, number: str, conversation: str) -> str:
    """The ticket's code, as its token in a conversation that was told it."""
    [row] = [row for row in rows(desk.database, tickets) if row["number"] == number]
    with desk.database.writing() as connection:
        code = desk.vault.unseal(connection, f"ticket:{number}", row["code"])
        return desk.vault.keep(connection, f"conversation:{conversation}", "查询码", code)
