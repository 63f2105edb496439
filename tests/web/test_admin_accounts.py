"""Accounts by page, through the real application."""

import html
import re

import pytest
from sqlalchemy import update

from foundation.audit import log
from foundation.database import Database
from foundation.privacy import Vault
from staff import accounts, second_factor, sessions, tables
from tests.hotline.support import DATA_KEYS, Desk, in_threads, rows
from tests.web.visitor import Visitor, signed_in
from web import create_app

PAGE = "/admin/accounts"
ME = "one-administrator"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return desk.with_settings(messages_per_minute=0)


@pytest.fixture
def admin(desk: Desk) -> Visitor:
    return signed_in(desk, "administrator")


def account(desk: Desk, name: str = "wang") -> accounts.Account | None:
    with desk.database.reading() as connection:
        return accounts.find(connection, name)


def shown_password(page: str) -> str:
    return html.unescape(re.findall(r"<code>([^<]+)</code>", page)[0])


def problem(page: str) -> str:
    return "".join(re.findall(r'role="alert">([^<]+)<', page))


def made(admin: Visitor, name: str = "wang", **form: str) -> str:
    return admin.send(PAGE, PAGE, **({"name": name, "label": "王芳", "role": "operator"} | form))


def sign_in(desk: Desk, password: str, name: str = "wang") -> list[str]:
    """Where one is led after signing in, and from there when one wants to see tickets."""
    client = create_app(desk.settings.copy(update={"public_url": ""})).test_client()
    first = client.post("/desk/login", data={"name": name, "password": password})
    return [first.headers.get("Location", ""), client.get("/desk/tickets").headers.get("Location", "")]


def test_a_new_account_gets_a_password_that_is_shown_once_and_good_once(desk: Desk, admin: Visitor) -> None:
    page = made(admin)
    password = shown_password(page)
    assert admin.status == 200
    assert password not in admin.see(PAGE) + admin.see(f"{PAGE}/wang")
    assert account(desk) == accounts.Account("wang", "王芳", ("operator",), "", must_change=True)
    assert sign_in(desk, password) == ["/desk", "/desk/password"], "nothing else before it is changed"
    [first, *_] = [(row["actor"], row["act"], row["subject"]) for row in rows(desk.database, log)]
    assert first == (ME, "account.add", "account:wang")
    assert password not in str(rows(desk.database, log))


def test_what_cannot_be_made_is_said_and_nothing_typed_is_lost(desk: Desk, admin: Visitor) -> None:
    page = made(admin, "王", label='<b>"王"</b>')
    assert admin.status == 422 and "账号名" in problem(page)
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert "部门" in problem(made(admin, role="officer"))
    assert "角色" in problem(made(admin, role="king"))
    made(admin)
    assert "已经有" in problem(made(admin))
    assert len(rows(desk.database, tables.accounts)) == 2


def test_roles_and_department_are_changed_and_the_sessions_end(desk: Desk, admin: Visitor) -> None:
    made(admin)
    with desk.database.writing() as connection:
        secret = sessions.begin(connection, "wang")
    form = {"label": "王芳芳", "role": ["officer", "supervisor"], "department": "parks"}
    page = admin.send(f"{PAGE}/wang/change", f"{PAGE}/wang", **form)  # type: ignore[arg-type]
    assert "已保存" in page
    found = account(desk)
    assert found is not None and (found.label, found.roles, found.department) == (
        "王芳芳",
        ("officer", "supervisor"),
        "parks",
    )
    with desk.database.reading() as connection:
        assert sessions.account_of(connection, secret) is None


def test_an_account_is_shut_and_opened_again(desk: Desk, admin: Visitor) -> None:
    made(admin)
    assert "已停用" in admin.send(f"{PAGE}/wang/off", f"{PAGE}/wang")
    found = account(desk)
    assert found is not None and not found.active
    assert "已启用" in admin.send(f"{PAGE}/wang/on", f"{PAGE}/wang")
    found = account(desk)
    assert found is not None and found.active


def test_a_new_password_lifts_the_lock_and_the_old_one_opens_nothing(desk: Desk, admin: Visitor) -> None:
    old = shown_password(made(admin))
    with desk.database.writing() as connection:
        connection.execute(update(tables.accounts).values(failures=5))
    new = shown_password(admin.send(f"{PAGE}/wang/password", f"{PAGE}/wang"))
    assert sign_in(desk, old)[0] == ""
    assert sign_in(desk, new)[0] == "/desk"


def test_a_lost_second_factor_is_reset_and_that_is_traced(desk: Desk, admin: Visitor) -> None:
    made(admin)
    vault = Vault(DATA_KEYS)
    with desk.database.writing() as connection:
        second_factor.begin(connection, vault, "wang")
        connection.execute(update(tables.second_factors).values(is_on=True))
    assert "重置第二道验证" in admin.see(f"{PAGE}/wang")
    assert "已重置" in admin.send(f"{PAGE}/wang/second-factor", f"{PAGE}/wang")
    with desk.database.reading() as connection:
        assert not second_factor.is_on(connection, "wang")
    assert rows(desk.database, log)[-1]["act"] == "account.second_factor_off"


@pytest.mark.parametrize(("act", "form"), [("off", {}), ("change", {"label": "x", "role": "operator"})])
def test_the_last_administrator_can_be_neither_shut_nor_stripped(
    desk: Desk, admin: Visitor, act: str, form: dict[str, str]
) -> None:
    page = admin.send(f"{PAGE}/{ME}/{act}", f"{PAGE}/{ME}", **form)
    assert admin.status == 422 and "最后一个" in problem(page)
    with desk.database.writing() as connection:
        accounts.add(connection, "second", "", "four quiet words here", ["administrator"])
    admin.send(f"{PAGE}/{ME}/{act}", f"{PAGE}/{ME}", **form)
    assert account(desk, ME) != accounts.Account(ME, "administrator", ("administrator",), "")


def test_two_administrators_who_shut_each_other_at_once_leave_one(database: Database) -> None:
    with database.writing() as connection:
        for name in ("a", "b"):
            accounts.add(connection, name, "", "four quiet words here", ["administrator"])

    def shut(place: int) -> bool:
        try:
            with database.writing() as connection:
                accounts.change(connection, accounts.Account("ab"[place], "", ("administrator",), "", active=False))
        except accounts.Refused:
            return False
        return True

    assert sorted(in_threads(2, shut)) == [False, True]


@pytest.mark.parametrize("name", ["nobody", "王", "a%00b", "x" * 300])
def test_an_account_that_nobody_has_is_not_found(admin: Visitor, name: str) -> None:
    admin.see(f"{PAGE}/{name}")
    assert admin.status == 404
