"""Who follows a ticket that somebody else opened."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from foundation.clock import now
from hotline.lifecycle import NotAllowed, UnknownTicket
from hotline.order import IS_MERGED
from hotline.public import public
from hotline.tables import ticket_followers, tickets

ENDED = ("closed", "rejected", "duplicate", "withdrawn")


def follow(connection: Connection, number: str, conversation: str) -> Any:
    """Let a conversation follow an open, public ticket and return its row; twice, or for its own, changes nothing.

    Raises UnknownTicket for one that is not public, NotAllowed for one that is over.
    """
    wanted = select(tickets).where(tickets.c.number == number, public())
    ticket = connection.execute(wanted.with_for_update()).first()
    if ticket is None:
        raise UnknownTicket(number)
    if ticket.state in ENDED:
        raise NotAllowed("join", "state", ticket.state)
    _keep(connection, ticket, conversation)
    return ticket


def count(connection: Connection, number: str) -> int:
    """How many follow it, its own citizen not counted."""
    return len(followers(connection, number))


def behind(connection: Connection, numbers: Sequence[str]) -> dict[str, int]:
    """How many stand behind each: its citizen, who follows it, and who was merged into it without a conversation."""
    following = select(ticket_followers.c.ticket, func.count()).where(ticket_followers.c.ticket.in_(numbers))
    silent = (IS_MERGED, tickets.c.main.in_(numbers), tickets.c.conversation.is_(None))
    merged = select(tickets.c.main, func.count()).where(*silent)
    counts = dict.fromkeys(numbers, 1)
    for query in (following.group_by(ticket_followers.c.ticket), merged.group_by(tickets.c.main)):
        for number, count in connection.execute(query):
            counts[number] += count
    return counts


def leave(connection: Connection, number: str, conversation: str) -> None:
    """A conversation follows a ticket no longer; one that did not, neither."""
    own = (ticket_followers.c.ticket == number, ticket_followers.c.conversation == conversation)
    connection.execute(ticket_followers.delete().where(*own))


def followers(connection: Connection, number: str) -> list[str]:
    """The conversations that follow a ticket."""
    of = select(ticket_followers.c.conversation).where(ticket_followers.c.ticket == number)
    return list(connection.execute(of).scalars())


def followed(connection: Connection, conversation: str) -> list[Any]:
    """The rows of the tickets that a conversation follows, the latest first."""
    own = select(ticket_followers.c.ticket).where(ticket_followers.c.conversation == conversation)
    query = select(tickets).where(tickets.c.number.in_(own)).order_by(tickets.c.opened_at.desc())
    return list(connection.execute(query))


def hand_over(connection: Connection, merged: Any, main: Any) -> None:
    """Whoever opened or followed a merged ticket follows the main one; both rows are locked."""
    opened = [merged.conversation] if merged.conversation else []
    for conversation in [*followers(connection, merged.number), *opened]:
        _keep(connection, main, conversation)


def take_back(connection: Connection, merged: Any) -> None:
    """Whoever waits for a ticket that leaves its main one follows that one no longer; the row is as it was merged."""
    opened = [merged.conversation] if merged.conversation else []
    for conversation in [*followers(connection, merged.number), *opened]:
        leave(connection, merged.main, conversation)


def merged_into(connection: Connection, number: str) -> set[str]:
    """The conversations whose own tickets ended in this one, also by way of others."""
    conversations, below = set(), [number]
    while below:
        ended = select(tickets.c.number, tickets.c.conversation).where(IS_MERGED, tickets.c.main.in_(below))
        rows = connection.execute(ended).all()
        conversations |= {row.conversation for row in rows if row.conversation}
        below = [row.number for row in rows]
    return conversations


def forget(connection: Connection, conversation: str) -> None:
    """An erased conversation follows nothing."""
    connection.execute(ticket_followers.delete().where(ticket_followers.c.conversation == conversation))


def _keep(connection: Connection, ticket: Any, conversation: str) -> None:
    if conversation not in (ticket.conversation, *followers(connection, ticket.number)):
        connection.execute(insert(ticket_followers).values(ticket=ticket.number, conversation=conversation, at=now()))
