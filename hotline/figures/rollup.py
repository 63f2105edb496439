"""The cells of every month, kept in a table so that a page of figures costs the same however many tickets there are."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database, Instant
from hotline.figures.cells import DIMENSIONS, Cell, Key, cells
from hotline.figures.months import bounds, month_of, span
from hotline.overdue import RUNNING
from hotline.tables import figure_cells, figure_months, tickets

OVERLAP = timedelta(minutes=1)  # a step that took its time before it was committed is still found
LIMITS = ("contact_by", "handle_by")
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
KNOW_MONTH = text("INSERT INTO figure_months (month, at) VALUES (:month, :at) ON CONFLICT (month) DO NOTHING")
KNOW_MONTH = KNOW_MONTH.bindparams(bindparam("at", type_=Instant()))


class Rollup:
    """Computes again the months whose tickets changed or ran over a limit; several workers may do so at once."""

    def __init__(self, database: Database, timezone: str) -> None:
        self._database = database
        self._timezone = timezone

    def refresh(self) -> list[str]:
        """Bring every month up to now; the months that had to be computed."""
        at = now()
        with self._database.reading() as connection:
            stale = sorted(self._stale(connection, at))
        for month in stale:
            self._compute(month, at)
        with self._database.writing() as connection:
            connection.execute(update(figure_months).where(figure_months.c.at < at).values(at=at))
        return stale

    def _stale(self, connection: Connection, at: datetime) -> set[str]:
        known = dict(connection.execute(select(figure_months.c.month, figure_months.c.at)).all())
        since = min(known.values(), default=LONG_AGO) - OVERLAP
        unknown = self._months(connection) - known.keys()
        moved = [tickets.c.changed_at > since, *(_passed(limit, since, at) for limit in LIMITS)] if known else []
        return unknown | {month for where in moved for month in self._months_where(connection, where)}

    def _months(self, connection: Connection) -> set[str]:
        """Every month from the first ticket to the last."""
        ends = (select(end(tickets.c.opened_at)).scalar_subquery() for end in (func.min, func.max))
        first, last = connection.execute(select(*ends)).one()
        return set(span(month_of(first, self._timezone), month_of(last, self._timezone))) if first else set()

    def _months_where(self, connection: Connection, where: Any) -> set[str]:
        opened = connection.execute(select(tickets.c.opened_at).where(where)).scalars()
        return {month_of(moment, self._timezone) for moment in opened}

    def _compute(self, month: str, at: datetime) -> None:
        begin, end = bounds(month, month, self._timezone)
        within = (tickets.c.opened_at >= begin, tickets.c.opened_at < end)
        with self._database.reading() as connection:
            found = cells(connection, within, DIMENSIONS, at)
        with self._database.writing() as connection:
            _keep(connection, month, found, at)


def as_of(connection: Connection) -> datetime | None:
    """The moment as of which all cells are right; None before the first refresh."""
    moment: datetime | None = connection.execute(select(func.min(figure_months.c.at))).scalar()
    return moment


def _passed(limit: str, since: datetime, at: datetime) -> Any:
    column = tickets.c[limit]
    return tickets.c.state.in_(RUNNING) & (column > since) & (column <= at)


def _keep(connection: Connection, month: str, found: dict[Key, Cell], at: datetime) -> None:
    """Put the cells in the place of the earlier ones, unless another worker was here with later ones."""
    connection.execute(KNOW_MONTH, {"month": month, "at": LONG_AGO})
    mine = figure_months.c.month == month
    if connection.execute(select(figure_months.c.at).where(mine).with_for_update()).scalar_one() >= at:
        return
    earlier = (figure_cells.c.dimension.in_(DIMENSIONS), figure_cells.c.month == month)
    connection.execute(delete(figure_cells).where(*earlier))
    rows = [_row(month, key, cell) for key, cell in found.items()]
    if rows:
        connection.execute(insert(figure_cells), rows)
    connection.execute(update(figure_months).where(mine).values(at=at))


def _row(month: str, key: Key, cell: Cell) -> dict[str, Any]:
    dimension, value, audience = key
    return {
        "month": month,
        "dimension": dimension,
        "value": value,
        "audience": audience,
        "counts": cell.counts,
        "stages": cell.stages,
    }
