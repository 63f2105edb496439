"""The figures of a selection: a cell for each row, added up from kept cells where they hold it, else from tickets."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.clock import now
from hotline.desk import Actor
from hotline.figures.cells import Cell, cells
from hotline.figures.definitions import Rate, definitions
from hotline.figures.labels import column_of, labels, tops
from hotline.figures.months import days, parted, span
from hotline.figures.rollup import as_of
from hotline.figures.selection import TIMES, Refused, Selection, audiences
from hotline.tables import figure_cells

ANY = "kind"  # every dimension holds every ticket once; this one has the fewest values


@dataclass(frozen=True)
class Row:
    """One line of the tables. `ranks` holds a place for each rate that is ranked."""

    value: str
    label: str
    cell: Cell
    ranks: Mapping[str, int]


@dataclass(frozen=True)
class Report:
    """The rows, what they add up to, and the moment as of which they are right; None: nothing was ever counted."""

    selection: Selection
    rows: list[Row]
    total: Cell
    at: datetime | None


def report(connection: Connection, selection: Selection, actor: Actor, timezone: str) -> Report:
    """What this actor may see of the figures; raises Refused where too much would have to be read for them."""
    selection = selection.for_actor(actor)
    dimension = _kept_by(selection)
    if dimension:
        found = _kept(connection, selection, actor, dimension)
        for first, last in parted(selection.first, selection.last)[1]:  # days that no kept month holds alone
            for row, cell in _read(connection, selection.within(first, last), first[:7], actor, timezone):
                found[row].add(cell)
        return _made(selection, found, as_of(connection))
    if selection.by == "day" and len(days(selection.first, selection.last)) > definitions().most_days:
        raise Refused(f"按天看,一次最多看 {definitions().most_days} 天。")
    months, most = span(selection.first[:7], selection.last[:7]), definitions().most_crossed
    if selection.by != "day" and len(months) > most and "department" not in selection.filters:
        raise Refused(f"几个条件一起看时,一次最多看 {most} 个月;选定一个部门就不受这个限制。")
    return live(connection, selection, actor, timezone)


def live(connection: Connection, selection: Selection, actor: Actor, timezone: str) -> Report:
    """The same, read from the tickets at this moment."""
    selection, at = selection.for_actor(actor), now()
    found = defaultdict[str, Cell](Cell)
    for time, part in _times(selection):
        for row, cell in _read(connection, part, time, actor, timezone):
            found[row].add(cell)
    return _made(selection, found, at)


def _times(selection: Selection) -> list[tuple[str, Selection]]:
    """The parts of a selection that are read one by one, and the month or day that each stands for."""
    if selection.by == "day":
        return [(day, selection.within(day, day)) for day in days(selection.first, selection.last)]
    if selection.by == "month":
        return [(month, selection.only(month)) for month in span(selection.first[:7], selection.last[:7])]
    return [("", selection)]


def _read(
    connection: Connection, part: Selection, time: str, actor: Actor, timezone: str
) -> Iterator[tuple[str, Cell]]:
    """The cells of a part of a selection, which lies in this month or day, with their rows: read at this moment."""
    dimension, row_of = ANY if part.by in TIMES else column_of(part.by), _rows_of(part)
    for (_, value, _), cell in cells(connection, part.where(actor, timezone), [dimension], now()).items():
        yield row_of(time, value), cell


def _kept_by(selection: Selection) -> str:
    """The dimension whose kept cells hold the selection; empty where conditions cross, and for single days."""
    if selection.by == "day":
        return ""
    used = {column_of(name) for name in (*selection.filters, selection.by) if name != "month"}
    return (used or {ANY}).pop() if len(used) <= 1 else ""


def _kept(connection: Connection, selection: Selection, actor: Actor, dimension: str) -> defaultdict[str, Cell]:
    c = figure_cells.c
    where = [c.month.in_(parted(selection.first, selection.last)[0]), c.dimension == dimension]
    where += [c.audience.in_(audiences(actor))]
    where += [c.value.in_(values) for values in selection.wanted().values()]
    found, row_of = defaultdict[str, Cell](Cell), _rows_of(selection)
    for row in connection.execute(select(c.month, c.value, c.counts, c.stages).where(*where)):
        found[row_of(row.month, row.value)].add(Cell(row.counts, row.stages))
    return found


def _rows_of(selection: Selection) -> Callable[[str, str], str]:
    """What tells the row that a time and a value belong to."""
    if selection.by in TIMES:
        return lambda time, value: time
    top_of = tops()
    return lambda month, value: top_of(value) if selection.by == "top" else value


def _made(selection: Selection, found: Mapping[str, Cell], at: datetime | None) -> Report:
    compared = selection.by == "department" and "department" not in selection.filters
    ranks = _ranks(found) if compared else {}
    name = labels(selection.by)
    rows = [Row(value, name(value), cell, ranks.get(value, {})) for value, cell in found.items()]
    return Report(selection, sorted(rows, key=_order(selection)), _sum(found.values()), at)


def _order(selection: Selection) -> Callable[[Row], Any]:
    """Times follow each other; other rows stand by a rate, the highest first, or by how many tickets they have."""
    rate = definitions().rates.get(selection.order)
    if selection.by in TIMES:
        return lambda row: row.value
    if rate is None:
        return lambda row: (-row.cell.counts["opened"], row.label)
    return lambda row: (_is_few(row.cell, rate), -(row.cell.rate(rate) or 0), -row.cell.counts[rate.of], row.label)


def _is_few(cell: Cell, rate: Rate) -> bool:
    return cell.counts[rate.of] < definitions().least_ranked


def _sum(found: Iterable[Cell]) -> Cell:
    total = Cell()
    for cell in found:
        total.add(cell)
    return total


def _ranks(found: Mapping[str, Cell]) -> dict[str, dict[str, int]]:
    """By department and rate the place; equal rates share one, and too few tickets have none."""
    ranks: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, rate in definitions().rates.items():
        shares = {value: cell.rate(rate) or 0 for value, cell in found.items() if value and not _is_few(cell, rate)}
        for value, share in shares.items():
            ranks[value][name] = 1 + sum(other > share for other in shares.values())
    return ranks
