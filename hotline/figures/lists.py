"""The tickets that a figure counts, and why it counts them: read from the tickets at this moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, false, func, literal, null, or_, select
from sqlalchemy.engine import Connection

from foundation.clock import local, now
from hotline.catalogue import catalogue
from hotline.desk import Actor
from hotline.figures.definitions import Stage, definitions
from hotline.figures.hours import tenths
from hotline.figures.measures import conditions, reached
from hotline.figures.selection import Selection
from hotline.lifecycle import lifecycle
from hotline.tables import tickets

AT_ONCE = 50
MOMENTS = ("opened_at", "accepted_at", "dispatched_at", "contacted_at", "answered_at", "closed_at")
LIMITS = ("contact_by", "handle_by")


@dataclass(frozen=True)
class Counted:
    """A ticket in the list behind a figure. `in_part` tells whether a rate counts it above its line too."""

    number: str
    state: str
    department: str
    why: str
    in_part: bool | None


@dataclass(frozen=True)
class Page:
    """Some of the tickets, the latest first; `next` is where the next page goes on, empty on the last one."""

    tickets: list[Counted]
    count: int  # of all pages
    part: int  # of these, how many a rate counts above its line
    next: str


def counted(
    connection: Connection,
    figure: str,
    selection: Selection,
    actor: Actor,
    timezone: str,
    after: str = "",
    limit: int = AT_ONCE,
) -> Page:
    """A page of exactly the tickets that a figure counts; raises KeyError for an unknown figure."""
    met = conditions(now())
    rate = definitions().rate_over(figure)
    counts = reached(figure) if isinstance(definitions().of(figure), Stage) else met[figure]
    where = [*selection.for_actor(actor).where(actor, timezone), counts]
    in_part = func.coalesce(met[rate.part], false()) if rate else null()
    counts_part = func.count(case((in_part, 1))) if rate else literal(0)
    count, part = connection.execute(select(func.count(), counts_part).select_from(tickets).where(*where)).one()
    latest_first = (tickets.c.opened_at.desc(), tickets.c.number.desc())
    wanted = select(tickets, in_part.label("in_part")).where(*where, *_later(connection, after))
    rows = connection.execute(wanted.order_by(*latest_first).limit(limit + 1)).all()
    shown = [_counted(row, figure, timezone) for row in rows[:limit]]
    return Page(shown, count, part, shown[-1].number if len(rows) > limit else "")


def _later(connection: Connection, after: str) -> list[Any]:
    """The condition of what comes after a ticket in the list; an unknown ticket is the beginning."""
    opened = connection.execute(select(tickets.c.opened_at).where(tickets.c.number == after)).scalar()
    if opened is None:
        return []
    t = tickets.c
    return [t.opened_at <= opened, or_(t.opened_at < opened, and_(t.opened_at == opened, t.number < after))]


def _counted(row: Any, figure: str, timezone: str) -> Counted:
    about = definitions().of(figure)
    until = getattr(row, about.until) if isinstance(about, Stage) else None
    hours = tenths(until - row.opened_at) / 10 if until else None
    return Counted(
        number=row.number,
        state=lifecycle().states[row.state],
        department=catalogue().department_label(row.department) or definitions().unknown["department"],
        why=about.why.format_map(_words(row, hours, timezone)),
        in_part=None if row.in_part is None else bool(row.in_part),
    )


def _words(row: Any, hours: float | None, timezone: str) -> dict[str, Any]:
    nothing = definitions().words["nothing"]
    return {
        **{name: _moment(getattr(row, name), timezone) or nothing for name in (*MOMENTS, *LIMITS)},
        "state": lifecycle().states[row.state],
        "solved": definitions().words.get(row.solved, nothing),
        "satisfaction": lifecycle().satisfaction.get(row.satisfaction, nothing),
        "hours": nothing if hours is None else f"{hours:g}",
        **{name: getattr(row, name) for name in ("main", "returns", "reopens", "extensions")},
    }


def _moment(moment: datetime | None, timezone: str) -> str:
    return local(moment, timezone).strftime(definitions().moment) if moment else ""
