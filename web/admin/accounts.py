"""Accounts of staff: made, changed, shut, opened again. A password is shown once, in the answer that made it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from hotline.catalogue import catalogue
from staff import accounts, attempts, passwords, second_factor, sessions
from staff.accounts import Account
from staff.permissions import roles
from web.desk.access import allowed
from web.desk.fields import written
from web.parts import parts

pages = Blueprint("admin_accounts", __name__, url_prefix="/admin/accounts")
Act = Callable[[Connection, Account], str]


@pages.get("")
@allowed("accounts.change")
def listing() -> str:
    """Every account, and the form for a new one."""
    return _listing()


@pages.post("")
@allowed("accounts.change")
def add() -> ResponseReturnValue:
    """Make an account with a password that is good once."""
    wanted = _typed(written(request.form.get("name", "")))
    password = passwords.random()
    try:
        with parts().database.writing() as connection:
            made = (wanted.name, wanted.label, password, wanted.roles, wanted.department)
            accounts.add(connection, *made, once=True)
            _note(connection, "add", wanted)
    except accounts.Refused as error:
        return _listing(wanted, str(error)), 422
    return _listing(told=wanted.name, password=password)


@pages.get("/<name>")
@allowed("accounts.change")
def one(name: str) -> str:
    """One account and what can be done with it."""
    return _page(name)


@pages.post("/<name>/change")
@allowed("accounts.change")
def change(name: str) -> ResponseReturnValue:
    """Another label, other roles, another department."""

    def act(connection: Connection, account: Account) -> str:
        wanted = replace(_typed(name), active=account.active)
        accounts.change(connection, wanted)
        _note(connection, "change", wanted)
        return "已保存。原来的登录已失效。"

    return _acted(name, act)


@pages.post("/<name>/<any(on, off):way>")
@allowed("accounts.change")
def switch(name: str, way: str) -> ResponseReturnValue:
    """Shut an account, or open it again."""

    def act(connection: Connection, account: Account) -> str:
        wanted = replace(account, active=way == "on")
        accounts.change(connection, wanted)
        _note(connection, "change", wanted)
        return "已启用。" if wanted.active else "已停用，登录立刻失效。"

    return _acted(name, act)


@pages.post("/<name>/password")
@allowed("accounts.change")
def password(name: str) -> ResponseReturnValue:
    """A new password that is good once; the lock is lifted."""
    new = passwords.random()

    def act(connection: Connection, account: Account) -> str:
        accounts.set_password(connection, name, new, once=True)
        parts().audit.note(connection, g.staff.name, "account.password", f"account:{name}")
        return ""

    return _acted(name, act, password=new)


@pages.post("/<name>/second-factor")
@allowed("accounts.change")
def reset(name: str) -> ResponseReturnValue:
    """Forget the second factor of somebody who has lost the phone; the sessions end."""

    def act(connection: Connection, account: Account) -> str:
        second_factor.off(connection, parts().vault, name)
        sessions.end_all(connection, name)
        parts().audit.note(connection, g.staff.name, "account.second_factor_off", f"account:{name}")
        return "第二道验证已重置，登录已失效。"

    return _acted(name, act)


@pages.post("/<name>/sessions")
@allowed("accounts.change")
def end(name: str) -> ResponseReturnValue:
    """End every session."""

    def act(connection: Connection, account: Account) -> str:
        sessions.end_all(connection, name)
        parts().audit.note(connection, g.staff.name, "account.end_sessions", f"account:{name}")
        return "登录已全部失效。"

    return _acted(name, act)


def _acted(name: str, act: Act, **told: str) -> ResponseReturnValue:
    """Act and show the account again; a secret is told in this very answer, and nowhere else."""
    try:
        with parts().database.writing() as connection:
            said = act(connection, _known(connection, name))
    except accounts.Refused as error:
        return _page(name, problem=str(error)), 422
    if told:
        return _page(name, **told)
    flash(said)
    return redirect(f"/admin/accounts/{name}")


def _known(connection: Connection, name: str) -> Account:
    account = accounts.find(connection, name) if accounts.is_name(name) else None
    if account is None:
        abort(404)
    return account


def _typed(name: str) -> Account:
    """What the form says of an account; whether that can be is checked below."""
    department = request.form.get("department", "")
    chosen = tuple(role for role in request.form.getlist("role") if role in roles())
    known = department if department in catalogue().departments else ""
    return Account(name, written(request.form.get("label", "")) or name, chosen, known)


def _note(connection: Connection, act: str, account: Account) -> None:
    parts().audit.note(connection, g.staff.name, f"account.{act}", f"account:{account.name}", account.facts)


def _listing(typed: Account | None = None, problem: str = "", **told: str) -> str:
    with parts().database.reading() as connection:
        known = accounts.everyone(connection)
        with_second = second_factor.everyone(connection)
    typed = typed or Account("", "", (), "")
    return render_template(
        "admin/accounts.html", accounts=known, with_second=with_second, **_form(typed, problem), **told
    )


def _page(name: str, problem: str = "", **told: str) -> str:
    with parts().database.reading() as connection:
        account = _known(connection, name)
        state = {
            "has_second": second_factor.is_on(connection, name),
            "is_locked": attempts.is_locked(connection, name),
            "must_have": parts().controls.asks_for_second_factor(account.roles),
        }
    return render_template("admin/account.html", account=account, **state, **_form(account, problem), **told)


def _form(typed: Account, problem: str) -> dict[str, Any]:
    departments = {one.id: one.label for one in catalogue().departments.values()}
    return {"typed": typed, "problem": problem, "roles": roles(), "departments": departments}
