"""From when on a limit for the answer is near: a working day before, or some hours before where the limit counts hours.

A limit of 24 hours would else be near from the beginning.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, false, not_, or_

from hotline.lifecycle import lifecycle
from hotline.tables import tickets
from hotline.time_limits import moved, time_limits


def counts_hours(ticket: Any) -> bool:
    """Whether the answer is due by the clock: the file says so, and nobody has set another limit since."""
    _, handling = time_limits().spans(ticket.kind, ticket.urgency or "normal")
    return "hours" in handling and not ticket.extensions and not ticket.reopens


def is_near(ticket: Any, at: datetime, timezone: str) -> bool:
    """Whether a ticket's limit for the answer is near, or has passed."""
    until = at + _hours() if counts_hours(ticket) else moved(at, 1, timezone)
    return bool(ticket.handle_by <= until)


def near(at: datetime, days_until: datetime) -> Any:
    """The condition that tickets meet whose limit is near; `days_until` is up to when one is that counts days."""
    limit, hours_until = tickets.c.handle_by, at + _hours()
    by_clock = and_(_counting_hours(), limit <= hours_until)
    by_days = and_(not_(_counting_hours()), limit <= days_until)
    return and_(limit <= max(hours_until, days_until), or_(by_clock, by_days))  # the first lets an index find them


def _hours() -> timedelta:
    return timedelta(hours=time_limits().near_hours)


def _counting_hours() -> Any:
    kinds_and_urgencies = ((kind, urgency) for kind in lifecycle().kinds for urgency in time_limits().urgency)
    counted = [
        and_(tickets.c.kind == kind, tickets.c.urgency == urgency)
        for kind, urgency in kinds_and_urgencies
        if "hours" in time_limits().spans(kind, urgency)[1]
    ]
    return and_(or_(false(), *counted), tickets.c.extensions == 0, tickets.c.reopens == 0)
