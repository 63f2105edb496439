"""Dispatch without an operator: from which confidence on, and for which tickets."""

import logging
import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, insert, select
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.catalogue import catalogue
from hotline.dispatch.settings import settings
from hotline.dispatch.store import Level
from hotline.dispatch.suggestion import MODEL, RULE, WORDS, Dispatcher, Suggestion
from hotline.lifecycle import NotAllowed
from hotline.steps import Steps, locked
from hotline.tables import suggestions, tickets

AT_ONCE = 20
KEPT = ("category", "department", "confidence", "source", "reason", "model")
ONE_SIDED_95 = 1.645
Chance = tuple[float, bool]  # how sure a suggestion was, and whether it was right
log = logging.getLogger(__name__)


def level_of(chances: Sequence[Chance]) -> Level | None:
    """The lowest confidence above which confirmed tickets were right often enough, or None when there is none yet.

    The chances must be of tickets that were left out while the model learned.
    """
    wanted = settings()["automatic"]
    if len(chances) < wanted["confirmed_at_least"]:
        return None
    ordered = sorted(chances, reverse=True)
    best: Level | None = None
    right = 0
    for count, (confidence, was_right) in enumerate(ordered, 1):
        right += was_right
        if count < len(ordered) and ordered[count][0] == confidence:
            continue  # the next one is as sure, so both lie above or below
        enough = count >= wanted["above_at_least"] and right / count >= wanted["right_at_least"]
        if enough and lower_bound(right, count) >= wanted["surely_at_least"]:
            best = Level(confidence, count / len(ordered), right / count, len(ordered))
    return best


def lower_bound(right: int, count: int, errors: float = ONE_SIDED_95) -> float:
    """The lower end of what the share may be when this many of so many were right (Wilson), in standard errors."""
    share, square = right / count, errors**2
    middle = share + square / (2 * count)
    spread = errors * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    return (middle - spread) / (1 + square / count)


def may_go(ticket: Any, source: str, confidence: float, level: Level | None) -> bool:
    """True for a ticket that may be dispatched without an operator; one that came back needs a person."""
    waits = ticket.handled_by == "local" and ticket.state == "accepted" and not ticket.department
    fits = waits and not ticket.returns and not ticket.recalls
    open_to_all = ticket.audience == "" and ticket.kind not in settings()["automatic"]["never_kinds"]
    return fits and open_to_all and automatic(source, confidence, level)


class AutomaticDispatch:
    """Writes down a suggestion for every ticket that waits for dispatch, and dispatches those that are sure enough."""

    def __init__(self, database: Database, vault: Vault, settings_: Settings, dispatcher: Dispatcher) -> None:
        self._database = database
        self._steps = Steps(vault, settings_)
        self._dispatcher = dispatcher

    def attend(self) -> bool:
        """See to what waits, at most twenty tickets; True when there may be more."""
        model = self._dispatcher.model
        if model is None:
            return False
        with self._database.reading() as connection:
            waiting = connection.execute(_unsuggested(model.about.version)).all()
        for row in waiting:
            made = self._dispatcher.for_ticket(row)
            if made is None or made.source == WORDS:
                return False  # the vectors are away; they are asked for again in a while
            with self._database.writing() as connection:
                keep(connection, row.number, made)
        if model.about.automatic is not None:
            self._send(model.about.version, model.about.automatic)
        return len(waiting) >= AT_ONCE

    def _send(self, version: str, level: Level) -> None:
        with self._database.reading() as connection:
            sure = connection.execute(_sure(version, level)).all()
        for row in sure:
            try:
                with self._database.writing() as connection:
                    ticket = locked(connection, row.ticket)
                    if ticket.category in ("", row.category) and may_go(ticket, row.source, row.confidence, level):
                        fields = {"department": row.department, "category": row.category}
                        self._steps.take(connection, row.ticket, "dispatch", "system", fields)
            except NotAllowed:
                log.info("ticket %s: an operator was quicker", row.ticket)


def automatic(source: str, confidence: float, level: Level | None) -> bool:
    """True when a suggestion is sure enough to be followed without an operator."""
    return level is not None and source in (RULE, MODEL) and confidence >= level.confidence


def keep(connection: Connection, number: str, made: Suggestion) -> None:
    """Write a suggestion down, to be compared later with what people decided."""
    values = {name: getattr(made, name) for name in KEPT}
    connection.execute(insert(suggestions).values(ticket=number, at=now(), **values))


def _unsuggested(version: str) -> Any:
    """Tickets of our own desk that no one has dispatched, and of which this model has said nothing."""
    known = exists().where(suggestions.c.ticket == tickets.c.number, suggestions.c.model == version)
    waiting = (tickets.c.state.in_(("submitted", "accepted")), tickets.c.handled_by == "local")
    open_ones = (*waiting, tickets.c.department == "", tickets.c.audience == "", ~known)
    return select(tickets).where(*open_ones).order_by(tickets.c.opened_at).limit(AT_ONCE)


def _sure(version: str, level: Level) -> Any:
    """This model's suggestions that may be followed now: whatever waits for a person would fill the limit for ever."""
    own = (suggestions.c.model == version, suggestions.c.source.in_((RULE, MODEL)))
    sure = (*own, suggestions.c.confidence >= level.confidence)
    # a department or a category may have gone from the city's lists since the model learned
    known = (
        suggestions.c.department.in_(list(catalogue().departments)),
        suggestions.c.category.in_(list(catalogue().categories)),
    )
    ours = (tickets.c.handled_by == "local", tickets.c.state == "accepted", tickets.c.department == "")
    open_to_all = (tickets.c.audience == "", tickets.c.kind.not_in(settings()["automatic"]["never_kinds"]))
    as_people_said = tickets.c.category.in_(("", suggestions.c.category))
    waiting = (*ours, *open_to_all, tickets.c.returns == 0, tickets.c.recalls == 0, as_people_said)
    joined = suggestions.join(tickets, tickets.c.number == suggestions.c.ticket)
    return (
        select(suggestions).select_from(joined).where(*sure, *known, *waiting).order_by(suggestions.c.id).limit(AT_ONCE)
    )
