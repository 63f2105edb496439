"""What citizens are still to be told: the events that others took, each told once.

An event that a citizen reads of is owed from the transaction that wrote it. Whoever tells it takes the debt away in the
transaction that tells it, so that nothing is told twice and nothing is forgotten, also after a crash.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from foundation.identifying import GIVEN, LINK
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.followers import followers, merged_into
from hotline.lifecycle import lifecycle
from hotline.tables import event_notices, tickets
from hotline.view import Line, Views
from hotline.words import owner

OWN = "您的工单 {number} 有新进展：{label}。{text}"
FOLLOWED = "您跟进的工单 {number} 有新进展：{state}。"
# An answer is written to whoever opened the main ticket, so that those merged into it hear how to ask for it.
MERGED_ANSWERED = "想知道怎么答复的，请说“转人工”。没有解决，请再说一遍您的事，我们另开一张工单。"


@dataclass(frozen=True)
class Notice:
    """What one conversation is told about one event; numbers in it are tokens of the conversation's own."""

    conversation: str
    number: str
    speaker: str  # hotline or staff
    text: str
    state: str  # the label of the state after the event
    link: str = ""
    events: tuple[dict[str, str], ...] = ()
    asks_rating: bool = False


def owe(connection: Connection, number: str, position: int, at: datetime) -> None:
    """Write down that an event is to be told."""
    connection.execute(insert(event_notices).values(ticket=number, position=position, at=at))


def told(connection: Connection, number: str) -> None:
    """Whoever opened the ticket in a conversation tells its citizen there and then: nothing is owed so far."""
    connection.execute(delete(event_notices).where(event_notices.c.ticket == number))


class Notices:
    """Says what is untold, and to whom."""

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._vault = vault
        self._views = Views(vault, settings)

    def untold(self, connection: Connection, limit: int) -> list[str]:
        """The tickets with untold events, the longest waiting first."""
        waiting = select(event_notices.c.ticket).group_by(event_notices.c.ticket).order_by(func.min(event_notices.c.at))
        return list(connection.execute(waiting.limit(limit)).scalars())

    def settle(
        self, connection: Connection, number: str, is_there: Callable[[Connection, str], bool]
    ) -> Iterator[Notice]:
        """Take a ticket's debts away and give what must be told for them, in this very transaction.

        `is_there` tells whether a conversation still exists, and keeps it until the transaction ends. The conversations
        come in one order for all tickets, so that two workers never wait for each other.
        """
        ticket = connection.execute(select(tickets).where(tickets.c.number == number).with_for_update()).one()
        positions = _taken(connection, number)
        lines = self._views.timeline(connection, ticket)
        new = [place for place, line in enumerate(lines) if line.position in positions and line.text]
        listening = {*followers(connection, number), *([ticket.conversation] if ticket.conversation else [])}
        for conversation in sorted(listening) if new else []:
            if is_there(connection, conversation):
                tell = self._own if conversation == ticket.conversation else self._followed
                yield from tell(connection, ticket, conversation, lines, new)

    def _own(
        self, connection: Connection, ticket: Any, conversation: str, lines: list[Line], new: list[int]
    ) -> Iterator[Notice]:
        told = [self._told(connection, ticket, conversation, line) for line in lines]
        link = self._link(connection, ticket, conversation)
        for place in new:
            line = lines[place]
            yield Notice(
                conversation,
                ticket.number,
                _speaker(ticket),
                OWN.format(number=ticket.number, label=line.label, text=told[place]["text"]),
                lifecycle().states[line.state],
                link,
                tuple(told[: place + 1]),
                asks_rating=ticket.state == "answered" and line.step == "answer" and line.moment == ticket.answered_at,
            )

    def _followed(
        self, connection: Connection, ticket: Any, conversation: str, lines: list[Line], new: list[int]
    ) -> Iterator[Notice]:
        """How far it is, whenever that changes; never anybody's words. Who was merged into it is told how to ask."""
        is_merged = conversation in merged_into(connection, ticket.number)
        for place in new:
            if place and lines[place].state == lines[place - 1].state:
                continue
            state = lifecycle().states[lines[place].state]
            text = FOLLOWED.format(number=ticket.number, state=state)
            text += MERGED_ANSWERED if is_merged and lines[place].state == "answered" else ""
            yield Notice(conversation, ticket.number, _speaker(ticket), text, state)

    def _told(self, connection: Connection, ticket: Any, conversation: str, line: Line) -> dict[str, str]:
        """A line in the conversation's own tokens; numbers that staff gave the citizen are shown whole there."""
        kind = "" if line.own else GIVEN
        text = self._vault.copy(connection, owner(ticket.number), _vault_of(conversation), line.text, kind)
        return {"at": line.at, "label": line.label, "text": text}

    def _link(self, connection: Connection, ticket: Any, conversation: str) -> str:
        link = self._views.link(connection, ticket)
        return self._vault.keep(connection, _vault_of(conversation), LINK, link) if link else ""


def _taken(connection: Connection, number: str) -> set[int]:
    """The positions of a ticket's untold events, which now count as told; the ticket is locked meanwhile."""
    of_ticket = event_notices.c.ticket == number
    positions = set(connection.execute(select(event_notices.c.position).where(of_ticket)).scalars())
    connection.execute(delete(event_notices).where(of_ticket))
    return positions


def _vault_of(conversation: str) -> str:
    return f"conversation:{conversation}"


def _speaker(ticket: Any) -> str:
    return "hotline" if ticket.handled_by == "hotline" else "staff"
