"""The public board: what others reported, how far it is, and following one of them."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from conversations.screen import normalise
from hotline.board import NUMBER, Filters, Report, words
from hotline.catalogue import catalogue
from hotline.ticket import NotAllowed, UnknownTicket
from web.callers import known_conversation, own_conversation, wechat_conversation
from web.forms import form_token, is_own_form
from web.limits import messages_limit
from web.parts import parts

pages = Blueprint("board", __name__, url_prefix="/board")
MOST_WORDS_LONG = 40  # characters that are looked for
FOLLOWED = "已经帮您跟进。有进展会出现在您的对话里。"
FOLLOWED_IN_WECHAT = "已经帮您跟进。有进展会在公众号里告诉您。"
LEFT = "不再跟进了。"
STALE = "页面放得太久，或者浏览器没有记住您。请再按一次。"
OVER = "这件事已经有结果，不用再跟进了。"


@pages.get("")
@messages_limit
def board() -> Response:
    """The latest reports, narrowed by what was chosen; a choice that does not exist is none."""
    filters, after = _filters(), request.args.get("after", "")
    page = parts().board.page(filters, after if NUMBER.fullmatch(after) else "")
    lists = catalogue()
    return _page(
        "board/board.html",
        page=page,
        filters=filters,
        first=not after,
        searched=filters != Filters(),
        districts=lists.districts,
        topics=lists.tops,
        groups=words()["groups"],
        address=_address,
    )


@pages.get("/<number>")
@messages_limit
def report(number: str) -> Response:
    """One report and its public progress."""
    return _report_page(number)


@pages.post("/<number>/follow")
@messages_limit
def follow(number: str) -> ResponseReturnValue:
    """This browser's conversation is told of what happens."""
    if not is_own_form():
        return _report_page(number, STALE, 403)
    _shown(number)
    try:
        parts().tickets.join(number, own_conversation())
    except UnknownTicket:
        abort(404)
    except NotAllowed:
        return _report_page(number, OVER, 409)
    return _done(number, FOLLOWED_IN_WECHAT if wechat_conversation() else FOLLOWED)


@pages.post("/<number>/unfollow")
@messages_limit
def unfollow(number: str) -> ResponseReturnValue:
    """And then no longer."""
    if not is_own_form():
        return _report_page(number, STALE, 403)
    _shown(number)
    parts().tickets.leave(number, known_conversation())
    return _done(number, LEFT)


def _filters() -> Filters:
    given = {name: request.args.get(name, "") for name in ("district", "topic", "group")}
    known = {"district": catalogue().districts, "topic": catalogue().tops, "group": words()["groups"]}
    chosen = {name: value if value in known[name] else "" for name, value in given.items()}
    return Filters(**chosen, words=normalise(request.args.get("words", ""))[:MOST_WORDS_LONG])


def _address(filters: Filters, **other: str) -> str:
    """The list narrowed so, or so with a change."""
    chosen = {name: getattr(filters, name) for name in ("district", "topic", "group", "words")} | other
    return url_for("board.board", **{name: value for name, value in chosen.items() if value})


def _shown(number: str) -> Report:
    report = parts().board.one(number) if NUMBER.fullmatch(number) else None
    if report is None:
        abort(404)
    return report


def _report_page(number: str, problem: str = "", status: int = 200) -> Response:
    report = _shown(number)
    response = _page(
        "board/report.html",
        status,
        report=report,
        progress=parts().board.progress(number),
        standing=parts().board.standing(number, known_conversation()),
        in_wechat=bool(wechat_conversation()),
        form_token=form_token(),
        problem=problem,
    )
    response.headers["Cache-Control"] = "no-store"  # it says whether this browser follows
    return response


def _done(number: str, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("board.report", number=number), 303)


def _page(template: str, status: int = 200, **values: Any) -> Response:
    response = make_response(render_template(template, city=parts().settings.city, **values), status)
    response.headers["Cache-Control"] = "no-cache"  # a report can be hidden again at any time
    return response
