"""The vault, on SQLite and PostgreSQL."""

import base64

import pytest
from sqlalchemy import select

from foundation.database import Database
from foundation.privacy import Vault, vault_items, vault_keys

FIRST, SECOND = (f"{n}:{base64.urlsafe_b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))
TEXT = "我的电话13812345678,身份证110101199003074258,还是13812345678"
MINE, TICKET = "conversation:test-vault", "ticket:test-vault"


def test_numbers_become_tokens_and_come_back(database: Database) -> None:
    vault = Vault(FIRST)
    with database.writing() as connection:
        masked = vault.tokenize(connection, MINE, TEXT)
        assert masked == "我的电话〔电话1〕,身份证〔证件1〕,还是〔电话1〕"
        assert vault.reveal(connection, MINE, masked) == TEXT
        assert vault.hint(connection, MINE, masked) == "我的电话138****5678,身份证110****4258,还是138****5678"


@pytest.mark.parametrize("written", ["138 1234 5678", "+86 138-1234-5678", "幺三八一二三四五六七八"])
def test_a_phone_of_the_owners_stays_hidden_also_where_staff_write_it_another_way(
    database: Database, written: str
) -> None:
    vault = Vault(FIRST)
    with database.writing() as connection:
        vault.tokenize(connection, MINE, f"我的电话 {written}")
        masked = vault.tokenize(connection, MINE, "是13812345678吗？请打0571-87654321", by_staff=True)
        for shown in (vault.hint(connection, MINE, masked), vault.hint_to_staff(connection, MINE, masked)):
            assert shown == "是138****5678吗？请打0571-87654321"


def test_a_ticket_keeps_its_copy_when_the_conversation_is_erased(database: Database) -> None:
    vault = Vault(FIRST)
    with database.writing() as connection:
        masked = vault.tokenize(connection, MINE, TEXT)
        copied = vault.copy(connection, MINE, TICKET, masked)
        vault.erase(connection, MINE)
        assert vault.reveal(connection, MINE, masked) == "我的电话,身份证,还是"
        assert vault.reveal(connection, TICKET, copied) == TEXT


def test_sealed_values_die_with_their_owner(database: Database) -> None:
    vault = Vault(FIRST)
    with database.writing() as connection:
        sealed = vault.seal(connection, MINE, "秘密")
        assert vault.unseal(connection, MINE, sealed) == "秘密" and "秘密" not in sealed
        vault.erase(connection, MINE)
        with pytest.raises(KeyError):
            vault.unseal(connection, MINE, sealed)


def test_one_owner_never_reads_anothers_numbers(database: Database) -> None:
    vault = Vault(FIRST)
    with database.writing() as connection:
        masked = vault.tokenize(connection, MINE, TEXT)
        assert vault.reveal(connection, TICKET, masked) == "我的电话,身份证,还是"


def test_after_a_change_of_the_master_key_old_and_new_are_read(database: Database) -> None:
    with database.writing() as connection:
        old = Vault(FIRST).tokenize(connection, MINE, TEXT)
        changed = Vault(f"{SECOND},{FIRST}")
        new = changed.tokenize(connection, TICKET, TEXT)
        assert changed.reveal(connection, MINE, old) == changed.reveal(connection, TICKET, new) == TEXT
        assert connection.execute(select(vault_keys.c.master).where(vault_keys.c.owner == TICKET)).scalar() == "2"


def test_nothing_at_rest_holds_the_number(database: Database) -> None:
    with database.writing() as connection:
        Vault(FIRST).tokenize(connection, MINE, TEXT)
        rows = connection.execute(select(vault_items).where(vault_items.c.owner == MINE)).all()
    assert rows and "13812345678" not in str(rows)
