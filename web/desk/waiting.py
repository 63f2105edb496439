"""The citizens who wait for a person: the queue, who of the operators is there, and taking one."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from conversations.handover import presence, queue
from conversations.handover.settings import settings
from conversations.handover.staff import CannotTake
from conversations.handover.summary import Summary, summary
from foundation.clock import now
from staff import accounts
from web.desk.access import allowed
from web.desk.labels import Labels
from web.parts import parts

REFUSED = {
    "away": "您现在是“离开”。先切换到“在线”，再接会话。",
    "full": "您手上的会话已经到上限（{most} 个）。先结束一个，再接新的。",
    "gone": "这个会话已经不在了：市民删掉了它，或者它早已结束。",
    "quicker": "别的坐席先接了，或者市民不等了。",
}
pages = Blueprint("desk_waiting", __name__, url_prefix="/desk/waiting")


@dataclass(frozen=True)
class Line:
    """One conversation of the list."""

    row: Any
    summary: Summary
    minutes: int  # since the citizen asked, or since it was taken
    operator: str = ""


@pages.get("")
@allowed("conversations.take")
def listing() -> str:
    """Who waits, whom one speaks with, and what the others have; to read it is a sign that one is there."""
    note_sign()
    return render_template("desk/waiting.html", **_everything())


@pages.post("/presence")
@allowed("conversations.take")
def switch() -> ResponseReturnValue:
    """Be there, or take nothing new."""
    online = request.form.get("online") == "1"
    parts().person_desk.switch(g.staff.name, online=online)
    flash("您已在线，可以接会话了。" if online else "您已离开，不会再接新的会话；手上的还在您这里。")
    return redirect(url_for("desk_waiting.listing"), 303)


@pages.post("/here")
@allowed("conversations.take")
def here() -> Response:
    """A sign that the page is open; without one for some minutes the operator has vanished."""
    with parts().database.writing() as connection:
        presence.note(connection, g.staff.name)
    return make_response("", 204)


@pages.post("/<int:identifier>/take")
@allowed("conversations.take")
def take(identifier: int) -> ResponseReturnValue:
    """Take one, unless somebody was quicker."""
    try:
        parts().person_desk.take(identifier, g.staff.name, g.staff.label)
    except CannotTake as error:
        flash(REFUSED[error.reason].format(most=settings()["most_at_once"]))
        return redirect(url_for("desk_waiting.listing"), 303)
    return redirect(url_for("desk_talk.page", identifier=identifier), 303)


def note_sign() -> None:
    """A sign from a page that needs no script for it."""
    with parts().database.reading() as connection:
        known = presence.of(connection, g.staff.name)
    if presence.needs_note(known):
        with parts().database.writing() as connection:
            presence.note(connection, g.staff.name)


def _everything() -> dict[str, Any]:
    controls = parts().controls
    with parts().database.reading() as connection:
        taken = queue.taken(connection)
        return {
            "waiting": [_line(connection, row, row.asked_at) for row in queue.waiting(connection)],
            "mine": [_line(connection, row, row.taken_at) for row in taken if row.taken_by == g.staff.name],
            "others": [_line(connection, row, row.taken_at) for row in taken if row.taken_by != g.staff.name],
            "here": [_label(connection, name) for name in presence.here(connection)],
            "me": presence.of(connection, g.staff.name),
            "is_open": controls.is_open(),
            "hours": controls.opening_hours().words,
            "most": settings()["most_at_once"],
            "gone_after": settings()["vanished_after"] // 60,
            "labels": Labels(parts().settings.timezone),
        }


def _line(connection: Connection, row: Any, since: Any) -> Line:
    operator = _label(connection, row.taken_by) if row.taken_by else ""
    minutes = int((now() - since).total_seconds() // 60)
    return Line(row, summary(connection, parts().vault, row.conversation), minutes, operator)


def _label(connection: Connection, name: str) -> str:
    account = accounts.find(connection, name)
    return account.label if account else name
