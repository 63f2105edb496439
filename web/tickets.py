"""A ticket's own page, for whoever has its link, or its number and code; acting on it asks for the code."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from conversations.screen import LONGEST, normalise
from foundation.clock import now
from foundation.identifying import find_numbers, plain_phone
from hotline.lifecycle import lifecycle
from hotline.pictures.store import pictures_of
from hotline.ticket import TicketView
from web.callers import source, wechat_conversation
from web.forms import form_token, is_own_form
from web.limits import messages_limit
from web.parts import parts
from web.ticket_acts import FORBIDDEN, Given, Refused, act_on, is_unlocked, remember, words

pages = Blueprint("tickets", __name__)


@pages.get("/t")
@messages_limit
def lookup() -> Response:
    """A form for whoever has a number and a code; above it the tickets of whom WeChat named."""
    return _lookup()


@pages.post("/t")
@messages_limit
def look_up() -> ResponseReturnValue:
    """To the ticket's page; the same words for a number that does not exist and for a wrong code."""
    number, code = normalise(request.form.get("number", "")), normalise(request.form.get("code", ""))
    known = (number, code.replace(" ", ""), source())
    view = parts().tickets.by_number_and_code(*known) if is_own_form() else None
    if view is None or not view.link:
        problem = words()["refused"]["lookup" if is_own_form() else "form"]
        return _lookup(FORBIDDEN, number, problem)
    remember(view.number)
    return redirect(_path(view), 303)


@pages.get("/t/<token>")
@messages_limit
def ticket(token: str) -> Response:
    """Who has it, until when, and what was said."""
    return _ticket_page(token, _view(token))


@pages.post("/t/<token>/<act>")
@messages_limit
def take(token: str, act: str) -> ResponseReturnValue:
    """One act of the citizen; what was written stands in the form again when it is refused."""
    view = _view(token)
    if act not in words()["acts"]:
        abort(404)
    given = Given.of_request(act)
    try:
        done = act_on(view, given)
    except Refused as refused:
        return _ticket_page(token, _view(token), given, str(refused), refused.status)
    if not done:
        return _page("tickets/withdraw.html", token=token, number=view.number, text=given.text)
    flash(done)
    return redirect(url_for("tickets.ticket", token=token, _anchor="top"), 303)


def _lookup(status: int = 200, number: str = "", problem: str = "") -> Response:
    views = parts().tickets.of_conversation(wechat_conversation())
    own = [(view, _path(view)) for view in views if view.link]  # what others reported has none
    return _page("tickets/lookup.html", status, own=own, number=number, problem=problem)


def _path(view: TicketView) -> str:
    return url_for("tickets.ticket", token=view.link.rpartition("/")[2])


def _view(token: str) -> TicketView:
    view = parts().tickets.by_token(token)
    if view is None:
        abort(404)
    return view


def _ticket_page(
    token: str, view: TicketView, given: Given | None = None, problem: str = "", status: int = 200
) -> Response:
    return _page(
        "tickets/ticket.html",
        status,
        token=token,
        ticket=view,
        now=words()["now"][view.state].format(holder=view.department or words()["nobody"]),
        moment=_moment,
        callable_text=_callable,
        pictures=_pictures(view.number),
        main=parts().tickets.main_of(view.number),
        acts=_offered(view),
        given=given,
        problem=problem,
        unlocked=is_unlocked(view.number),
        satisfaction=lifecycle().satisfaction,
    )


def _offered(view: TicketView) -> dict[str, Any]:
    """The acts that can be taken now; who can rate an answer as "not solved" is not offered the same once more."""
    offered = {act: about for act, about in words()["acts"].items() if act in view.can}
    if "rate" in offered:
        offered.pop("reopen", None)
    return offered


def _pictures(number: str) -> int:
    with parts().database.reading() as connection:
        return len(pictures_of(connection, number))


def _moment(at: str) -> str:
    """A moment of the timeline as people write it, with the year where it is another one."""
    moment = datetime.fromisoformat(at)
    year = "" if moment.year == now().astimezone(moment.tzinfo).year else f"{moment.year}年"
    return year + moment.strftime(lifecycle().moment)


def _callable(text: str) -> Markup:
    """The text, its phone numbers ready to be tapped."""
    pieces, position = [], 0
    for number in (number for number in find_numbers(text) if number.kind == "电话"):
        link = Markup('<a class="whole" href="tel:{}">{}</a>').format(plain_phone(number.value), number.value)
        pieces += [escape(text[position : number.start]), link]
        position = number.end
    return Markup("").join([*pieces, escape(text[position:])])


def _page(template: str, status: int = 200, **values: Any) -> Response:
    common = {
        "form_token": form_token(),
        "city": parts().settings.city,
        "limit": LONGEST,
        "in_wechat": bool(wechat_conversation()),
    }
    response = make_response(render_template(template, **common, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response
