"""Sessions: they hold while they are used, and end by themselves, by signing out, and with their account."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from foundation.database import Database
from staff import accounts, sessions, tables
from tests.hotline.clock import Clock
from tests.hotline.support import everything_at_rest

PASSWORD = "four quiet words here"


@pytest.fixture
def secret(database: Database, clock: Clock) -> str:
    with database.writing() as connection:
        accounts.add(connection, "li", "李敏", PASSWORD, ["operator"])
        return sessions.begin(connection, "li")


def holder(database: Database, secret: str) -> str | None:
    with database.reading() as connection:
        return sessions.account_of(connection, secret)


def use(database: Database, secret: str) -> None:
    """What the desk does with every request."""
    with database.writing() as connection:
        if sessions.account_of(connection, secret) and sessions.needs_note(connection, secret):
            sessions.note(connection, secret)


def test_a_session_is_its_holders_and_only_its_digest_is_kept(database: Database, secret: str) -> None:
    assert holder(database, secret) == "li"
    assert holder(database, secret[:-1]) is None
    assert holder(database, "") is None
    assert secret not in everything_at_rest(database)


def test_a_session_that_nobody_uses_ends_after_two_hours(database: Database, secret: str, clock: Clock) -> None:
    clock.move(hours=1, minutes=59)
    assert holder(database, secret) == "li"
    clock.move(minutes=1)
    assert holder(database, secret) is None


def test_use_keeps_a_session_alive_but_not_beyond_twelve_hours(database: Database, secret: str, clock: Clock) -> None:
    for _ in range(11):
        clock.move(hours=1)
        use(database, secret)
        assert holder(database, secret) == "li"
    clock.move(minutes=59)
    assert holder(database, secret) == "li"
    clock.move(minutes=1)
    use(database, secret)
    assert holder(database, secret) is None


def test_a_use_is_written_down_at_most_once_a_minute(database: Database, secret: str, clock: Clock) -> None:
    with database.reading() as connection:
        clock.move(seconds=59)
        assert not sessions.needs_note(connection, secret)
        clock.move(seconds=2)
        assert sessions.needs_note(connection, secret)
        assert not sessions.needs_note(connection, "nobody's")
    use(database, secret)
    with database.reading() as connection:
        assert not sessions.needs_note(connection, secret)


def test_signing_out_ends_this_session_and_no_other(database: Database, secret: str) -> None:
    with database.writing() as connection:
        other = sessions.begin(connection, "li")
        sessions.end(connection, secret)
    assert (holder(database, secret), holder(database, other)) == (None, "li")


@pytest.mark.parametrize(
    "end",
    [
        lambda connection, account: accounts.set_password(connection, account.name, "another long one"),
        lambda connection, account: accounts.change(connection, replace(account, active=False)),
        lambda connection, account: accounts.change(connection, replace(account, roles=("auditor",))),
    ],
    ids=["a new password", "deactivation", "other roles"],
)
def test_every_session_of_an_account_ends_with(database: Database, secret: str, end: Callable[..., None]) -> None:
    with database.writing() as connection:
        accounts.add(connection, "wang", "王芳", PASSWORD, ["operator"])
        second, others = sessions.begin(connection, "li"), sessions.begin(connection, "wang")
        account = accounts.find(connection, "li")
        end(connection, account)
    assert [holder(database, one) for one in (secret, second, others)] == [None, None, "wang"]


def test_sessions_long_over_are_cleared_away(database: Database, secret: str, clock: Clock) -> None:
    clock.move(hours=13)
    with database.writing() as connection:
        sessions.begin(connection, "li")
        count = connection.execute(tables.sessions.select()).all()
    assert len(count) == 1
