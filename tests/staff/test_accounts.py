"""Accounts: what is kept of a password, who is let in, and for how long not."""

import time
from dataclasses import replace
from typing import Any

import pytest
from argon2 import PasswordHasher

from foundation.database import Database
from staff import accounts, attempts, sessions, tables
from staff.accounts import Account, Refused
from staff.attempts import Locked
from staff.permissions import roles
from tests.hotline.clock import Clock
from tests.hotline.support import everything_at_rest, in_threads, rows

PASSWORD = "four quiet words here"


def make(database: Database, name: str = "li", role: str = "operator", department: str = "") -> Account:
    with database.writing() as connection:
        return accounts.add(connection, name, "李敏", PASSWORD, [role], department)


def opened(database: Database, password: str = PASSWORD, name: str = "li") -> Account | None:
    given = accounts.tried(database, name, password)
    with database.writing() as connection:
        account = accounts.opened(connection, given)
        if account:
            attempts.forget(connection, name)
        return account


def fail(database: Database, times: int) -> None:
    for _ in range(times):
        assert opened(database, "wrong") is None


def test_a_password_is_kept_as_an_argon2_hash_and_nowhere_in_clear(database: Database) -> None:
    make(database)
    make(database, "wang")
    first, second = (row["password"] for row in rows(database, tables.accounts))
    assert first.startswith("$argon2id$")
    assert first != second, "each is salted"
    assert PASSWORD not in everything_at_rest(database)


def test_the_right_password_opens_and_a_wrong_one_does_not(database: Database) -> None:
    account = make(database)
    assert opened(database) == account
    assert opened(database, PASSWORD + " ") is None
    assert opened(database, "") is None


def test_five_wrong_passwords_lock_an_account_for_fifteen_minutes(database: Database, clock: Clock) -> None:
    make(database)
    fail(database, 5)
    for password in (PASSWORD, "wrong"):
        with pytest.raises(Locked):
            opened(database, password)
    clock.move(minutes=14, seconds=59)
    with pytest.raises(Locked):
        opened(database)
    clock.move(seconds=1)
    assert opened(database) is not None


def test_a_right_password_and_time_let_failures_be_forgotten(database: Database, clock: Clock) -> None:
    make(database)
    fail(database, 4)
    assert opened(database) is not None
    fail(database, 4)
    clock.move(minutes=15)
    fail(database, 4)
    assert opened(database) is not None


def test_one_account_locked_locks_no_other(database: Database) -> None:
    make(database)
    make(database, "wang")
    fail(database, 5)
    assert opened(database, name="wang") is not None


def test_of_twenty_guesses_at_once_only_five_are_tried(database: Database) -> None:
    make(database)

    def guess(_: int) -> str:
        try:
            return "let in" if opened(database, "wrong") else "wrong"
        except Locked:
            return "locked"

    said = in_threads(20, guess)
    assert (said.count("wrong"), said.count("locked")) == (5, 15)


def test_an_unknown_name_takes_as_long_as_a_known_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher())  # as it is outside of the tests
    make(database)

    def seconds(name: str) -> float:
        started = time.process_time()
        assert opened(database, "wrong", name) is None
        return time.process_time() - started

    pairs = [(seconds("li"), seconds("nobody")) for _ in range(4)]  # side by side: others on the machine slow down both
    known, unknown = (min(took) for took in zip(*pairs, strict=True))
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize("name", ["", "nobody", "li\x00", "\ud800", "李", "l" * 300, "li' or '1'='1"])
def test_a_name_that_nobody_has_opens_nothing(database: Database, name: str) -> None:
    make(database)
    assert opened(database, PASSWORD, name) is None


def test_a_deactivated_account_is_not_opened_and_activated_again_it_is(database: Database) -> None:
    account = make(database)
    with database.writing() as connection:
        accounts.change(connection, replace(account, active=False))
    assert opened(database) is None
    with database.writing() as connection:
        accounts.change(connection, account)
    assert opened(database) == account


def test_a_new_password_replaces_the_old_one_and_lifts_the_lock(database: Database) -> None:
    make(database)
    fail(database, 5)
    with database.writing() as connection:
        accounts.set_password(connection, "li", "another long one")
    assert opened(database) is None
    assert opened(database, "another long one") is not None


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"name": "li min"}, "账号名"),
        ({"name": ""}, "账号名"),
        ({"name": "李敏"}, "账号名"),
        ({"name": "l" * 41}, "账号名"),
        ({"label": "敏" * 81}, "姓名"),
        ({"password": "short"}, "密码"),
        ({"password": "x" * 201}, "密码"),
        ({"roles": []}, "角色"),
        ({"roles": ["operator", "king"]}, "角色"),
        ({"roles": ["officer"]}, "部门"),
        ({"roles": ["operator"], "department": "parks"}, "部门"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_words(database: Database, wrong: dict[str, Any], word: str) -> None:
    given = {"name": "li", "label": "李敏", "password": PASSWORD, "roles": ["operator"], "department": ""} | wrong
    with pytest.raises(Refused, match=word), database.writing() as connection:
        accounts.add(connection, **given)
    assert rows(database, tables.accounts) == []


def test_a_name_is_given_once(database: Database) -> None:
    make(database)
    with pytest.raises(Refused, match="已经有"):
        make(database)
    assert len(rows(database, tables.accounts)) == 1


def test_an_account_keeps_its_roles_and_its_department(database: Database) -> None:
    make(database, "zhao", "officer", "parks")
    make(database)
    with database.reading() as connection:
        assert [one.name for one in accounts.everyone(connection)] == ["li", "zhao"]
        assert accounts.find(connection, "zhao") == Account("zhao", "李敏", ("officer",), "parks")
        assert accounts.find(connection, "nobody") is None


def test_changed_roles_end_the_sessions_that_had_the_old_ones(database: Database) -> None:
    account = make(database)
    with database.writing() as connection:
        secret = sessions.begin(connection, "li")
    with database.writing() as connection:
        accounts.change(connection, replace(account, roles=("auditor",)))
        assert sessions.account_of(connection, secret) is None
    assert opened(database) == replace(account, roles=("auditor",))


def test_the_first_administrator_is_made_once_with_a_password_of_its_own(database: Database) -> None:
    with database.writing() as connection:
        password = accounts.add_first(connection)
        assert password
        assert accounts.add_first(connection) is None
    account = opened(database, password, "admin")
    assert account is not None and account.roles == ("administrator",)
    assert password not in everything_at_rest(database)


def test_where_there_is_an_account_no_administrator_is_made(database: Database) -> None:
    make(database)
    with database.writing() as connection:
        assert accounts.add_first(connection) is None
    assert len(rows(database, tables.accounts)) == 1


def test_there_are_seven_roles() -> None:
    assert list(roles()) == ["operator", "editor", "publisher", "officer", "supervisor", "auditor", "administrator"]
