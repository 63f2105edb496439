"""The same act on several tickets: each by itself, on the version that was looked at, with its own result."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from hotline.catalogue import catalogue
from hotline.desk import Actor, seen
from hotline.lifecycle import lifecycle
from hotline.queue import PAGE
from web.desk.access import actor, allowed
from web.desk.act_forms import LONGEST, act_forms, clean
from web.parts import parts
from web.refusals import REFUSED, refusal

ACTS = ("accept", "dispatch", "note")
HOTLINE = "hotline"
AT_HOTLINE = "这张由热线办理，受理和派单都在热线那边做。这里可以加备注、催办、补充情况。"
pages = Blueprint("desk_batch", __name__, url_prefix="/desk/tickets")


class Unusable(ValueError):
    """What was sent cannot be used; the message says why."""


@dataclass(frozen=True)
class Result:
    """How it went with one ticket."""

    number: str
    what: str
    done: bool
    said: str


@pages.post("/batch")
@allowed("tickets.work")
def act() -> ResponseReturnValue:
    """Act on every chosen ticket; what one is refused for stops no other."""
    back = urlencode(parse_qsl(request.form.get("back", "")))
    try:
        name, fields, chosen = _asked()
    except Unusable as error:
        flash(str(error))
        return redirect(f"/desk/tickets?{back}")
    results = [_taken(number, version, name, fields) for number, version in chosen]
    return render_template(
        "desk/batch.html",
        title=act_forms()[name].title,
        results=sorted(results, key=lambda result: result.done),
        done=sum(result.done for result in results),
        back=back,
    )


def acts_for(someone: Actor, handled_by: Collection[str]) -> list[str]:
    """The acts that somebody's roles may take on several tickets, handled by the desk, the hotline, or either."""
    return [name for name in ACTS if any(_may(someone, name, one) for one in handled_by)]


def _may(someone: Actor, name: str, handled_by: str) -> bool:
    return bool(set(someone.roles) & lifecycle().steps[name].rules[handled_by].by)


def _asked() -> tuple[str, dict[str, Any], list[tuple[str, int]]]:
    name = request.form.get("act", "")
    if name not in ACTS:
        raise Unusable("没有这样的操作。")
    chosen = dict.fromkeys(request.form.getlist("ticket"))
    if not chosen:
        raise Unusable("还没有选工单。请在左边打勾，再点一次。")
    if len(chosen) > PAGE:
        raise Unusable(f"一次最多 {PAGE} 张。")
    return name, FIELDS[name](), [_one(value) for value in chosen]


def _one(value: str) -> tuple[str, int]:
    """A ticket and the version that was looked at."""
    number, _, version = value.partition("~")
    if not version.isascii() or not version.isdecimal() or len(version) > 9:
        raise Unusable("页面不完整，请刷新列表再选。")
    return number, int(version)


def _dispatch() -> dict[str, Any]:
    department = request.form.get("department", "")
    if department not in catalogue().departments:
        raise Unusable("请先选派给哪个部门。")
    return {"department": department, "joint": []}


def _note() -> dict[str, Any]:
    message = clean(request.form.get("note", ""))
    if not message or len(message) > LONGEST:
        raise Unusable(f"请先写备注，最多 {LONGEST} 个字。")
    return {"message": message}


FIELDS: dict[str, Callable[[], dict[str, Any]]] = {"accept": dict, "dispatch": _dispatch, "note": _note}


def _taken(number: str, version: int, name: str, fields: dict[str, Any]) -> Result:
    """One ticket in its own transaction."""
    what = ""
    try:
        with parts().database.reading() as connection:
            ticket = seen(connection, number, actor())
        what = ticket.what
        if ticket.handled_by == HOTLINE and not _may(actor(), name, HOTLINE):
            return Result(number, what, False, AT_HOTLINE)
        parts().desk.take(number, name, actor(), fields, version)
    except REFUSED as error:
        return Result(number, what, False, refusal(error)[2])
    return Result(number, what, True, act_forms()[name].done)
