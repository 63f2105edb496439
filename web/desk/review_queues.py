"""Beside the list of turns: the weekly sample, unanswered questions, and the way from a judgement to citizens."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from conversations.review import sampling
from conversations.review.agreement import agreement
from conversations.review.keys import first_key, moment_of
from conversations.review.tables import turn_facts
from conversations.showing import show_to_staff
from foundation.clock import moment_asked, now
from knowledge import clusters, reviewed_cases
from knowledge.store import Store
from staff.permissions import may
from web.desk import turn_filters
from web.desk.access import allowed
from web.desk.conversations import names_of, words
from web.parts import parts

GAP_DAYS = 90
MOST_CLUSTERS = 100
pages = Blueprint("desk_review_queues", __name__, url_prefix="/desk/conversations")


@pages.get("/sample")
@allowed("conversations.see")
def sample() -> str:
    """The turns of a week's sample, whom they wait for, and how far reviewers agree."""
    service = parts()
    with service.database.reading() as connection:
        weeks = sampling.weeks(connection)
        asked = request.args.get("week", "")
        week = next((one for one in weeks if one.week == asked), weeks[0] if weeks else None)
        items = sampling.items(connection, week.week, g.staff.name) if week else []
        shown = [
            (item, moment_of(item.facts.key), _text(connection, item.facts.conversation, item.facts.text))
            for item in items
        ]
        agreed = agreement(sampling.verdict_pairs(connection, week.week)) if week else None
        agreed_ever = agreement(sampling.verdict_pairs(connection))
        tabs = turn_filters.tabs(connection, "sample")
    return render_template(
        "desk/conversations_sample.html",
        weeks=weeks,
        week=week,
        items=shown,
        agreed=agreed,
        agreed_ever=agreed_ever,
        tabs=tabs,
        reviewers=sampling.reviewers(),
        **words(),
    )


@pages.get("/unanswered")
@allowed("conversations.see")
def unanswered() -> str:
    """Questions that no entry answered, those that mean the same together."""
    with parts().database.reading() as connection:
        found = clusters.clusters(connection, now() - timedelta(days=GAP_DAYS))
        shown = [
            (
                cluster,
                [
                    (_address(connection, one), _text(connection, one.conversation, one.question))
                    for one in cluster.ways
                ],
            )
            for cluster in found[:MOST_CLUSTERS]
        ]
        tabs = turn_filters.tabs(connection, "unanswered")
    return render_template(
        "desk/conversations_unanswered.html", clusters=shown, days=GAP_DAYS, count=len(found), tabs=tabs, **words()
    )


@pages.get("/loop")
@allowed("conversations.see")
def loop() -> ResponseReturnValue:
    """Corrections and how long it took until citizens got them."""
    before = _moment(request.args.get("before", ""))
    with parts().database.reading() as connection:
        found = reviewed_cases.corrections(connection, before)
        median, measured = reviewed_cases.median_time(connection)
        open_to_me = [one for one in found if not _is_blind(connection, one)]
        names = names_of(connection, [one.by for one in found])
        tabs = turn_filters.tabs(connection, "loop")
    titles = Store(parts().database).titles({one.entry for one in found})
    more = found[-1].judged_at.isoformat() if len(found) == reviewed_cases.SHOWN else ""
    return render_template(
        "desk/conversations_loop.html",
        cases=open_to_me,
        titles=titles,
        names=names,
        median=median,
        measured=measured,
        more=more,
        tabs=tabs,
        took=took,
        **words(),
    )


@pages.post("/cases/<int:case>/aside")
@allowed("conversations.judge")
def set_aside(case: int) -> ResponseReturnValue:
    """Ask a case no more when something is published."""
    with parts().database.writing() as connection:
        if not reviewed_cases.set_aside(connection, case):
            abort(404)
        parts().audit.note(connection, g.staff.name, "conversations.case_aside", f"reviewed_case:{case}")
    flash("这道题以后不再问了。")
    return redirect("/desk/conversations/loop")


def took(span: timedelta) -> str:
    """A span of time in words, to the minute or the hour."""
    minutes = max(0, round(span.total_seconds() / 60))
    if minutes < 1:
        return "不到 1 分钟"
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} 小时" + (f" {minutes} 分" if minutes else "")
    return f"{hours // 24} 天" + (f" {hours % 24} 小时" if hours % 24 else "")


def _is_blind(connection: Connection, case: Any) -> bool:
    """Whether the case would tell a reviewer what another one said of a turn that they are to judge first."""
    if case.conversation is None or case.by == g.staff.name or not may(g.staff.roles, "conversations.judge"):
        return False
    return sampling.is_blind(connection, case.conversation, case.turn, g.staff.name)


def _address(connection: Connection, asked: clusters.Asked) -> str:
    """The turn in which a question was asked, which is noted before the turn ends; else its whole conversation."""
    begun = (turn_facts.c.conversation == asked.conversation, turn_facts.c.key < first_key(asked.at))
    turn = connection.execute(select(func.max(turn_facts.c.turn)).where(*begun)).scalar()
    conversation = f"/desk/conversations/{asked.conversation}"
    return f"{conversation}/turns/{turn}" if turn else conversation


def _text(connection: Connection, conversation: str, text: str) -> str:
    return str(show_to_staff(parts().vault, connection, conversation, text))


def _moment(text: str) -> datetime | None:
    try:
        return moment_asked(text)
    except ValueError:
        return None
