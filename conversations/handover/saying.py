"""What is said to a citizen around a person: fixed words of domain.yml with their place in the queue, and buttons."""

import json
from typing import Any

from conversations import words
from conversations.handover.settings import settings

STOP, CALL_BACK, TICKET, RATE = "/stop_waiting", '/report{"way": "call_back"}', "/report", "/rate"
ASK = "/ask_person"
Reply = dict[str, Any]


def waits(response: str, ahead: int, *, somebody_here: bool = True) -> Reply:
    """One of the responses for who waits, with the button that ends the wait."""
    said, nobody = settings()["words"], "" if somebody_here else settings()["words"]["nobody"]
    place = said["ahead"].format(count=ahead) if ahead else said["next"]
    return _with(words.reply(response, place=place, nobody=nobody), {"stop": STOP})


def not_now(ahead: int) -> Reply:
    """What a button of the bot's says to who waits: it does nothing now."""
    reply = waits("utter_person_ahead", ahead)
    return reply | {"text": settings()["words"]["not_now"] + reply["text"]}


def is_settled_at_once(payload: str) -> bool:
    """True for a button that a person need not be asked about: that a ticket is solved, and how well."""
    intent, brace, values = payload.partition("{")
    return intent == RATE and bool(brace) and json.loads(brace + values).get("solved") == "yes"


def nobody_comes(response: str, hours: str) -> Reply:
    """One of the responses for when no person can be had, with what can be done instead."""
    return _with(words.reply(response, hours=hours), {"ticket": TICKET, "call_back": CALL_BACK})


def _with(reply: Reply, buttons: dict[str, str]) -> Reply:
    titles = settings()["buttons"]
    choices = [{"title": titles[name], "payload": payload} for name, payload in buttons.items()]
    return reply | {"type": "choices", "choices": choices}
