"""The tables of a report as lines of a file, with their heads."""

from collections.abc import Callable

from conversations.figures.cells import Cell, Visits
from conversations.figures.definitions import definitions
from conversations.figures.reports import Report, Row, VisitRow
from foundation.shares import percent

HEADS = ("消息", "问事", "给出答案", "回答率(%)", "转成工单", "有用", "没用", "好评率(%)")
VISIT_HEADS = ("会话", "转人工", "转人工率(%)", "等到坐席(次)", "等待的中位数(秒)")
Line = list[object]


def cells(cell: Cell) -> Line:
    """What stands behind a row's name, in the order of HEADS."""
    rates = (percent(cell.answer_rate), percent(cell.thumbs_rate))
    return [cell.messages, cell.asked, cell.answered, rates[0], cell.tickets, cell.up, cell.down, rates[1]]


def visit_cells(visits: Visits) -> Line:
    """The same of conversations, in the order of VISIT_HEADS."""
    rate = percent(visits.person_rate)
    return [visits.conversations, visits.to_person, rate, visits.waits.total(), visits.wait]


def _rows(dimension: str, rows: list[Row], total: Cell) -> list[Line]:
    lines: list[Line] = [[definitions().dimensions[dimension], *HEADS]]
    return [*lines, *([row.label, *cells(row.cell)] for row in rows), ["合计", *cells(total)]]


def _outcomes(report: Report) -> list[Line]:
    return [["结果", "消息"], *([row.label, row.cell.messages] for row in report.outcomes)]


def _asked(report: Report) -> list[Line]:
    return [["知识条目", "编号", "回答次数", "没用"], *([a.title, a.entry, a.answers, a.down] for a in report.asked)]


def _visits(dimension: str, rows: list[VisitRow], total: Visits | None) -> list[Line]:
    lines: list[Line] = [[definitions().dimensions[dimension], *VISIT_HEADS]]
    whole = [["合计", *visit_cells(total)]] if total else []
    return [*lines, *([row.label, *visit_cells(row.visits)] for row in rows), *whole]


TABLES: dict[str, Callable[[Report], list[Line]]] = {
    "days": lambda report: _rows("day", report.days, report.total),
    "channels": lambda report: _rows("channel", report.channels, report.total),
    "domains": lambda report: _rows("domain", report.domains, report.total),
    "outcomes": _outcomes,
    "asked": _asked,
    "visits": lambda report: _visits("day", report.visit_days, report.visits),
    "visit-channels": lambda report: _visits("channel", report.visit_channels, report.visits),
}
