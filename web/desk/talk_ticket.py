"""A ticket made of a conversation: the entry form filled in from it, and the citizen told of the number."""

from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy.engine import Connection

from conversations import record, words
from conversations.handover import queue
from conversations.handover.staff import NotYours
from conversations.showing import show_to_staff
from foundation.identifying import CODE, LINK, PHONE, TOKEN
from hotline.appeal import MOST_PICTURES, Appeal
from hotline.catalogue import catalogue
from hotline.desk import Entered
from hotline.pictures.store import of_sender
from web.desk.access import actor
from web.desk.act_forms import LONGEST
from web.parts import parts

MOST_TURNS = 20
SHORTEST = 4  # characters; what is shorter says nothing of the matter


@dataclass(frozen=True)
class Talk:
    """A conversation that the operator has: the number of its hand-over, its internal id, and where it came from."""

    id: int
    conversation: str
    channel: str


def talk_of(given: str) -> Talk | None:
    """The conversation that a form names, or None where it names none. Raises NotYours."""
    if not given:
        return None
    if not given.isdecimal() or len(given) > 9:
        raise NotYours
    conversation = parts().person_desk.conversation(int(given), g.staff.name)
    with parts().database.reading() as connection:
        row = queue.one(connection, int(given))
    return Talk(row.id, conversation, row.channel)


def prefilled(talk: Talk) -> dict[str, str]:
    """What the citizen wrote, for the form; identifying numbers stay the tokens that they are in the record."""
    with parts().database.reading() as connection:
        turns = record.latest(connection, talk.conversation, MOST_TURNS)
    said = [row.text for row in turns if row.sender == "citizen" and row.text and not row.payload]
    what = [text for text in said if len(TOKEN.sub("", text)) >= SHORTEST]
    phones = [found.group() for text in said for found in TOKEN.finditer(text) if found.group(1) == PHONE]
    place = next((text for text in reversed(what) if catalogue().street_of(text)), "")
    contact = phones[-1] if phones else ""
    return {"what": "\n".join(what)[-LONGEST:], "contact": contact, "place": place[:200], "pictures": "1"}


def pictures(talk: Talk) -> dict[str, Any]:
    """What the citizen's pictures add to an appeal: at most the latest nine that stand in no report yet."""
    with parts().database.reading() as connection:
        sender, names = of_sender(connection, record.pictures(connection, talk.conversation))
    return {"uploader": sender, "pictures": tuple(names[-MOST_PICTURES:])}


def with_numbers(connection: Connection, talk: Talk, contact: str) -> str:
    """A contact with the numbers that its tokens stand for, to look up and never to show."""
    return parts().vault.reveal(connection, f"conversation:{talk.conversation}", contact)


def hints(talk: Talk, texts: list[str]) -> list[tuple[str, str]]:
    """Which number each token of the texts stands for, as staff may see it."""
    tokens = dict.fromkeys(found.group() for text in texts for found in TOKEN.finditer(text))
    with parts().database.reading() as connection:
        return [(token, show_to_staff(parts().vault, connection, talk.conversation, token)) for token in tokens]


def opened(talk: Talk, appeal: Appeal, note: str) -> str:
    """Open the ticket and show it to the citizen where they are, both or neither; its number. Raises NotYours."""
    desk = parts().person_desk
    with desk.having(talk.id, g.staff.name) as (connection, row):
        entered = parts().desk.enter(connection, appeal, actor(), note)
        if entered.is_new:
            desk.send(connection, row, g.staff.name, _shown(connection, talk, entered))
        return entered.view.number


def _shown(connection: Connection, talk: Talk, entered: Entered) -> dict[str, Any]:
    """A new ticket as a reply; its code and its link are the citizen's alone."""
    view, owner = entered.view, f"conversation:{talk.conversation}"
    secret = parts().vault.keep(connection, owner, CODE, entered.code)
    link = parts().vault.keep(connection, owner, LINK, view.link)
    ticket: dict[str, Any] = {"number": view.number, "code": secret, "state": view.state_label, "link": link}
    ticket |= {"type": "ticket", "events": view.events}
    ticket |= {"origin": {"kind": "staff", "id": view.number, "revision": None}}
    return words.reply("utter_ticket_opened", number=view.number, code=secret, note="") | ticket
