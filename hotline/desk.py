"""What staff do with tickets: take steps, enter what was said on the phone, merge, split."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import false, or_, select, true, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.audit import Audit
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import notices, traced
from hotline.appeal import Appeal
from hotline.filters import NUMBER
from hotline.followers import hand_over
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.opening import Opening
from hotline.order import UNANSWERED_STATES
from hotline.public import may_be_public
from hotline.standing import SECRET_KINDS
from hotline.step_fields import check_departments, check_lists, reject_reason
from hotline.steps import Steps, UnknownTicket, locked
from hotline.tables import assignments, tickets
from hotline.view import TicketView, Views
from hotline.words import owner

OWN_ACTS = ("merge", "split")  # they do more than take a step
UNBOUND = ("supervisor", "auditor", "administrator")  # they see what the departments and operators do not


@dataclass(frozen=True)
class Actor:
    """A member of staff who acts: account, roles, and the department of an officer."""

    name: str
    roles: tuple[str, ...]
    department: str = ""


@dataclass(frozen=True)
class Entered:
    """A ticket as it was just entered, with its secret code; not new where the same form had opened it before."""

    view: TicketView
    code: str
    is_new: bool


class Desk:
    """The tickets as staff use them. Every act names the version that was looked at, and leaves a row in the trace."""

    def __init__(self, database: Database, vault: Vault, settings: Settings, audit: Audit | None = None) -> None:
        self._database = database
        self._vault = vault
        self._steps = Steps(vault, settings)
        self._opening = Opening(vault, settings)
        self._views = Views(vault, settings)
        self._audit = audit or Audit(settings.secret_key)

    def take(self, number: str, step: str, actor: Actor, fields: dict[str, Any], version: int) -> None:
        """Take a step; raises UnknownTicket for one that the actor may not see, NotAllowed, StaleVersion,
        UnknownDepartment."""
        if step not in lifecycle().steps or step in OWN_ACTS:
            raise NotAllowed(step, "step")
        with self._database.writing() as connection:
            self._take(connection, number, step, actor, fields, version)
            self._note(connection, actor, step, number, position=version + 1)

    def open(self, appeal: Appeal, actor: Actor, note: str = "") -> tuple[str, str]:
        """Enter what somebody said on the phone or at a counter: its number and secret code.

        The note is for staff only. The same instance again, as when a form is sent twice, gives the same ticket.
        """
        try:
            with self._database.writing() as connection:
                entered = self.enter(connection, appeal, actor, note)
                return entered.view.number, entered.code
        except IntegrityError:
            with self._database.reading() as connection:
                known = self._opening.of_instance(connection, appeal.instance)
                if known is None:
                    raise
                return known.number, self._code(connection, known)

    def enter(self, connection: Connection, appeal: Appeal, actor: Actor, note: str = "") -> Entered:
        """The same in the caller's transaction, in which a conversation that the appeal names is told of a new one.

        Raises IntegrityError when the instance opened one at the same moment.
        """
        known = self._opening.of_instance(connection, appeal.instance)
        ticket = known or self._opening.write(connection, appeal, role="operator", actor=actor.name)
        if note and not known:
            self._steps.take(connection, ticket.number, "note", "operator", {"message": note}, actor=actor.name)
        self._note(connection, actor, "code" if known else "enter", ticket.number)  # either way the code is shown
        if appeal.conversation and not known:
            notices.told(connection, ticket.number)
        return Entered(self._views.of(connection, ticket), self._code(connection, ticket), is_new=not known)

    def number_of(self, instance: str) -> str:
        """The ticket that a form has opened, or ""."""
        with self._database.reading() as connection:
            known = self._opening.of_instance(connection, instance)
            return str(known.number) if known else ""

    def merge(self, number: str, main: str, actor: Actor, version: int) -> None:
        """Let a ticket end in another that is about the same; whoever waits for it follows the main one.

        Raises NotAllowed where the main one is answered or over, for then nobody would hear any more of it, is itself,
        or is 举报: those are never joined with others.
        """
        with self._database.writing() as connection:
            for name in (number, main):
                seen(connection, name, actor)
            # In one order for all, so that two tickets can never be merged into each other at the same moment.
            both = {name: locked(connection, name) for name in sorted({number, main})}
            merged, target = both[number], both[main]
            if main == number or target.state not in UNANSWERED_STATES:
                raise NotAllowed("merge", "state", target.state)
            if {merged.kind, target.kind} & set(SECRET_KINDS) or merged.audience != target.audience:
                raise NotAllowed("merge", "kind")
            self._take(connection, number, "merge", actor, {"main": main}, version)
            hand_over(connection, merged, target)
            self._note(connection, actor, "merge", number, position=version + 1, main=main)

    def split(self, number: str, part: str, category: str, actor: Actor, version: int) -> str:
        """Make a ticket of its own from a part of what was said; its number."""
        with self._database.writing() as connection:
            whole = seen(connection, number, actor)
            appeal = self._part(connection, whole, part, category)
            child = self._opening.write(connection, appeal, role="operator", actor=actor.name)
            self._take(connection, number, "split", actor, {"child": child.number}, version)
            same = {"anonymous_conversation": whole.anonymous_conversation}
            connection.execute(update(tickets).where(tickets.c.number == child.number).values(same))
            self._note(connection, actor, "split", number, position=version + 1, child=str(child.number))
            return str(child.number)

    def _note(
        self, connection: Connection, actor: Actor, act: str, number: str, position: int = 0, **facts: str | int
    ) -> None:
        content = traced.of_step(connection, number, position) if position else None
        known = {traced.POSITION: position, **facts} if position else facts
        self._audit.note(connection, actor.name, f"ticket.{act}", f"ticket:{number}", known, content)

    def _code(self, connection: Connection, ticket: Any) -> str:
        return self._vault.unseal(connection, owner(ticket.number), ticket.code)

    def _part(self, connection: Connection, whole: Any, part: str, category: str) -> Appeal:
        def original(text: str) -> str:
            return self._vault.reveal_to_staff(connection, owner(whole.number), text)

        return Appeal(
            instance=uuid4().hex,
            kind=whole.kind,
            what=original(part),
            place=original(whole.place),
            time_of_event=original(whole.time_of_event),
            contact=original(whole.contact),
            anonymous=whole.anonymous,
            channel=whole.channel,
            conversation=whole.conversation or "",
            category=category,
            urgency=whole.urgency or "normal",
            district=whole.district,
            latitude=whole.latitude,
            longitude=whole.longitude,
            audience=whole.audience,
            parent=whole.number,
        )

    def _take(
        self, connection: Connection, number: str, step: str, actor: Actor, fields: dict[str, Any], version: int
    ) -> None:
        ticket = seen(connection, number, actor)
        role = lifecycle().role_for(step, ticket.handled_by, acting_roles(ticket, actor))
        if role == "officer":
            fields = _of_officer(ticket, step, actor, fields)
        if step == "reject":
            fields = fields | {"reason": reject_reason(fields.get("reason", ""))}
        if step == "publish" and not may_be_public(ticket):
            raise NotAllowed(step, "kind", "this stays secret")
        check_departments(fields)
        check_lists(step, fields)
        self._steps.take(connection, number, step, role, fields, actor=actor.name, version=version)


def visible(actor: Actor) -> Any:
    """The condition that tickets meet which this actor may see; departments see only their assignments."""
    if set(actor.roles) & set(UNBOUND):
        return true()
    if "operator" in actor.roles:
        return tickets.c.audience == ""
    joint = select(assignments.c.ticket).where(assignments.c.department == actor.department, ~assignments.c.leading)
    mine = or_(tickets.c.department == actor.department, tickets.c.number.in_(joint))
    return (tickets.c.audience == "") & mine if actor.department else false()


def seen(connection: Connection, number: str, actor: Actor) -> Any:
    """A ticket's row; raises UnknownTicket for one that the actor may not see."""
    if not NUMBER.fullmatch(number):
        raise UnknownTicket(number)
    ticket = connection.execute(select(tickets).where(tickets.c.number == number, visible(actor))).first()
    if ticket is None:
        raise UnknownTicket(number)
    return ticket


def acting_roles(ticket: Any, actor: Actor) -> tuple[str, ...]:
    """The roles in which somebody may act on a ticket; an officer is one for the own department's tickets only."""
    shares = actor.department in (ticket.department, *(ticket.joint or ()))
    return tuple(role for role in actor.roles if role != "officer" or shares)


def _of_officer(ticket: Any, step: str, actor: Actor, fields: dict[str, Any]) -> dict[str, Any]:
    """An officer acts for a department: for its own share, and in some steps only as the leading one."""
    if lifecycle().steps[step].leads and ticket.department != actor.department:
        raise NotAllowed(step, "leads", actor.department)
    if step == "unassign" and ticket.department == actor.department:
        raise NotAllowed(step, "leads", "the leading department returns the ticket instead")
    return fields | {"department": actor.department}
