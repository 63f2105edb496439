"""The figures of a selection, added up from kept cells; no message is read for them."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from conversations.figures.cells import Cell, Visits
from conversations.figures.days import span
from conversations.figures.definitions import definitions
from conversations.figures.rollup import as_of
from conversations.figures.selection import Selection
from conversations.figures.tables import conversation_cells, conversation_visits, entry_cells
from knowledge.tables import entries


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    value: str
    label: str
    cell: Cell


@dataclass(frozen=True)
class VisitRow:
    """One line of a table of conversations."""

    value: str
    label: str
    visits: Visits


@dataclass(frozen=True)
class Asked:
    """An entry, how often it answered, and how many of the answers got a thumb down."""

    entry: str
    title: str
    domain: str
    answers: int
    down: int


@dataclass(frozen=True)
class Report:
    """Every figure of a selection, and the moment as of which they are right; None: nothing was ever counted.

    `visits` and its rows are empty where a domain was chosen: a conversation has none.
    """

    selection: Selection
    total: Cell
    visits: Visits | None
    visit_days: list[VisitRow]
    visit_channels: list[VisitRow]
    days: list[Row]
    channels: list[Row]
    domains: list[Row]
    outcomes: list[Row]
    asked: list[Asked]
    at: datetime | None


def report(connection: Connection, selection: Selection) -> Report:
    """The figures; every day of the selection has its row, also one without a message."""
    found = {name: _by(connection, selection, name) for name in ("day", "channel", "domain")}
    total = Cell()
    for cell in found["channel"].values():
        for outcome, turns in cell.outcomes.items():
            total.outcomes[outcome] += turns
        total.up, total.down = total.up + cell.up, total.down + cell.down
    days = span(selection.first, selection.last)
    visits = _visits(connection, selection) if selection.domain is None else {}
    return Report(
        selection,
        total,
        visits["all"].get("", Visits()) if visits else None,
        [VisitRow(day, day, visits["day"].get(day, Visits())) for day in days] if visits else [],
        _visit_rows(visits["channel"]) if visits else [],
        [Row(day, day, found["day"].get(day, Cell())) for day in days],
        _rows("channel", found["channel"]),
        _rows("domain", found["domain"]),
        _outcomes(total),
        _asked(connection, selection),
        as_of(connection),
    )


def domains(connection: Connection) -> list[str]:
    """Every domain that has an entry."""
    return list(connection.execute(select(entries.c.domain).distinct().order_by(entries.c.domain)).scalars())


def channels(connection: Connection) -> list[str]:
    """Every channel that messages came through."""
    visited = conversation_visits.c.channel
    return list(connection.execute(select(visited).distinct().order_by(visited)).scalars())


def _by(connection: Connection, selection: Selection, dimension: str) -> dict[str, Cell]:
    c = conversation_cells.c
    sums = (func.sum(column) for column in (c.turns, c.up, c.down))
    query = select(c[dimension], c.outcome, *sums).where(*_where(c, selection)).group_by(c[dimension], c.outcome)
    found = defaultdict[str, Cell](Cell)
    for value, outcome, turns, up, down in connection.execute(query):
        found[value].add(outcome, turns, up, down)
    return found


def _visits(connection: Connection, selection: Selection) -> dict[str, dict[str, Visits]]:
    """All conversations, and those of each day and of each channel."""
    c = conversation_visits.c
    found: dict[str, dict[str, Visits]] = {"all": {}, "day": {}, "channel": {}}
    for row in connection.execute(select(conversation_visits).where(*_where(c, selection))):
        waits = Counter({int(seconds): count for seconds, count in row.waits.items()})
        for name, value in (("all", ""), ("day", row.day), ("channel", row.channel)):
            found[name].setdefault(value, Visits()).add(row.conversations, row.to_person, waits)
    return found


def _visit_rows(found: dict[str, Visits]) -> list[VisitRow]:
    rows = [VisitRow(value, definitions().label("channel", value), visits) for value, visits in found.items()]
    return sorted(rows, key=lambda row: (-row.visits.conversations, row.label))


def _asked(connection: Connection, selection: Selection) -> list[Asked]:
    c = entry_cells.c
    answers, down = func.sum(c.answers), func.sum(c.down)
    named = (func.coalesce(entries.c.title, c.entry), func.coalesce(entries.c.domain, ""))
    joined = entry_cells.outerjoin(entries, entries.c.id == c.entry)
    query = select(c.entry, *named, answers, down).select_from(joined)
    where = [*_where(c, selection), *([entries.c.domain == selection.domain] if selection.domain is not None else [])]
    most = query.where(*where).group_by(c.entry, entries.c.title, entries.c.domain).order_by(answers.desc(), c.entry)
    return [Asked(*row) for row in connection.execute(most.limit(definitions().top))]


def _where(c: Any, selection: Selection) -> list[Any]:
    where = [c.day.between(selection.first.isoformat(), selection.last.isoformat())]
    if selection.channel is not None:
        where.append(c.channel == selection.channel)
    if selection.domain is not None and "domain" in c:
        where.append(c.domain == selection.domain)
    return where


def _rows(dimension: str, found: dict[str, Cell]) -> list[Row]:
    rows = [Row(value, definitions().label(dimension, value), cell) for value, cell in found.items()]
    return sorted(rows, key=_most_first())


def _outcomes(total: Cell) -> list[Row]:
    found = {name: Cell() for name in total.outcomes}
    for name, turns in total.outcomes.items():
        found[name].add(name, turns, 0, 0)
    return _rows("outcome", found)


def _most_first() -> Callable[[Row], Any]:
    return lambda row: (-row.cell.messages, row.label)
