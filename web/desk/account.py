"""Signing in and out, and one's own password."""

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.engine import Connection

from conversations.handover import presence
from foundation.audit import OUTSIDER
from staff import accounts, attempts, second_factor, sessions
from staff.permissions import may
from web.desk.access import COOKIE, STAFF_ONLY, allowed, keep
from web.limits import messages_limit
from web.parts import parts

pages = Blueprint("desk_account", __name__, url_prefix="/desk")
FIRST_PAGES = (
    ("tickets.see", "/desk/tickets"),
    ("content.see", "/content"),
    ("conversations.see", "/desk/conversations"),
    ("deliveries.see", "/desk/deliveries"),
    ("desk.enter", "/desk/password"),
)
CODE_WITHIN = 300  # seconds after the password
WRONG, WRONG_CODE = "账号或密码不对。", "验证码不对，或者已经用过。"
LOCKED = "错了太多次,请 15 分钟后再试。"


@pages.get("")
@allowed("desk.enter")
def home() -> ResponseReturnValue:
    """The first page that one's roles open."""
    return redirect(next(page for permission, page in FIRST_PAGES if may(g.staff.roles, permission)))


@pages.get("/login")
def login_form() -> str:
    """The form to sign in with."""
    return render_template("desk/login.html", name="", problem="", next=_inside(request.args.get("next", "")))


@pages.post("/login")
@messages_limit
def login() -> ResponseReturnValue:
    """Sign in; a wrong name reads the same as a wrong password. A second factor is asked for in a second step."""
    if "step" in request.form:
        return _second_step(request.form["step"], request.form.get("code", ""))
    name = request.form.get("name", "").strip()
    given = accounts.tried(parts().database, name, request.form.get("password", ""))
    with parts().database.writing() as connection:
        try:
            account = accounts.opened(connection, given)
        except attempts.Locked:
            return _form(LOCKED, name=name)
        if account is None:
            _note_failure(connection, given.name)
            return _form(WRONG, name=name)
        if second_factor.is_on(connection, account.name):
            step = _steps().dumps([account.name, accounts.mark(connection, account.name)])
            return make_response(_code_page(step))
        secret = _begin(connection, account.name)
    return keep(make_response(redirect(_goal())), secret)


def _second_step(step: str, code: str) -> ResponseReturnValue:
    """The code from the app, or a recovery code; the password was right at most five minutes ago."""
    try:
        name, mark = _steps().loads(step, max_age=CODE_WITHIN)
    except BadSignature:
        return _form("等得太久了，请重新登录。")
    with parts().database.writing() as connection:
        try:
            row = attempts.locked(connection, name)
        except attempts.Locked:
            return _form(LOCKED)
        if not row.active or accounts.mark(connection, name) != mark:
            return _form(WRONG)
        way = second_factor.accepts(connection, parts().vault, name, code)
        if not way:
            attempts.fail(connection, row)
            _note_failure(connection, name)
            return _code_page(step, WRONG_CODE), 401
        secret = _begin(connection, name, way)
    return keep(make_response(redirect(_goal())), secret)


@pages.post("/logout")
@allowed("desk.enter")
def logout() -> Response:
    """End this session; citizens whom one spoke with are first in the queue again."""
    with parts().database.writing() as connection:
        sessions.end(connection, request.cookies[COOKIE])
        presence.leave(connection, g.staff.name)
        parts().audit.note(connection, g.staff.name, "account.sign_out", f"account:{g.staff.name}")
    response = make_response(redirect("/desk/login"))
    response.delete_cookie(COOKIE)
    return response


@pages.get("/password")
@allowed("desk.enter")
def password_form() -> str:
    """One's own account."""
    return _own_page()


@pages.post("/password")
@allowed("desk.enter")
def change_password() -> ResponseReturnValue:
    """Change one's own password; every session ends."""
    given = accounts.tried(parts().database, g.staff.name, request.form.get("old", ""))
    try:
        with parts().database.writing() as connection:
            known = accounts.opened(connection, given)
            if known:
                accounts.set_password(connection, known.name, request.form.get("new", ""))
                parts().audit.note(connection, known.name, "account.own_password", f"account:{known.name}")
            else:
                _note_failure(connection, given.name)
    except attempts.Locked:
        return _own_page(LOCKED), 422
    except accounts.Refused as error:
        return _own_page(str(error)), 422
    if not known:
        return _own_page("现在的密码不对。"), 422
    flash("密码已经改好,请重新登录。")
    return redirect("/desk/login")


def _begin(connection: Connection, name: str, way: str = "password") -> str:
    """A new session's secret; what was wrong before is forgotten."""
    attempts.forget(connection, name)
    secret = sessions.begin(connection, name)
    parts().audit.note(connection, name, "account.sign_in", f"account:{name}", {"way": way})
    return secret


def _note_failure(connection: Connection, name: str) -> None:
    """Nothing is noted of names that nobody has: they are whatever somebody typed, perhaps a password."""
    if name:
        act = "locked" if attempts.is_locked(connection, name) else "sign_in_failed"
        parts().audit.note(connection, OUTSIDER, f"account.{act}", f"account:{name}")


def _form(problem: str, name: str = "") -> ResponseReturnValue:
    return render_template("desk/login.html", name=name, problem=problem, next=_goal()), 401


def _code_page(step: str, problem: str = "") -> str:
    return render_template("desk/code.html", step=step, problem=problem, next=_goal())


def _own_page(problem: str = "") -> str:
    with parts().database.reading() as connection:
        has_second = second_factor.is_on(connection, g.staff.name)
    return render_template("desk/password.html", problem=problem, has_second=has_second)


def _steps() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts().settings.secret_key, salt="the password was right")


def _goal() -> str:
    return _inside(request.form.get("next", ""))


def _inside(goal: str) -> str:
    """Only pages of the desk are gone back to."""
    sound = goal.startswith(STAFF_ONLY) and "\\" not in goal and not goal.startswith("//")
    return goal if sound else "/desk"
