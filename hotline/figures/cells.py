"""Cells: what figures add up from. Two cells add up to the cell of both their tickets."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from foundation.shares import share
from hotline.figures.definitions import Rate, definitions
from hotline.figures.hours import Hours, median, tenths
from hotline.figures.measures import conditions
from hotline.tables import tickets

DIMENSIONS = ("department", "category", "district", "channel", "kind")  # columns of a ticket
Key = tuple[str, str, str]  # dimension, value, audience


@dataclass
class Cell:
    """Some tickets: how many meet each condition, how often things happened, how long the stages took."""

    counts: Counter[str] = field(default_factory=Counter)
    stages: defaultdict[str, Hours] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, other: "Cell") -> None:
        """Take in the tickets of another cell."""
        self.counts.update(other.counts)
        for name, hours in other.stages.items():
            self.stages[name].update(hours)

    def rate(self, rate: Rate) -> float | None:
        """A share between 0 and 1, or None where there is nothing to have a share of."""
        return share(self.counts[rate.part], self.counts[rate.of])

    def median(self, stage: str) -> float | None:
        """Hours, or None where no ticket came so far."""
        return median(self.stages[stage])


def cells(connection: Connection, where: Sequence[Any], dimensions: Iterable[str], at: datetime) -> dict[Key, Cell]:
    """The cells of the tickets that meet the conditions, by each of the dimensions, read from the tickets."""
    wanted = tuple(dimensions)
    found: defaultdict[Key, Cell] = defaultdict(Cell)
    for dimension in wanted:
        for value, audience, counts in _counted(connection, where, dimension, at):
            found[dimension, value, audience].counts.update(counts)
    for row in _timed(connection, where):
        lengths = _lengths(row)
        for dimension in wanted:
            cell = found[dimension, getattr(row, dimension), row.audience]
            for stage, length in lengths:
                cell.stages[stage][length] += 1
    return dict(found)


def _counted(
    connection: Connection, where: Sequence[Any], dimension: str, at: datetime
) -> Iterable[tuple[str, str, Counter[str]]]:
    by = (tickets.c[dimension], tickets.c.audience)
    met = {name: func.sum(case((condition, 1), else_=0)) for name, condition in conditions(at).items()}
    times = {count.times: func.sum(tickets.c[count.times]) for count in definitions().counts.values() if count.times}
    sums = [total.label(name) for name, total in (met | times).items()]
    for value, audience, *numbers in connection.execute(select(*by, *sums).where(*where).group_by(*by)):
        yield value, audience, Counter({name: int(n) for name, n in zip(met | times, numbers, strict=True) if n})


def _timed(connection: Connection, where: Sequence[Any]) -> Iterable[Any]:
    names = {"state", "audience", "opened_at", *DIMENSIONS, *(s.until for s in definitions().stages.values())}
    yield from connection.execute(select(*(tickets.c[name] for name in names)).where(*where))


def _lengths(row: Any) -> list[tuple[str, str]]:
    return [
        (name, str(tenths(moment - row.opened_at)))
        for name, stage in definitions().stages.items()
        if (moment := getattr(row, stage.until)) and (stage.until != "closed_at" or row.state == "closed")
    ]
