"""Each figure as the condition that a ticket meets to be counted: for the numbers, and for the lists behind them."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, true

from hotline.figures.definitions import definitions
from hotline.overdue import RUNNING
from hotline.tables import tickets

OPEN = (*RUNNING, "waiting_for_citizen")
ANSWERED = ("answered", "closed")
SATISFIED = ("very_satisfied", "satisfied")


def conditions(at: datetime) -> dict[str, Any]:
    """By name, the conditions of everything that is counted, as of a moment."""
    t = tickets.c
    missed = and_(t.contact_by <= at, or_(t.closed_at.is_(None), t.contact_by <= t.closed_at))
    return {
        "opened": true(),
        "open": t.state.in_(OPEN),
        "answered": t.state == "answered",
        "closed": t.state == "closed",
        "rejected": t.state == "rejected",
        "withdrawn": t.state == "withdrawn",
        "merged": t.state == "duplicate",
        "returned": t.returns > 0,
        "reopened": t.reopens > 0,
        "extended": t.extensions > 0,
        "overdue": and_(t.state.in_(RUNNING), t.handle_by <= at),
        "late": and_(t.state.in_(ANSWERED), t.answered_at > t.handle_by),
        "contacted_in_time": t.contacted_at <= t.contact_by,
        "contact_due": or_(t.contacted_at.is_not(None), missed),
        "solved": t.solved.is_(True),
        "asked_solved": t.solved.is_not(None),
        "satisfied": t.satisfaction.in_(SATISFIED),
        "rated": t.satisfaction != "",
    }


def reached(name: str) -> Any:
    """The condition of tickets that came to the end of a stage."""
    column = tickets.c[definitions().stages[name].until]
    # Rejected, withdrawn and merged tickets have an end as well, but nobody handled them to it.
    return tickets.c.state == "closed" if column is tickets.c.closed_at else column.is_not(None)
