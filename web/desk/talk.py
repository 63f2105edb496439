"""One conversation at the desk, live: read what the citizen writes, answer, send an entry, hand it back."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from conversations import record
from conversations.handover.canned import canned
from conversations.handover.settings import settings
from conversations.handover.staff import NotYours, Unsayable
from conversations.screen import LONGEST
from conversations.showing import show_to_staff
from knowledge import plain_language
from web.desk import assist, talk_line
from web.desk.access import allowed
from web.desk.labels import Labels
from web.desk.waiting import note_sign
from web.parts import parts
from web.pictures import as_picture

MOST_TURNS = 200
UNSAYABLE = "请写 1 到 {most} 个字。"
pages = Blueprint("desk_talk", __name__, url_prefix="/desk/waiting")
View = Callable[..., ResponseReturnValue]


def _mine(view: View) -> View:
    """Lead back to the list, with a reason, whoever does not have the conversation, or has it no more."""

    @wraps(view)
    def wrapped(identifier: int, **more: Any) -> ResponseReturnValue:
        try:
            return view(identifier, **more)
        except NotYours:
            if "X-Form-Token" in request.headers:  # the page's own script asks, and says so itself
                return make_response("", 410)
            flash("这个会话不在您手上：已经结束、回到了队列，或者是别的坐席接的。")
            return redirect(url_for("desk_waiting.listing"), 303)

    return wrapped


@pages.get("/<int:identifier>")
@allowed("conversations.take")
@_mine
def page(identifier: int) -> ResponseReturnValue:
    """The conversation, with everything at hand; to read it is a sign that one is there."""
    note_sign()
    return make_response(_page(identifier))


@pages.get("/<int:identifier>/turns")
@allowed("conversations.take")
@_mine
def turns(identifier: int) -> ResponseReturnValue:
    """What was said after a turn, as it stands on the page; 410 once the conversation is not one's own any more."""
    after = request.args.get("after", "")
    with parts().database.reading() as connection:
        row = parts().person_desk.one(connection, identifier, g.staff.name)
        if not after.isdecimal() or len(after) > 9:
            abort(400)
        line = talk_line.of(connection, row.conversation)
        said = _said(connection, row.conversation, record.after(connection, row.conversation, int(after)), line)
    return make_response(render_template("desk/talk_news.html", said=said, identifier=identifier, line=line))


@pages.get("/<int:identifier>/assist")
@allowed("conversations.take")
@_mine
def assistance(identifier: int) -> ResponseReturnValue:
    """What may help with the citizen's last words, or with words that the operator looks for."""
    conversation = parts().person_desk.conversation(identifier, g.staff.name)
    found = assist.for_words(_asked(conversation, request.args.get("words", "")))
    return make_response(render_template("desk/talk_assist.html", found=found, identifier=identifier))


@pages.post("/<int:identifier>/say")
@allowed("conversations.take")
@_mine
def say(identifier: int) -> ResponseReturnValue:
    """Answer; or, with `check`, see first how plain the answer is."""
    text = request.form.get("text", "")
    if request.form.get("check"):
        parts().person_desk.conversation(identifier, g.staff.name)
        report = plain_language.check(text)
        if "X-Form-Token" in request.headers:
            return make_response(render_template("desk/talk_findings.html", report=report))
        return make_response(_page(identifier, typed=text, report=report))
    try:
        parts().person_desk.say(identifier, g.staff.name, text, request.form.get("message", "")[:64])
    except Unsayable:
        return make_response(_page(identifier, typed=text, problem=UNSAYABLE.format(most=LONGEST)), 422)
    return _done(identifier)


@pages.post("/<int:identifier>/entry")
@allowed("conversations.take")
@_mine
def entry(identifier: int) -> ResponseReturnValue:
    """Send an entry as the card that the bot would show."""
    parts().person_desk.conversation(identifier, g.staff.name)
    card = assist.card(identifier, request.form.get("entry", ""), request.form.get("revision", ""))
    if card is None:
        return make_response(_page(identifier, problem="这个条目现在发不出去。可以把要点写给市民，过一会儿再试。"), 503)
    with parts().person_desk.having(identifier, g.staff.name) as (connection, row):
        parts().person_desk.send(connection, row, g.staff.name, card)
    return _done(identifier)


@pages.post("/<int:identifier>/<any(give_back, close):how>")
@allowed("conversations.take")
@_mine
def finish(identifier: int, how: str) -> ResponseReturnValue:
    """Hand it back to the bot, or end it."""
    if how == "give_back":
        parts().person_desk.give_back(identifier, g.staff.name)
        flash("已交回给助手，市民已经知道。")
    else:
        parts().person_desk.close(identifier, g.staff.name)
        flash("会话已结束，市民已经知道。")
    return redirect(url_for("desk_waiting.listing"), 303)


@pages.get("/<int:identifier>/pictures/<name>")
@allowed("conversations.take")
@_mine
def picture(identifier: int, name: str) -> ResponseReturnValue:
    """A picture that the citizen sent in this conversation; whoever looks at it stands in the trace."""
    with parts().person_desk.having(identifier, g.staff.name) as (connection, row):
        if name not in record.pictures(connection, row.conversation):
            abort(404)
        original = parts().uploads.path(name, "original")
        if not original.exists():
            abort(404)
        facts = {"conversation": row.conversation}
        parts().audit.note(connection, g.staff.name, "picture.look", f"picture:{name}", facts)
    return as_picture(original)


def _done(identifier: int) -> ResponseReturnValue:
    """Back to the page; its script needs no more than to know that it is done."""
    if "X-Form-Token" in request.headers:
        return make_response("", 204)
    return redirect(url_for("desk_talk.page", identifier=identifier, _anchor="newest"), 303)


def _page(identifier: int, typed: str = "", problem: str = "", report: Any = None) -> str:
    with parts().database.reading() as connection:
        row = parts().person_desk.one(connection, identifier, g.staff.name)
        line = talk_line.of(connection, row.conversation)
        said = _said(connection, row.conversation, record.latest(connection, row.conversation, MOST_TURNS), line)
    return render_template(
        "desk/talk.html",
        row=row,
        identifier=identifier,
        said=said,
        typed=typed,
        problem=problem,
        report=report,
        canned=canned(),
        found=assist.for_words(_asked(row.conversation, "")),
        longest=LONGEST,
        line=line,
        message=uuid4().hex,
        labels=Labels(parts().settings.timezone),
        gone_after=settings()["vanished_after"] // 60,
    )


def _said(connection: Connection, conversation: str, rows: list[Any], line: talk_line.Line) -> list[dict[str, Any]]:
    """Turns with their numbers as staff may see them, and how far each went in WeChat."""
    shown: list[dict[str, Any]] = show_to_staff(
        parts().vault,
        connection,
        conversation,
        [{"text": row.text or "", "replies": row.replies or []} for row in rows],
    )
    labels = Labels(parts().settings.timezone)
    return [
        one
        | {
            "turn": row.turn,
            "at": labels.moment(row.at),
            "sender": row.sender,
            "outcome": row.outcome,
            "pictures": row.attachments or [],
            "went": line.went.get(row.turn, ""),
        }
        for row, one in zip(rows, shown, strict=True)
    ]


def _asked(conversation: str, words: str) -> str:
    """The words that are looked for: the operator's own, else the last that the citizen wrote."""
    if words.strip():
        return words.strip()[:LONGEST]
    with parts().database.reading() as connection:
        return record.last_words(connection, conversation)
