"""The supervisors' overview: conversations by day, channel and domain, and beside them the rates of tickets."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from conversations import figures
from conversations.figures import Refused, Report, Selection, definitions, waits
from conversations.figures.days import bounds
from conversations.figures.lines import HEADS, TABLES, VISIT_HEADS
from conversations.figures.reports import channels, domains
from conversations.figures.selection import NAMELESS
from foundation.clock import local, now
from foundation.shares import percent
from knowledge import gap_groups
from knowledge.gap_groups import Group
from staff.permissions import may
from web.desk.access import allowed
from web.desk.figure_parts import download, freshness
from web.desk.labels import Labels
from web.desk.service_charts import drawn, length
from web.desk.service_links import Links
from web.desk.service_tickets import of_tickets
from web.parts import parts

MOST_DIGITS = 18  # of a row's number
pages = Blueprint("desk_service", __name__, url_prefix="/desk/figures/service")


@pages.get("")
@allowed("service.see")
def page() -> ResponseReturnValue:
    """Every figure of the chosen days."""
    try:
        selection, problem = figures.selection_from(request.args, _today()), ""
    except Refused as error:
        selection, problem = figures.selection_from({}, _today()), str(error)
    with parts().database.reading() as connection:
        shown = _form(connection, selection) | {"problem": problem}
        if not problem:
            shown |= _shown(figures.report(connection, selection)) | of_tickets(connection, selection)
            shown["gaps"] = _gaps(connection, selection)[: definitions().top]
    return render_template("desk/service.html", **shown), 422 if problem else 200


@pages.get("/<name>.csv")
@allowed("service.see")
def as_csv(name: str) -> Response:
    """One of the tables for a spreadsheet."""
    if name not in (*TABLES, "gaps"):
        abort(404)
    selection = _sound()
    with parts().database.reading() as connection:
        if name == "gaps":
            lines = _gap_lines(_gaps(connection, selection))
        else:
            lines = TABLES[name](figures.report(connection, selection))
    return download(lines, f"conversations-{name}-{selection.first}-{selection.last}")


@pages.get("/waits")
@allowed("service.see")
def waited() -> str:
    """The waits for a person that the figures count, the latest first."""
    selection, after = _sound(), _after()
    timezone = parts().settings.timezone
    with parts().database.reading() as connection:
        between = bounds(selection.first, selection.last, timezone)
        found = waits.listed(connection, *between, selection.channel, after)
    return render_template(
        "desk/service_waits.html",
        found=found,
        selection=selection,
        chosen=_chosen(selection),
        words=definitions(),
        labels=Labels(timezone),
        length=length,
        sees=Links(selection).sees,
        query=urlencode(selection.query),
    )


@pages.get("/gaps/<key>")
@allowed("service.see")
def unanswered(key: str) -> str:
    """How often a question without an answer was asked, the latest first."""
    selection, after = _sound(), _after()
    begin, end = bounds(selection.first, selection.last, parts().settings.timezone)
    with parts().database.reading() as connection:
        group = next((one for one in gap_groups.waiting(connection, begin, end) if one.key == key), None)
        if group is None:
            abort(404)
        found, more = gap_groups.asked_within(connection, group, begin, end, after)
    return render_template(
        "desk/service_gap.html",
        group=group,
        found=found,
        after=more,
        selection=selection,
        labels=Labels(parts().settings.timezone),
        sees=Links(selection).sees,
        may_see_gaps=may(g.staff.roles, "content.see"),
        query=urlencode(selection.query),
    )


def _after() -> int:
    after = request.args.get("after", "")
    if after and not (after.isascii() and after.isdecimal() and len(after) <= MOST_DIGITS):
        abort(400)
    return int(after or 0)


def _sound() -> Selection:
    try:
        return figures.selection_from(request.args, _today())
    except Refused:
        abort(400)


def _today() -> date:
    return local(now(), parts().settings.timezone).date()


def _form(connection: Connection, selection: Selection) -> dict[str, Any]:
    today = _today()
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    spans = [
        *((f"近 {days} 天", today - timedelta(days=days - 1), today) for days in (7, 30, 90)),
        ("本月", month, today),
        ("上月", last_month, month - timedelta(days=1)),
    ]
    words = definitions()
    known = domains(connection)
    return {
        "selection": selection,
        "chosen": _chosen(selection),
        "words": words,
        "spans": [(text, urlencode(selection.over(first, last).query)) for text, first, last in spans],
        "channels": [(name, words.label("channel", name)) for name in channels(connection)],
        "domains": [*((name, name) for name in known), (NAMELESS, words.no_domain)],
    }


def _chosen(selection: Selection) -> str:
    """What is looked at, in words; a printed page has no form that says it."""
    words, time = definitions(), f"{selection.first} 至 {selection.last}"
    channel = "全部渠道" if selection.channel is None else words.label("channel", selection.channel)
    domain = "全部领域" if selection.domain is None else words.label("domain", selection.domain)
    return f"{time}，{channel}，{domain}"


def _shown(report: Report) -> dict[str, Any]:
    selection, links = report.selection, Links(report.selection)
    return {
        "report": report,
        **freshness(report.at),
        "heads": HEADS,
        "visit_heads": VISIT_HEADS,
        "percent": percent,
        "length": length,
        "query": urlencode(selection.query),
        "links": links,
        "may_see_gaps": may(g.staff.roles, "content.see"),
        "drawn": drawn(report),
    }


def _gaps(connection: Connection, selection: Selection) -> list[Group]:
    """What nobody has decided on yet, as the content team sees it, but asked on these days."""
    return gap_groups.waiting(connection, *bounds(selection.first, selection.last, parts().settings.timezone))


def _gap_lines(found: list[Group]) -> list[list[object]]:
    lines: list[list[object]] = [["问题", "多少人问", "问了几次", "别的问法"]]
    return [*lines, *([one.text, one.people, one.asked, "；".join(q.text for q in one.questions[1:])] for one in found)]
