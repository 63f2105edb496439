"""What a citizen's message means while they wait for a person or speak with one; Rasa hears nothing of it."""

from typing import Any

from sqlalchemy.engine import Connection

from conversations import words
from conversations.handover import presence, queue, saying
from conversations.handover.settings import says
from conversations.handover.tables import WAITING
from conversations.screen import for_rasa
from foundation.controls import Controls
from knowledge.emergency import find_danger

ASKS = "utter_waiting_for_person"  # what Rasa says when the citizen wants a person
CLOSED, FULL = NOBODY = ("utter_person_off_hours", "utter_person_too_many")  # why no person can be had
Ended = dict[str, Any]  # how a turn ended, as the record keeps it


def meet(connection: Connection, conversation: str, turn: Any, text: str) -> Ended | None:
    """How a turn ends that a person is to hear; None where the bot answers. Danger is met first all the same.

    A button that is settled at once, such as that a ticket is solved, is the bot's also meanwhile; the others do
    nothing, and say so: what they ask next would go to the person.
    """
    row = queue.open_one(connection, conversation)
    if row is None:
        return _ended("cancelled", words.reply("utter_person_over")) if turn.payload == saying.STOP else None
    danger = find_danger(for_rasa(text))
    if danger:
        queue.note(connection, row, danger=danger.kind)
        said = [words.reply(f"utter_emergency_{danger.kind}"), *_waiting_on(connection, row)]
        return _ended("emergency", *said) | {"evidence": {"danger": {"kind": danger.kind, "matched": danger.matched}}}
    if saying.is_settled_at_once(turn.payload or ""):
        return None
    if row.state == WAITING:
        return _waits(connection, row, turn, text)
    if says("leave", text):
        queue.end(connection, row, "left")
        return _ended("cancelled", words.reply("utter_person_left"))
    if turn.payload:
        return _ended("handed_over", words.reply("utter_handed_over"))
    return _ended("handed_over")


def asked(
    connection: Connection, conversation: str, channel: str, turn: Any, ended: Ended, controls: Controls
) -> Ended:
    """How a turn ends: as it did, or in the queue where Rasa found that the citizen wants a person."""
    if all(reply["origin"]["id"] != ASKS for reply in ended["replies"]):
        return ended
    return ended | _instead(connection, conversation, channel, turn, controls)


def _instead(connection: Connection, conversation: str, channel: str, turn: Any, controls: Controls) -> Ended:
    if not controls.is_open():
        return _without_person(CLOSED, controls)
    if queue.open_one(connection, conversation) is None and queue.is_full(connection):
        return _without_person(FULL, controls)
    row = queue.ask(connection, conversation, channel, turn.turn)
    ahead = queue.ahead(connection, row)
    queue.note(connection, row, told_ahead=ahead)
    here = bool(presence.here(connection))
    reply = saying.waits("utter_person_wait", ahead, somebody_here=here)
    return {"outcome": "waiting_for_person", "offers": [], "replies": [reply]}


def _without_person(response: str, controls: Controls) -> Ended:
    return {
        "outcome": "unavailable",
        "offers": ["ticket"],
        "replies": [saying.nobody_comes(response, controls.opening_hours().words)],
    }


def _waits(connection: Connection, row: Any, turn: Any, text: str) -> Ended:
    if turn.payload == saying.STOP or says("stop", text) or says("leave", text):
        queue.end(connection, row, "cancelled")
        return _ended("cancelled", words.reply("utter_person_cancelled"))
    pressed = turn.payload not in (None, saying.ASK)
    return _ended("waiting_for_person", *_waiting_on(connection, row, pressed=pressed))


def _waiting_on(connection: Connection, row: Any, *, pressed: bool = False) -> list[saying.Reply]:
    """That it was noted, and the place in the queue; nothing for whom a person has already."""
    if row.state != WAITING:
        return []
    ahead = queue.ahead(connection, row)
    queue.note(connection, row, told_ahead=ahead)
    return [saying.not_now(ahead) if pressed else saying.waits("utter_person_noted", ahead)]


def _ended(outcome: str, *replies: saying.Reply) -> Ended:
    return {"outcome": outcome, "offers": [], "replies": list(replies), "evidence": {}}
