"""What the worker moves on where people do not: after an answer, in a wait for the citizen, below a main ticket."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from foundation.database import Database
from hotline.followers import take_back
from hotline.steps import Steps
from hotline.tables import tickets
from hotline.time_limits import past, time_limits

AT_ONCE = 100
GIVEN_UP = ("withdrawn", "rejected")  # how a main ticket ends without an answer; nothing leads out of these states


@dataclass(frozen=True)
class Move:
    """A step of the worker's own, and the conditions that tickets meet which it is due for."""

    step: str
    due: Callable[[datetime, str], tuple[Any, ...]]


class MovingOn:
    """Takes these steps, each once, also where several workers do so. `among` are conditions that tickets must meet."""

    def __init__(self, database: Database, steps: Steps, timezone: str, among: tuple[Any, ...] = ()) -> None:
        self._database = database
        self._steps = steps
        self._timezone = timezone
        self._among = among

    def attend(self, at: datetime) -> int:
        """Take what is due, at most a hundred of a kind; the most there were of one kind."""
        return max(self._all(move.step, move.due(at, self._timezone)) for move in MOVES)

    def _all(self, step: str, due: tuple[Any, ...]) -> int:
        query = select(tickets.c.number).where(*due, *self._among).limit(AT_ONCE)
        with self._database.reading() as connection:
            numbers: list[Any] = list(connection.execute(query).scalars())
        for number in numbers:
            self._one(step, number, due)
        return len(numbers)

    def _one(self, step: str, number: str, due: tuple[Any, ...]) -> None:
        with self._database.writing() as connection:
            wanted = select(tickets).where(tickets.c.number == number, *due)
            ticket = connection.execute(wanted.with_for_update()).first()
            if ticket is None:  # its citizen, or another worker, was quicker
                return
            if step == "unmerge":
                take_back(connection, ticket)
            self._steps.take(connection, number, step, "system", {"main": ticket.main})


def _silent(at: datetime, timezone: str) -> tuple[Any, ...]:
    """Nobody has said anything against the answer."""
    since = past(at, time_limits().closing_days, timezone)
    return (tickets.c.state == "answered", tickets.c.answered_at <= since)


def _unsupplemented(at: datetime, timezone: str) -> tuple[Any, ...]:
    """The citizen was waited for in vain; a wait from before there was a limit to it is over at once."""
    until = func.coalesce(tickets.c.wait_by, tickets.c.paused_at)
    return (tickets.c.state == "waiting_for_citizen", until <= at)


def _alone(at: datetime, timezone: str) -> tuple[Any, ...]:
    """Its matter was to be handled with another ticket, which ended without an answer."""
    main = tickets.alias()
    given_up = select(main.c.number).where(main.c.state.in_(GIVEN_UP))
    return (tickets.c.state == "duplicate", tickets.c.main.in_(given_up))


MOVES = (Move("close", _silent), Move("resume", _unsupplemented), Move("unmerge", _alone))
