"""What somebody says on the phone, at a counter or in a conversation, entered by an operator."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from conversations.handover.staff import NotYours
from hotline import called_before
from hotline.appeal import Appeal
from hotline.catalogue import catalogue
from hotline.lifecycle import lifecycle
from hotline.time_limits import time_limits
from hotline.words import numbers_in
from staff.permissions import may
from web.desk.access import actor, allowed
from web.desk.act_forms import LONGEST, categories, clean, sentence
from web.desk.labels import Labels
from web.desk.talk_ticket import Talk, hints, opened, pictures, prefilled, talk_of, with_numbers
from web.parts import parts

CHANNELS = {"phone": "电话", "counter": "来人"}
LONGEST_LINES = {"what": LONGEST, "place": 200, "time_of_event": 100, "contact": 100, "note": LONGEST}
FIRST = {"kind": "求助", "urgency": "normal", "channel": "phone"}
NOT_YOURS = "这个会话已经不在您手上了，工单没有开。请回到“转人工”看看。"
pages = Blueprint("desk_entry", __name__, url_prefix="/desk/tickets")


@pages.get("/new")
@allowed("tickets.enter")
def form() -> ResponseReturnValue:
    """An empty form, or one that is filled in from a conversation."""
    try:
        talk = talk_of(request.args.get("talk", ""))
    except NotYours:
        flash(NOT_YOURS)
        return redirect("/desk/waiting")
    return _form(MultiDict(FIRST | {"instance": uuid4().hex} | (prefilled(talk) if talk else {})), {}, talk)


@pages.post("/new")
@allowed("tickets.enter")
def enter() -> ResponseReturnValue:
    """Open the ticket and show what the caller must be told, its number and secret code; or tell the citizen itself."""
    given = MultiDict({name: clean(text) for name, text in request.form.items()})
    try:
        talk = talk_of(given.get("talk", ""))
        problems = _problems(given, talk)
        if problems:
            return _refused(given, problems, talk)
        if talk:
            number = opened(talk, _appeal(given, talk), given.get("note", ""))
            flash(f"工单 {number} 已开出，工单号和查询码已发给市民。")
            return redirect(f"/desk/waiting/{talk.id}", 303)
    except NotYours:
        return _not_yours(given)
    number, code = parts().desk.open(_appeal(given, None), actor(), given.get("note", ""))
    return make_response(render_template("desk/entered.html", number=number, code=code))


@pages.post("/new/caller")
@allowed("tickets.enter")
def caller() -> ResponseReturnValue:
    """The form as it was filled in, and what is known of the phone in it."""
    given = MultiDict({name: clean(text) for name, text in request.form.items()})
    try:
        talk = talk_of(given.get("talk", ""))
    except NotYours:
        flash(NOT_YOURS)
        return redirect("/desk/waiting")
    if may(actor().roles, "tickets.contact") and not given.get("anonymous"):
        with parts().database.writing() as connection:
            contact = given.get("contact", "")
            phones = numbers_in(with_numbers(connection, talk, contact) if talk else contact)
            known = (connection, parts().audit, parts().settings.secret_key, phones, actor())
            g.caller = called_before.of_phone(*known) if phones else None
    return _form(given, {}, talk)


def _not_yours(given: "MultiDict[str, str]") -> ResponseReturnValue:
    """The conversation is over; the ticket may have been opened before that, by the same form."""
    number = parts().desk.number_of(given.get("instance", ""))
    if number:
        flash(f"工单 {number} 已经开出过了，市民已经知道。")
        return redirect("/desk/waiting", 303)
    return _refused(given, _problems(given, None) | {"instance": NOT_YOURS}, None)


def _refused(given: "MultiDict[str, str]", problems: dict[str, str], talk: Talk | None) -> Response:
    response = _form(given, problems, talk)
    response.status_code = 422
    return response


def _form(given: "MultiDict[str, str]", problems: dict[str, str], talk: Talk | None) -> Response:
    lists = catalogue()
    page = render_template(
        "desk/entry.html",
        given=given,
        problems=problems,
        longest=LONGEST_LINES,
        talk=talk,
        pictures=len(pictures(talk)["pictures"]) if talk else 0,
        hints=hints(talk, [given.get(name, "") for name in LONGEST_LINES]) if talk else [],
        labels=Labels(parts().settings.timezone),
        channels=CHANNELS,
        kinds=lifecycle().kinds,
        urgency={"": time_limits().urgency},
        districts=list(lists.districts.values()),
        categories=categories(),
        leaves=list(lists.categories.values()),
    )
    return make_response(page)


def _appeal(given: "MultiDict[str, str]", talk: Talk | None) -> Appeal:
    texts: dict[str, Any] = {name: given.get(name, "") for name in ("what", "place", "time_of_event", "contact")}
    chosen: dict[str, Any] = {name: given[name] for name in ("kind", "urgency", "instance")}
    sent = pictures(talk) if talk and given.get("pictures") else {}
    return Appeal(
        **texts,
        **sent,
        **chosen,
        channel=talk.channel if talk else given["channel"],
        conversation=talk.conversation if talk else "",
        anonymous=bool(given.get("anonymous")),
        district=given.get("district", ""),
        category=given.get("category", "") or _leaf(given.get("leaf", "")),
    )


def _problems(given: "MultiDict[str, str]", talk: Talk | None) -> dict[str, str]:
    """A sentence for each field that is missing or wrong."""
    lists = {
        "kind": lifecycle().kinds,
        "urgency": time_limits().urgency,
        "category": ("", *catalogue().categories),
        "district": ("", *catalogue().districts),
        **({} if talk else {"channel": CHANNELS}),
    }
    problems = {name: sentence("unknown") for name, known in lists.items() if given.get(name, "") not in known}
    problems |= {
        name: sentence("long", most=most) for name, most in LONGEST_LINES.items() if len(given.get(name, "")) > most
    }
    if not given.get("what"):
        problems["what"] = sentence("empty")
    if given.get("anonymous") and given.get("contact"):
        problems["contact"] = "匿名就不留联系方式。请去掉一样。"
    if given.get("leaf") and not given.get("category") and not _leaf(given["leaf"]):
        problems["leaf"] = "没有这个分类。请从列表里选，或者先空着。"
    if not given.get("instance") or len(given["instance"]) > 64:
        problems["instance"] = "页面不完整，请重新打开录入页。"
    return problems


def _leaf(label: str) -> str:
    """The category with this name, or ""."""
    return next((leaf.id for leaf in catalogue().categories.values() if leaf.label == label), "")
