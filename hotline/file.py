"""Everything that staff see of one ticket."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.identifying import CODE, GIVEN, LINK, TOKEN
from foundation.privacy import Vault
from hotline.desk import Actor, seen, visible
from hotline.followers import count
from hotline.lifecycle import lifecycle
from hotline.order import IS_MERGED, IS_PART
from hotline.pictures.store import Picture, pictures_of
from hotline.staff_words import Said, said, step_label
from hotline.tables import ticket_events, tickets
from hotline.words import owner

TEXTS = ("what", "place", "time_of_event", "contact")


@dataclass(frozen=True)
class Entry:
    """One line of the log."""

    position: int
    at: datetime
    step: str
    label: str
    role: str
    actor: str  # the account, where it was one of staff
    internal: bool  # the citizen does not see it
    said: list[Said]


@dataclass(frozen=True)
class TicketFile:
    """A ticket with its log, the latest first; numbers are hints such as 138****5678 unless they were asked for.

    What opens a ticket stands nowhere in it: with the code, a department could rate its own work.
    """

    row: Any
    texts: dict[str, str]
    log: list[Entry]
    pictures: list[Picture]
    related: list[Any]  # rows of tickets that the actor may see: whole and parts, main one and merged ones
    followers: int
    has_numbers: bool

    @property
    def why_extend(self) -> str:
        """The reason given for more time, where that was asked for and nobody has decided yet."""
        asked = next((entry.said for entry in self.log if entry.step == "ask_extension"), [])
        return next((one.words for one in asked if one.name == "reason" and self.row.extension_asked), "")


def ticket_file(
    connection: Connection, vault: Vault, number: str, actor: Actor, timezone: str, *, full: bool = False
) -> TicketFile:
    """The file of a ticket, with `full` the numbers too; raises UnknownTicket for one that the actor may not see."""
    row = seen(connection, number, actor)
    show = vault.reveal_to_staff if full else vault.hint_to_staff

    def shown(text: str) -> str:
        return show(connection, owner(number), text)

    logged = select(ticket_events).where(ticket_events.c.ticket == number).order_by(ticket_events.c.position.desc())
    events = connection.execute(logged).all()
    return TicketFile(
        row=row,
        texts={name: shown(getattr(row, name)) for name in TEXTS},
        log=[_entry(event, said(event.fields, shown, timezone)) for event in events],
        pictures=pictures_of(connection, number),
        related=_related(connection, row, actor),
        followers=count(connection, number),
        has_numbers=any(_has_number(text) for text in (*(getattr(row, name) for name in TEXTS), *_texts(events))),
    )


def _entry(event: Any, fields: list[Said]) -> Entry:
    step = lifecycle().steps[event.step]
    label = step_label(event.step)
    return Entry(event.position, event.at, event.step, label, event.role, event.actor, not step.is_told, fields)


def _has_number(text: str) -> bool:
    return any(match.group(1) not in (CODE, LINK, GIVEN) for match in TOKEN.finditer(text))


def _texts(events: list[Any]) -> list[str]:
    return [str(event.fields) for event in events]


def _related(connection: Connection, row: Any, actor: Actor) -> list[Any]:
    shown = select(tickets.c.number, tickets.c.state, tickets.c.what, tickets.c.parent, tickets.c.main)
    near = [
        [tickets.c.number.in_([row.parent, row.main])],
        [IS_PART, tickets.c.parent == row.number],
        [IS_MERGED, tickets.c.main == row.number],
    ]
    found = [shown.where(*one, visible(actor)) for one in near]
    return list(connection.execute(found[0].union(*found[1:]).order_by("number")))
