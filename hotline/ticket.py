"""Tickets: opened once, found again by those who may, and moved by their citizen."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.controls import Controls, Off
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import access
from hotline.appeal import Appeal
from hotline.followers import follow, followed, leave
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.opening import Opening
from hotline.pictures.store import UnknownPicture, attach
from hotline.steps import Steps, UnknownTicket
from hotline.tables import tickets
from hotline.time_limits import time_limits
from hotline.view import TicketView, Views
from hotline.words import owner

__all__ = ["Appeal", "NotAllowed", "Opened", "TicketView", "Tickets", "TicketsOff", "UnknownPicture", "UnknownTicket"]


class TicketsOff(Exception):
    """Administrators have switched the opening of tickets off."""

    def __init__(self, off: Off) -> None:
        super().__init__(off.reason)
        self.off = off


@dataclass(frozen=True)
class Opened:
    """A ticket that was just opened, with the secret code that its citizen is told once."""

    view: TicketView
    code: str


class Tickets:
    """The tickets as their citizens use them.

    A step takes the number of a ticket that the caller was shown here. `conversation` says who takes it, and whose
    tokens its words hold: the one that opened the ticket, or another one with the ticket's `code`; NotAllowed is raised
    for one that only follows it. Without a conversation the caller has seen to it that the citizen gave the code.
    `source` is where wrong codes are counted together, as `access` makes it.
    """

    def __init__(self, database: Database, vault: Vault, settings: Settings, controls: Controls | None = None) -> None:
        """`controls` are those that this process has already, if it has some."""
        self._database = database
        self._vault = vault
        self._controls = controls or Controls(database, settings)
        self._opening = Opening(vault, settings)
        self._steps = Steps(vault, settings)
        self._views = Views(vault, settings)

    def open(self, appeal: Appeal) -> Opened:
        """Write the ticket, its first event and its deliveries in one transaction, once for an instance.

        The same instance again, also at the same moment or after a crash, gives the same ticket and code. Raises
        TicketsOff while administrators let citizens open none.
        """
        off = self._controls.switched_off("tickets")
        try:
            with self._database.writing() as connection:
                known = self._opening.of_instance(connection, appeal.instance)
                if known is None and off:
                    raise TicketsOff(off)
                return self._opened(connection, known or self._opening.write(connection, appeal))
        except IntegrityError:
            with self._database.reading() as connection:
                known = self._opening.of_instance(connection, appeal.instance)
                if known is None:
                    raise
                return self._opened(connection, known)

    def of_conversation(self, conversation: str) -> list[TicketView]:
        """The tickets that a conversation opened, the latest first, and then those that it follows."""
        if not conversation:
            return []
        latest_first = (tickets.c.opened_at.desc(), tickets.c.number.desc())
        with self._database.reading() as connection:
            found = connection.execute(select(tickets).where(self._is_own(conversation)).order_by(*latest_first)).all()
            others = [t for t in followed(connection, conversation) if t.number not in {own.number for own in found}]
            return [self._views.of(connection, ticket) for ticket in found] + [self._views.public(t) for t in others]

    def told(self, view: TicketView, conversation: str) -> list[dict[str, str]]:
        """The events of a view for this conversation to keep, with tokens of its own for numbers that staff gave.

        Nobody's words for one that only follows the ticket.
        """
        if view.followed:
            return []
        with self._database.writing() as connection:
            return self._views.told(connection, _row(connection, view.number), conversation)

    def join(self, number: str, conversation: str) -> TicketView:
        """Follow an open ticket whose summary is public, instead of opening one; raises UnknownTicket."""
        with self._database.writing() as connection:
            return self._views.public(follow(connection, number, conversation))

    def leave(self, number: str, conversation: str) -> None:
        """Follow somebody else's ticket no longer."""
        with self._database.writing() as connection:
            leave(connection, number, conversation)

    def by_number_and_code(self, number: str, code: str, source: str = "") -> TicketView | None:
        """The ticket, or None for a wrong number or code, and for an hour after ten wrong codes from a source."""
        with self._database.writing() as connection:
            if not access.opens(connection, self._vault, number, code, source):
                return None
            return self._view(connection, number)

    def try_code(self, number: str, code: str) -> access.Attempt:
        """Whether the code is the ticket's, for who has its link and acts; "shut" for an hour after ten wrong ones."""
        with self._database.writing() as connection:
            return access.attempt(connection, self._vault, number, code)

    def main_of(self, number: str) -> TicketView | None:
        """How far the ticket is that a merged one ended in, without anybody's words; None for one not merged."""
        with self._database.reading() as connection:
            ticket = _row(connection, number)
            while ticket.main:
                ticket = _row(connection, ticket.main)
            return self._views.public(ticket) if ticket.number != number else None

    def by_token(self, token: str) -> TicketView | None:
        """The ticket that a view link shows, with the numbers that staff wrote for the citizen, or None."""
        wanted = tickets.c.token_digest == access.token_digest(token)
        with self._database.reading() as connection:
            ticket = connection.execute(select(tickets).where(wanted)).first()
            return self._views.of(connection, ticket, full=True) if ticket else None

    def urge(
        self, number: str, message: str = "", conversation: str = "", code: str = "", source: str = ""
    ) -> TicketView:
        """Ask for speed; raises NotAllowed when that was done within a day."""
        return self._take(number, conversation, code, source, ("urge", {"message": message}))

    def withdraw(
        self, number: str, reason: str = "", conversation: str = "", code: str = "", source: str = ""
    ) -> TicketView:
        """Take the appeal back; raises NotAllowed once it is answered or over."""
        return self._take(number, conversation, code, source, ("withdraw", {"reason": reason}))

    def supplement(
        self,
        number: str,
        message: str,
        conversation: str = "",
        pictures: tuple[str, ...] = (),
        uploader: str = "",
        code: str = "",
        source: str = "",
    ) -> TicketView:
        """Add to what was said; raises NotAllowed once it is answered or over, UnknownPicture for foreign uploads."""
        self._check_may_act(number, "supplement", conversation, code, source)
        with self._database.writing() as connection:
            if pictures:
                attach(connection, number, uploader, pictures)
            self._steps.take(connection, number, "supplement", "citizen", {"message": message}, conversation)
            return self._view(connection, number)

    def rate(
        self,
        number: str,
        solved: bool,
        satisfaction: str = "",
        reason: str = "",
        conversation: str = "",
        code: str = "",
        source: str = "",
    ) -> TicketView:
        """Rate the answer, which closes the ticket; "not solved" needs a reason and opens it again at once."""
        if satisfaction and satisfaction not in lifecycle().satisfaction:
            raise ValueError(f"satisfaction must be one of {', '.join(lifecycle().satisfaction)}")
        rated = ("rate", {"solved": solved, "satisfaction": satisfaction, "reason": reason})
        again = [] if solved else [("reopen", {"reason": reason})]
        return self._take(number, conversation, code, source, rated, *again)

    def reopen(self, number: str, reason: str, conversation: str = "", code: str = "", source: str = "") -> TicketView:
        """Have an answered or closed ticket handled again; raises NotAllowed when the answer is too long ago."""
        return self._take(number, conversation, code, source, ("reopen", {"reason": reason}))

    def _take(
        self, number: str, conversation: str, code: str, source: str, *taken: tuple[str, dict[str, Any]]
    ) -> TicketView:
        self._check_may_act(number, taken[0][0], conversation, code, source)
        with self._database.writing() as connection:
            for step, fields in taken:
                self._steps.take(connection, number, step, "citizen", fields, conversation)
            if taken[-1][0] == "reopen":
                self._tell_supervisors(connection, number)
            return self._view(connection, number)

    def _check_may_act(self, number: str, step: str, conversation: str, code: str, source: str) -> None:
        """Following a ticket, or knowing its number, is no leave to act on it; a wrong code is counted here, too."""
        if not conversation or self._is_opener(number, conversation):
            return
        if not code or self.by_number_and_code(number, code, source) is None:
            raise NotAllowed(step, "role", "a conversation that did not open the ticket")

    def _is_opener(self, number: str, conversation: str) -> bool:
        wanted = select(tickets.c.number).where(tickets.c.number == number, self._is_own(conversation))
        with self._database.reading() as connection:
            return connection.execute(wanted).first() is not None

    def _is_own(self, conversation: str) -> Any:
        digest = self._opening.conversation_digest(conversation)
        return or_(tickets.c.conversation == conversation, tickets.c.anonymous_conversation == digest)

    def _tell_supervisors(self, connection: Connection, number: str) -> None:
        """What was opened again once too often goes to a supervisor at once."""
        times = connection.execute(select(tickets.c.reopens).where(tickets.c.number == number)).scalar_one()
        if times >= time_limits().reopenings_told:
            self._steps.take(connection, number, "escalate", "system", {"reason": f"市民第 {times} 次说没有解决"})

    def _opened(self, connection: Connection, ticket: Any) -> Opened:
        code = self._vault.unseal(connection, owner(ticket.number), ticket.code)
        return Opened(self._views.of(connection, ticket), code)

    def _view(self, connection: Connection, number: str) -> TicketView:
        return self._views.of(connection, _row(connection, number))


def _row(connection: Connection, number: str) -> Any:
    return connection.execute(select(tickets).where(tickets.c.number == number)).one()
