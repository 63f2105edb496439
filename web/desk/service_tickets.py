"""The part of the overview about tickets: those that were opened on the chosen days."""

from typing import Any
from urllib.parse import urlencode

from flask import g
from sqlalchemy.engine import Connection

from conversations.figures import Selection
from hotline import figures
from hotline.figures.months import days
from hotline.figures.sheet import SUMMARY
from staff.permissions import may
from web.desk import charts
from web.desk.access import actor
from web.desk.charts import Chart
from web.desk.service_charts import MOST_BARS, day_label
from web.parts import parts


def of_tickets(connection: Connection, selection: Selection) -> dict[str, Any]:
    """The rates of the tickets opened on these days; nothing for who may not see them."""
    if not may(g.staff.roles, "figures.see"):
        return {"tickets": None}
    first, last = selection.first.isoformat(), selection.last.isoformat()
    few = len(days(first, last)) <= figures.definitions().most_days
    found = {
        by: figures.report(connection, figures.Selection(first, last, by), actor(), parts().settings.timezone)
        for by in ("day" if few else "month", "department", "district")
    }
    return {
        "tickets": found["department"].total,
        "ticket_words": figures.definitions(),
        "ticket_query": urlencode({"from": first, "to": last}),
        "summary": SUMMARY,
        "groups": [_group(by, report) for by, report in found.items()],
    }


def _group(by: str, found: figures.Report) -> dict[str, Any]:
    return {
        "by": by,
        "label": figures.definitions().dimensions[by],
        "rows": [(row, urlencode(found.selection.only(row.value).query)) for row in found.rows],
        "query": urlencode(found.selection.query),
        "drawn": _drawn(by, found),
    }


def _drawn(by: str, found: figures.Report) -> Chart:
    counted = {row.value: (row.label, row.cell.counts["opened"], row.cell.counts["overdue"]) for row in found.rows}
    if by == "day":
        every = days(found.selection.first, found.selection.last)
        return charts.columns([(day_label(day), *counted.get(day, ("", 0, 0))[1:]) for day in every])
    return charts.columns([*counted.values()]) if by == "month" else charts.bars([*counted.values()][:MOST_BARS])
