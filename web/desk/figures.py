"""Figures of tickets: three tables by one dimension, the list behind every number, and all of it as CSV."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from foundation.clock import now
from foundation.shares import percent
from hotline import figures
from hotline.figures import Refused, Selection, definitions
from hotline.figures.labels import choices, label, time_label
from hotline.figures.months import days, month_of, moved
from hotline.figures.selection import FILTERS, NAMELESS, is_officer_only
from hotline.figures.sheet import TABLES, table, ticket_lines
from web.desk.access import actor, allowed
from web.desk.figure_parts import download, freshness
from web.parts import parts

NARROWER = {"department": "top", "top": "category", "category": "month"}  # where a row's name leads; else departments
MOST_LINES = 100_000
pages = Blueprint("desk_figures", __name__, url_prefix="/desk/figures")


@pages.get("")
@allowed("figures.see")
def page() -> ResponseReturnValue:
    """The three tables."""
    selection = _default()
    try:
        selection = _selection()
        with parts().database.reading() as connection:
            report = figures.report(connection, selection, actor(), parts().settings.timezone)
    except Refused as error:
        return render_template("desk/figures.html", report=None, problem=str(error), **_form(selection)), 422
    return render_template("desk/figures.html", report=report, **_shown(report), **_form(report.selection))


@pages.get("/<name>.csv")
@allowed("figures.see")
def as_csv(name: str) -> Response:
    """One of the tables for a spreadsheet."""
    selection = _sound()
    if name not in TABLES:
        abort(404)
    with parts().database.reading() as connection:
        lines = table(name, _reported(connection, selection))
    return download(lines, f"{name}-by-{selection.by}-{selection.first}-{selection.last}")


@pages.get("/tickets")
@allowed("figures.see")
def tickets() -> str:
    """The tickets that a number counts."""
    selection, name, after = _sound(), request.args.get("figure", ""), request.args.get("after", "")
    found, rate = _counted(selection, name, after=after), definitions().rate_over(name)
    return render_template(
        "desk/figures_tickets.html",
        found=found,
        figure=definitions().of(name),
        rate=rate,
        conditions=_conditions(selection),
        after=after,
        address=urlencode({**selection.query, "figure": name}),
        part_address=urlencode({**selection.query, "figure": rate.part}) if rate else "",
        back=urlencode(selection.query),
    )


@pages.get("/tickets.csv")
@allowed("figures.see")
def tickets_as_csv() -> Response:
    """The same list for a spreadsheet, up to a hundred thousand lines."""
    selection, name = _sound(), request.args.get("figure", "")
    found = _counted(selection, name, limit=MOST_LINES)
    return download(ticket_lines(found.tickets), f"tickets-{name}-{selection.first}-{selection.last}")


def _default() -> Selection:
    month = month_of(now(), parts().settings.timezone)
    return Selection(month, month, "top" if is_officer_only(actor()) else "department").for_actor(actor())


def _selection() -> Selection:
    default = _default()
    given = {"by": default.by} | {name: value for name, value in request.args.items() if value}
    return figures.selection_from(given, default.last).for_actor(actor())


def _sound() -> Selection:
    try:
        return _selection()
    except Refused:
        abort(400)


def _reported(connection: Any, selection: Selection) -> figures.Report:
    try:
        return figures.report(connection, selection, actor(), parts().settings.timezone)
    except Refused:
        abort(400)


def _counted(selection: Selection, name: str, **more: Any) -> figures.Page:
    with parts().database.reading() as connection:
        try:
            return figures.counted(connection, name, selection, actor(), parts().settings.timezone, **more)
        except KeyError:
            abort(404)


def _shown(report: figures.Report) -> dict[str, Any]:
    """What the page needs beside the report."""
    selection = report.selection
    return {
        **freshness(report.at),
        "lines": [(row, *_links(selection.only(row.value), selection)) for row in report.rows],
        "all_tickets": urlencode(selection.query),
        "orders": [(name, text, urlencode({**selection.query, "order": name})) for name, text in _orders().items()],
        "is_ranked": selection.by == "department" and "department" not in selection.filters,
        "most_opened": max((row.cell.counts["opened"] for row in report.rows), default=0),
    }


def _orders() -> dict[str, str]:
    """The columns of the first table, by which the rows can stand."""
    return {"opened": definitions().counts["opened"].label, **{r.name: r.label for r in definitions().rates.values()}}


def _links(part: Selection, whole: Selection) -> tuple[str, str]:
    """The query of a row's tickets, and of the page that its name leads to."""
    by = NARROWER.get(whole.by, "department")
    if by == "department" and is_officer_only(actor()):
        by = "top"
    return urlencode(part.query), urlencode({**part.query, "by": by})


def _form(selection: Selection) -> dict[str, Any]:
    """What the form of months and conditions shows."""
    month = month_of(now(), parts().settings.timezone)
    own = actor().department if is_officer_only(actor()) else ""
    spans = [
        ("本月", month, month),
        ("上月", moved(month, -1), moved(month, -1)),
        ("近 12 个月", moved(month, -11), month),
    ]
    hidden = ("category", "department") if own else ("category",)
    return {
        "selection": selection,
        "words": definitions(),
        "own": label("department", own) if own else "",
        "spans": [(text, urlencode({**selection.query, "from": first, "to": last})) for text, first, last in spans],
        "selects": [(name, _options(name, selection)) for name in FILTERS if name not in hidden],
        "category": label("category", selection.filters["category"]) if "category" in selection.filters else "",
        "without_category": urlencode({**selection.query, "category": ""}),
        "tabs": [(by, _tab(by, selection)) for by in definitions().dimensions if _has_tab(by, selection)],
        "percent": percent,
    }


def _has_tab(by: str, selection: Selection) -> bool:
    """Officers have one department; leaves are shown below a first level."""
    if by == "category":
        return by == selection.by or "top" in selection.filters
    return by != "department" or not is_officer_only(actor())


def _tab(by: str, selection: Selection) -> str:
    query, last = {**selection.query, "by": by}, selection.last[:7]
    if by == "month" and selection.first[:7] == last:
        query |= {"from": moved(last, -11), "to": last}
    if by == "day" and len(days(selection.first, selection.last)) > definitions().most_days:
        query |= {"from": last, "to": last}
    return urlencode(query)


def _options(name: str, selection: Selection) -> list[tuple[str, str, bool]]:
    chosen = selection.query.get(name, "")
    known = [*choices(name), (NAMELESS, definitions().unknown[name])]
    if chosen and chosen not in dict(known):  # a department that the hotline named
        known.append((chosen, label(name, chosen)))
    return [(value, text, value == chosen) for value, text in known]


def _conditions(selection: Selection) -> str:
    times = time_label(selection.first)
    if selection.last != selection.first:
        times += f"至 {time_label(selection.last)}"
    named = [f"{definitions().dimensions[name]}:{label(name, value)}" for name, value in selection.filters.items()]
    return " · ".join([f"{times}提交", *named])
