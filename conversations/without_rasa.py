"""How a turn ends that Rasa does not answer."""

from typing import Any

from conversations import words
from conversations.handover.citizen import ASKS
from conversations.handover.settings import says
from conversations.language import is_english
from conversations.screen import LONGEST, is_readable
from knowledge.emergency import find_danger

Ended = dict[str, Any]  # how a turn ended, as the record keeps it


def not_needed(text: str, *, refused: bool, pictures: bool, pressed: bool) -> Ended | None:
    """The end of a turn that Rasa need not see, or None."""
    if refused:
        return ended("refused", words.reply("utter_stale_button"))
    if len(text) > LONGEST:
        return ended("too_long", words.reply("utter_too_long", limit=LONGEST))
    if text and not pictures and not is_readable(text) and find_danger(text) is None:
        return ended("clarifying", words.reply("utter_unreadable"))
    if is_english(text) and not pictures and not pressed:
        return ended("clarifying", words.reply("utter_english"))
    return None


def when_down(text: str, otherwise: dict[str, Any]) -> Ended:
    """Danger is met whatever is down or switched off."""
    if says("asks", text) and find_danger(text) is None:
        return ended("waiting_for_person", words.reply(ASKS))
    return numbers_or(text, otherwise)


def numbers_or(text: str, otherwise: dict[str, Any]) -> Ended:
    """The numbers to call where the text speaks of danger; else that there is no answer now."""
    danger = find_danger(text)
    if danger is None:
        return ended("unavailable", otherwise)
    met = ended("emergency", words.reply(f"utter_emergency_{danger.kind}"))
    return met | {"evidence": {"danger": {"kind": danger.kind, "matched": danger.matched}}}


def ended(outcome: str, reply: dict[str, Any]) -> Ended:
    """An end with one reply."""
    return {"outcome": outcome, "offers": [], "replies": [reply], "evidence": {}}
