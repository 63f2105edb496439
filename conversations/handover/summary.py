"""What an operator reads of a conversation before taking it: the last words, what was wanted, an open form."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from conversations.handover.settings import settings
from conversations.showing import show_to_staff
from conversations.tables import turns
from foundation.privacy import Vault

LOOKED_AT = 12
SHOWN = 3
FORM_WORDS = 30  # characters of the form's last question
_ASKING = ("ask_person", "nlu_fallback", None)


@dataclass(frozen=True)
class Summary:
    """In the words of the desk; texts as staff may see them."""

    said: list[str] = field(default_factory=list)  # the last words of the citizen, the oldest first
    wanted: str = ""  # what Rasa made of the last message that was no call for a person
    form: str = ""  # the last question of a form that is still open


def summary(connection: Connection, vault: Vault, conversation: str) -> Summary:
    """Of the latest turns; empty for a conversation that was erased."""
    mine = select(turns).where(turns.c.conversation == conversation, turns.c.sender == "citizen")
    latest = connection.execute(mine.order_by(turns.c.turn.desc()).limit(LOOKED_AT)).all()
    said = [row.text for row in latest if row.text][:SHOWN]
    shown = show_to_staff(vault, connection, conversation, [said[::-1], _form(latest)])
    return Summary(shown[0], _wanted(latest), shown[1])


def _wanted(latest: list[Any]) -> str:
    names = (((row.evidence or {}).get("intent") or {}).get("name") for row in latest)
    name = next((name for name in names if name not in _ASKING), None)
    return str(settings()["intents"].get(name, "")) if name else ""


def _form(latest: list[Any]) -> str:
    """The question that the last turn of the bot left open."""
    of_bot = (row for row in latest if row.outcome not in (None, "waiting_for_person", "handed_over", "emergency"))
    last = next(of_bot, None)
    if last is None or last.outcome != "collecting":
        return ""
    text = str(last.replies[-1]["text"]).splitlines()[0] if last.replies else ""
    return text if len(text) <= FORM_WORDS else f"{text[:FORM_WORDS]}…"
