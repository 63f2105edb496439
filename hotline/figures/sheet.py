"""Tables of figures as files for a spreadsheet."""

from collections.abc import Iterable

from foundation.shares import percent
from hotline.figures.cells import Cell
from hotline.figures.definitions import definitions
from hotline.figures.lists import Counted
from hotline.figures.reports import Report

TOTAL = "合计"
SUMMARY = ("opened", "overdue", "returned")
Line = list[object]


def table(name: str, report: Report) -> list[Line]:
    """One of the tables of a page of figures, with its heads and its total; raises KeyError for an unknown one."""
    heads, values = TABLES[name]
    first = definitions().dimensions[report.selection.by]
    rows = [(row.label, row.cell) for row in report.rows] + [(TOTAL, report.total)]
    return [[first, *heads()], *([label, *values(cell)] for label, cell in rows)]


def ticket_lines(tickets: Iterable[Counted]) -> list[Line]:
    """The list behind a figure, with its heads."""
    part = {None: "", True: "是", False: "否"}
    lines: list[Line] = [["工单号", "状态", "部门", "为什么算在内", "计入分子"]]
    lines += [[one.number, one.state, one.department, one.why, part[one.in_part]] for one in tickets]
    return lines


def _rate_heads() -> Line:
    known = {**definitions().counts, **definitions().parts}
    rates = definitions().rates.values()
    return [head for r in rates for head in (f"{r.label}(%)", known[r.part].label, known[r.of].label)]


def _rates(cell: Cell) -> Line:
    rates = definitions().rates.values()
    return [value for r in rates for value in (percent(cell.rate(r)), cell.counts[r.part], cell.counts[r.of])]


def _count_heads() -> Line:
    heads = ([one.label, f"{one.label}(次)"] if one.times else [one.label] for one in definitions().counts.values())
    return [head for group in heads for head in group]


def _counts(cell: Cell) -> Line:
    names = ([one.name, one.times] if one.times else [one.name] for one in definitions().counts.values())
    return [cell.counts[name] for group in names for name in group]


def _stage_heads() -> Line:
    return [head for one in definitions().stages.values() for head in (f"{one.label}(小时)", f"{one.label}(件)")]


def _stages(cell: Cell) -> Line:
    return [value for name in definitions().stages for value in (cell.median(name), cell.stages[name].total())]


def _summary_heads() -> Line:
    return [*(definitions().counts[name].label for name in SUMMARY), *_rate_heads()]


def _summary(cell: Cell) -> Line:
    return [*(cell.counts[name] for name in SUMMARY), *_rates(cell)]


TABLES = {
    "summary": (_summary_heads, _summary),
    "rates": (_rate_heads, _rates),
    "counts": (_count_heads, _counts),
    "stages": (_stage_heads, _stages),
}
