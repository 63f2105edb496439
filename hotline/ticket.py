"""Tickets: opened once, found again by those who may, and moved by their citizen."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import access
from hotline.appeal import Appeal
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.opening import Opening
from hotline.steps import Steps, UnknownTicket
from hotline.tables import tickets
from hotline.view import TicketView, Views
from hotline.words import owner

__all__ = ["Appeal", "NotAllowed", "Opened", "TicketView", "Tickets", "UnknownTicket"]


@dataclass(frozen=True)
class Opened:
    """A ticket that was just opened, with the secret code that its citizen is told once."""

    view: TicketView
    code: str


class Tickets:
    """The tickets as their citizens use them.

    A step takes the number of a ticket that the caller was shown here. `conversation` says whose tokens its words hold.
    """

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._database = database
        self._vault = vault
        self._opening = Opening(vault, settings)
        self._steps = Steps(vault, settings)
        self._views = Views(vault, settings)

    def open(self, appeal: Appeal) -> Opened:
        """Write the ticket, its first event and its deliveries in one transaction, once for an instance.

        The same instance again, also at the same moment or after a crash, gives the same ticket and code.
        """
        try:
            with self._database.writing() as connection:
                known = self._opening.of_instance(connection, appeal.instance)
                return self._opened(connection, known or self._opening.write(connection, appeal))
        except IntegrityError:
            with self._database.reading() as connection:
                known = self._opening.of_instance(connection, appeal.instance)
                if known is None:
                    raise
                return self._opened(connection, known)

    def of_conversation(self, conversation: str) -> list[TicketView]:
        """The tickets that a conversation opened, the latest first."""
        if not conversation:
            return []
        digest = self._opening.conversation_digest(conversation)
        own = or_(tickets.c.conversation == conversation, tickets.c.anonymous_conversation == digest)
        latest_first = (tickets.c.opened_at.desc(), tickets.c.number.desc())
        with self._database.reading() as connection:
            found = connection.execute(select(tickets).where(own).order_by(*latest_first)).all()
            return [self._views.of(connection, ticket) for ticket in found]

    def by_number_and_code(self, number: str, code: str) -> TicketView | None:
        """The ticket, or None for a wrong number or code, and for an hour after ten wrong codes."""
        with self._database.writing() as connection:
            if not access.opens(connection, self._vault, number, code):
                return None
            return self._view(connection, number)

    def by_token(self, token: str) -> TicketView | None:
        """The ticket that a view link shows, with the numbers that staff wrote for the citizen, or None."""
        wanted = tickets.c.token_digest == access.token_digest(token)
        with self._database.reading() as connection:
            ticket = connection.execute(select(tickets).where(wanted)).first()
            return self._views.of(connection, ticket, full=True) if ticket else None

    def urge(self, number: str, message: str = "", conversation: str = "") -> TicketView:
        """Ask for speed; raises NotAllowed when that was done within a day."""
        return self._take(number, conversation, ("urge", {"message": message}))

    def withdraw(self, number: str, reason: str = "", conversation: str = "") -> TicketView:
        """Take the appeal back; raises NotAllowed once it is answered or over."""
        return self._take(number, conversation, ("withdraw", {"reason": reason}))

    def supplement(self, number: str, message: str, conversation: str = "") -> TicketView:
        """Add to what was said; raises NotAllowed once it is answered or over."""
        return self._take(number, conversation, ("supplement", {"message": message}))

    def rate(
        self, number: str, solved: bool, satisfaction: str = "", reason: str = "", conversation: str = ""
    ) -> TicketView:
        """Rate the answer, which closes the ticket; "not solved" needs a reason and opens it again at once."""
        if satisfaction and satisfaction not in lifecycle().satisfaction:
            raise ValueError(f"satisfaction must be one of {', '.join(lifecycle().satisfaction)}")
        rated = ("rate", {"solved": solved, "satisfaction": satisfaction, "reason": reason})
        again = [] if solved else [("reopen", {"reason": reason})]
        return self._take(number, conversation, rated, *again)

    def reopen(self, number: str, reason: str, conversation: str = "") -> TicketView:
        """Have an answered or closed ticket handled again; raises NotAllowed when the answer is too long ago."""
        return self._take(number, conversation, ("reopen", {"reason": reason}))

    def _take(self, number: str, conversation: str, *taken: tuple[str, dict[str, Any]]) -> TicketView:
        with self._database.writing() as connection:
            for step, fields in taken:
                self._steps.take(connection, number, step, "citizen", fields, conversation)
            return self._view(connection, number)

    def _opened(self, connection: Connection, ticket: Any) -> Opened:
        code = self._vault.unseal(connection, owner(ticket.number), ticket.code)
        return Opened(self._views.of(connection, ticket), code)

    def _view(self, connection: Connection, number: str) -> TicketView:
        return self._views.of(connection, connection.execute(select(tickets).where(tickets.c.number == number)).one())
