"""Settings that administrators change while everything runs, each with a reason, and undone in one click."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from conversations import keys
from conversations.erasing import count_silent
from foundation.clock import now
from foundation.controls import OFF, Stale, limits, notice
from foundation.opening_hours import DAYS
from foundation.retention import GRACE, Retention
from hotline.retention import count_contacts, count_pictures
from knowledge.local import TONES
from staff.permissions import roles
from web.admin import reading
from web.desk.access import allowed
from web.desk.fields import moment
from web.parts import parts

KINDS = {
    "notices": "公告",
    "tone": "语气",
    "hours": "人工服务时间",
    "retention": "保存期限",
    "second_factor": "必须用第二道验证的角色",
}
PARTS = {"bot": "机器人答复", "tickets": "收新的反映", "web": "网页", "wechat": "微信", "open311": "Open311"}
TONE_WORDS = dict(zip(TONES, ("标准", "亲切", "活泼"), strict=True))
LATER = "别人刚改过这一项，您的改动没有保存。请看看现在的样子再决定。"
pages = Blueprint("admin_settings", __name__, url_prefix="/admin")


@pages.get("")
@allowed("settings.change")
def page() -> str:
    """Everything that can be changed, and what holds."""
    return _page()


@pages.post("/settings/<any(notices, off, tone, hours, retention, second_factor):kind>")
@allowed("settings.change")
def change(kind: str) -> ResponseReturnValue:
    """Change one of them."""
    name = f"{OFF}{request.form.get('part', '')}" if kind == "off" else kind
    if name not in _names():
        abort(400)
    controls, timezone = parts().controls, parts().settings.timezone
    controls.refresh()
    before = controls.current(name)
    try:
        if before.version != _version():
            raise Stale(name)
        value = reading.value(kind, request.form, before.value, timezone)
        reason = reading.reason(request.form)
        if kind == "retention" and not _is_confirmed(before.value, value):
            return _page(kind, going=_going(value))
        controls.change(name, before.version, value, g.staff.name, reason)
    except Stale:
        return _page(kind, LATER), 409
    except ValueError as error:
        return _page(kind, str(error)), 422
    flash("已保存，几秒钟内处处生效。")
    return redirect(f"/admin#{kind}")


@pages.post("/undo")
@allowed("settings.change")
def undo() -> ResponseReturnValue:
    """Let what held before the last change hold again."""
    name = request.form.get("name", "")
    if name not in _names():
        abort(400)
    kind = "off" if name.startswith(OFF) else name
    controls, version = parts().controls, _version()
    controls.refresh()
    try:
        if name == "retention" and controls.current(name).version == version > 0:
            value = controls.former(name, version)
            if not _is_confirmed(controls.current(name).value, value):
                return _page(kind, going=_going(value))
        controls.undo(name, version, g.staff.name)
    except Stale:
        return _page(kind, LATER), 409
    flash("已撤销。")
    return redirect(f"/admin#{kind}")


def _is_confirmed(before: dict[str, int], wanted: dict[str, int]) -> bool:
    """Whether nothing is kept less long, or whoever changes it has read what would go of these very days."""
    is_shorter = Retention(**wanted).shortens(Retention(**before))
    return not is_shorter or request.form.get("confirmed") == _days(wanted)


def _going(wanted: dict[str, int]) -> dict[str, Any]:
    """What would be erased once a shorter time counts, and the form that confirms it."""
    at, chosen = now() + GRACE, Retention(**wanted)

    def before(days: int) -> datetime:
        return at - timedelta(days=days)

    with parts().database.reading() as connection:
        counts = {
            "个会话": chosen.conversations and count_silent(connection, before(chosen.conversations)),
            "张工单的联系方式": chosen.contacts and count_contacts(connection, before(chosen.contacts)),
            "张图片": chosen.pictures and count_pictures(connection, before(chosen.pictures)),
        }
    fields = {name: value for name, value in request.form.items() if name not in ("form_token", "confirmed")}
    form = {"path": request.path, "fields": fields | {"confirmed": _days(wanted)}}
    return {"at": at, "counts": counts, **form}


def _days(wanted: dict[str, int]) -> str:
    return "-".join(str(wanted[name]) for name in reading.KEPT)


def _page(kind: str = "", problem: str = "", going: dict[str, Any] | None = None) -> str:
    controls = parts().controls
    controls.refresh()
    named = _part_names()
    switches = {part: controls.current(f"{OFF}{part}") for part in named}
    return render_template(
        "admin/settings.html",
        now={name: controls.current(name) for name in KINDS},
        told=[notice(one) for one in controls.current("notices").value],
        switches=switches,
        off={one.part: one for one in controls.parts_off()},
        part_names=named,
        tones=TONE_WORDS,
        hours=controls.opening_hours(),
        days=list(enumerate(DAYS, start=1)),
        roles=roles(),
        limits=limits(),
        history=controls.history(),
        going=going,
        shortened_from=controls.shortened_from(),
        names=_names(),
        problem={kind: problem},
        typed=request.form if problem else {},
        when=moment,
    )


def _names() -> dict[str, str]:
    """Every control that there is now, and what it is called."""
    return KINDS | {f"{OFF}{part}": f"停用{label}" for part, label in _part_names().items()}


def _part_names() -> dict[str, str]:
    """What can be switched off, and what it is called."""
    with parts().database.reading() as connection:
        channels = keys.everyone(connection)
    return PARTS | {f"key:{one.name}": f"渠道 {one.name}" for one in channels}


def _version() -> int:
    given: Any = request.form.get("version", "")
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        abort(400)
    return int(given)
