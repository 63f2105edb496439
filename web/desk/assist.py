"""Entries, phrases and earlier tickets at hand while an operator speaks with a citizen."""

import json
import logging
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from conversations.handover.canned import Canned, fitting
from conversations.rasa import RasaDown
from conversations.screen import for_rasa
from hotline.desk import seen
from hotline.lifecycle import UnknownTicket
from hotline.staff_words import state_label
from web.desk.access import actor
from web.parts import parts

MOST_ENTRIES, MOST_TICKETS = 4, 3
SHORTEST = 2  # characters; what is shorter leads nowhere
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """What may help with some words."""

    words: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)  # entry, revision, title, and probability where known
    by_words: bool = False  # the bot could not be asked
    phrases: list[Canned] = field(default_factory=list)
    tickets: list[dict[str, str]] = field(default_factory=list)


def for_words(words: str) -> Found:
    """What may help with a citizen's words; it is a help, so whatever is down is left out."""
    if len(words) < SHORTEST:
        return Found(words)
    entries, by_words = _entries(words)
    return Found(words, entries, by_words, fitting(words), _tickets(words))


def card(identifier: int, entry: str, revision: str) -> dict[str, Any] | None:
    """An entry as the bot would show it, or None where it cannot be had now.

    It is asked for under a name of its own: the citizen's own conversation with the bot stands where it stood.
    """
    named = {"entry": entry} | ({"revision": revision} if revision.isdecimal() else {})
    scratch = f"desk-{identifier}"
    try:
        answer = parts().rasa.send(scratch, f"/ask{json.dumps(named)}", {"channel": "desk"})
        parts().rasa.forget(scratch)
    except RasaDown as error:
        log.warning("no card of %s: %s", entry, error)
        return None
    cards = [one for one in answer["messages"] if one["origin"]["kind"] == "entry" and one["origin"]["id"] == entry]
    return {**cards[0], "related": []} if cards else None  # its buttons would speak to the bot, which is silent now


def _entries(words: str) -> tuple[list[dict[str, Any]], bool]:
    """By the product's own search; by the letters of the questions where that is down, and whether it was."""
    try:
        found = parts().rasa.search(for_rasa(words)).get("candidates") or []
    except RasaDown as error:
        log.warning("entries by letters only: %s", error)
        near = current_app.extensions["suggester"].near(words)[:MOST_ENTRIES]
        return [{"entry": one.entry, "revision": "", "title": one.text} for one in near], True
    return found[:MOST_ENTRIES], False


def _tickets(words: str) -> list[dict[str, str]]:
    found = []
    with parts().database.reading() as connection:
        for number in parts().similar(words)[:MOST_TICKETS]:
            try:
                ticket = seen(connection, number, actor())
            except UnknownTicket:
                continue
            found.append({"number": number, "what": ticket.what, "state": state_label(ticket.state)})
    return found
