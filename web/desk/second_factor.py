"""One's own second factor: turned on with a first code, new recovery codes, turned off."""

from collections.abc import Callable
from typing import TypeVar

import segno
from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.engine import Connection

from staff import attempts, second_factor
from web.desk.access import allowed, must_have_second_factor
from web.parts import parts

pages = Blueprint("desk_second_factor", __name__, url_prefix="/desk/second-factor")
WRONG = "验证码不对，或者已经用过。请等下一个再试。"
LOCKED = "错了太多次，请 15 分钟后再试。"
Done = TypeVar("Done")


@pages.get("")
@allowed("desk.enter")
def own() -> str:
    """Whether it is on; while it is being turned on, the picture for the app."""
    return _page()


@pages.post("/begin")
@allowed("desk.enter")
def begin() -> ResponseReturnValue:
    """Make a secret; it counts when a first code has been shown."""
    try:
        with parts().database.writing() as connection:
            second_factor.begin(connection, parts().vault, g.staff.name)
            _note(connection, "begin")
    except second_factor.NotBegun:
        flash("第二道验证已经打开了。")
    return redirect("/desk/second-factor")


@pages.post("/confirm")
@allowed("desk.enter")
def confirm() -> ResponseReturnValue:
    """Turn it on with the app's first code, and show the recovery codes this once."""
    try:
        with parts().database.writing() as connection:
            codes = second_factor.confirm(connection, parts().vault, g.staff.name, request.form.get("code", ""))
            if codes:
                _note(connection, "on")
    except second_factor.NotBegun:
        return redirect("/desk/second-factor")
    return _page(codes=codes) if codes else (_page(WRONG), 422)


@pages.post("/codes")
@allowed("desk.enter")
def codes() -> ResponseReturnValue:
    """Ten new recovery codes for a right code of the app."""
    new = _with_code("codes", lambda connection: second_factor.new_recovery_codes(connection, g.staff.name))
    return _page(codes=new) if new else (_page(WRONG), 422)


@pages.post("/off")
@allowed("desk.enter")
def off() -> ResponseReturnValue:
    """Turn it off with a right code, unless one's role must have it."""
    if must_have_second_factor():
        return _page("您的角色必须用第二道验证，不能关。换手机请找管理员重置。"), 422
    if not _with_code("off", lambda connection: second_factor.off(connection, parts().vault, g.staff.name)):
        return _page(WRONG), 422
    flash("第二道验证已关掉。")
    return redirect("/desk/second-factor")


@pages.errorhandler(attempts.Locked)
def locked(error: Exception) -> ResponseReturnValue:
    """Too many wrong codes, here or at sign-in."""
    return _page(LOCKED), 422


def _with_code(name: str, act: Callable[[Connection], Done]) -> Done | None:
    """Act if the code is right, else None; wrong ones are counted as at sign-in."""
    with parts().database.writing() as connection:
        if not second_factor.is_on(connection, g.staff.name):
            return None
        row = attempts.locked(connection, g.staff.name)
        if not second_factor.accepts(connection, parts().vault, g.staff.name, request.form.get("code", "")):
            attempts.fail(connection, row)
            _note(connection, "failed")
            return None
        done = act(connection)
        _note(connection, name)
        return done


def _note(connection: Connection, act: str) -> None:
    parts().audit.note(connection, g.staff.name, f"account.second_factor_{act}", f"account:{g.staff.name}")


def _page(problem: str = "", codes: list[str] | None = None) -> str:
    with parts().database.reading() as connection:
        waiting = second_factor.unconfirmed(connection, parts().vault, g.staff.name)
        is_on = second_factor.is_on(connection, g.staff.name)
        left = second_factor.recovery_codes_left(connection, g.staff.name)
    return render_template(
        "desk/second_factor.html",
        problem=problem,
        codes=codes,
        is_on=is_on,
        left=left,
        secret=" ".join(waiting[0][at : at + 4] for at in range(0, len(waiting[0]), 4)) if waiting else "",
        picture=_picture(waiting[1]) if waiting else "",
        must=must_have_second_factor(),
    )


def _picture(address: str) -> Markup:
    """The address as a square that an app reads; only our own drawing, no word of anybody."""
    return Markup(segno.make(address, micro=False).svg_inline(border=2, omitsize=True, title="用验证器扫这个方块"))
