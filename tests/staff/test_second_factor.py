"""One-time codes: right now and a step around it, each once; recovery codes, each once; nothing kept in clear."""

from datetime import timedelta

import pyotp
import pytest

from foundation.database import Database
from foundation.privacy import Vault, vault_keys
from staff import accounts, second_factor
from staff.second_factor import NotBegun
from staff.tables import recovery_codes, second_factors
from tests.hotline.clock import Clock
from tests.hotline.support import DATA_KEYS, everything_at_rest, in_threads, rows

VAULT = Vault(DATA_KEYS)


@pytest.fixture
def secret(database: Database, clock: Clock) -> str:
    with database.writing() as connection:
        accounts.add(connection, "li", "李敏", "four quiet words here", ["operator"])
        second_factor.begin(connection, VAULT, "li")
        waiting = second_factor.unconfirmed(connection, VAULT, "li")
    assert waiting is not None
    return waiting[0]


@pytest.fixture
def recovery(database: Database, secret: str, clock: Clock) -> list[str]:
    """It is on, and a minute has gone by."""
    with database.writing() as connection:
        codes = second_factor.confirm(connection, VAULT, "li", code(secret, clock))
    assert codes is not None
    clock.move(seconds=60)
    return codes


def code(secret: str, clock: Clock, steps: int = 0) -> str:
    """What the app shows, now or some steps away."""
    return pyotp.TOTP(secret).at(clock.at + timedelta(seconds=30 * steps))


def let_in(database: Database, given: str) -> str:
    with database.writing() as connection:
        return second_factor.accepts(connection, VAULT, "li", given)


def test_it_counts_only_from_the_first_right_code_on(database: Database, secret: str, clock: Clock) -> None:
    right = code(secret, clock)
    with database.writing() as connection:
        assert second_factor.accepts(connection, VAULT, "li", right) == "", "not on yet"
        assert second_factor.confirm(connection, VAULT, "li", "000000" if right != "000000" else "1") is None
        assert not second_factor.is_on(connection, "li")
        codes = second_factor.confirm(connection, VAULT, "li", f" {right[:3]} {right[3:]} ")
        assert codes is not None and len(set(codes)) == 10
        assert second_factor.is_on(connection, "li")
        assert second_factor.unconfirmed(connection, VAULT, "li") is None, "the secret is shown no more"
    with pytest.raises(NotBegun), database.writing() as connection:
        second_factor.begin(connection, VAULT, "li")
    kept = everything_at_rest(database)
    assert secret not in kept and not [one for one in codes if one in kept]


@pytest.mark.usefixtures("recovery")
def test_a_code_works_once_and_only_a_step_around_now(database: Database, secret: str, clock: Clock) -> None:
    assert [let_in(database, code(secret, clock, steps)) for steps in (-2, 2)] == ["", ""]
    assert let_in(database, code(secret, clock, -1)) == "code"
    assert let_in(database, code(secret, clock)) == "code"
    assert let_in(database, code(secret, clock)) == "", "the same again"
    assert let_in(database, code(secret, clock, -1)) == "", "an earlier one"
    assert let_in(database, code(secret, clock, 1)) == "code"


@pytest.mark.usefixtures("recovery")
def test_one_code_sent_by_several_at_once_lets_one_in(database: Database, secret: str, clock: Clock) -> None:
    said = in_threads(8, lambda _: let_in(database, code(secret, clock)))
    assert sorted(said) == [""] * 7 + ["code"]


def test_a_recovery_code_works_once_however_it_is_written(database: Database, recovery: list[str]) -> None:
    first, second, *others = recovery
    assert let_in(database, f" {first.lower().replace('-', ' ')} ") == "recovery"
    assert let_in(database, first) == ""
    said = in_threads(6, lambda _: let_in(database, second))
    assert sorted(said) == [""] * 5 + ["recovery"]
    with database.writing() as connection:
        assert second_factor.recovery_codes_left(connection, "li") == len(others) == 8
        new = second_factor.new_recovery_codes(connection, "li")
    assert let_in(database, others[0]) == "" and let_in(database, new[0]) == "recovery"


@pytest.mark.parametrize(
    "given", ["", " ", "12345", "1234567", "一二三四五六", "１２３４５６", "\x00", "'; --", "0" * 5000]
)
@pytest.mark.usefixtures("recovery")
def test_nonsense_lets_nobody_in(database: Database, given: str) -> None:
    assert let_in(database, given) == ""


def test_turned_off_nothing_of_it_is_left(database: Database, recovery: list[str]) -> None:
    with database.writing() as connection:
        assert second_factor.off(connection, VAULT, "li")
        assert not second_factor.off(connection, VAULT, "li")
    assert let_in(database, recovery[0]) == ""
    assert rows(database, vault_keys) == rows(database, recovery_codes) == rows(database, second_factors) == []
