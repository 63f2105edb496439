"""`wenzheng demo` as it is typed."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands import main
from commands.prepare import create_tables
from foundation.privacy import Vault
from foundation.settings import load_settings
from staff import accounts
from tests.commands.city import know
from tests.hotline.support import Desk


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WENZHENG_DATABASE_URL", f"sqlite:///{tmp_path / 'wenzheng.db'}")
    settings = load_settings()
    return Desk(create_tables(settings), Vault(settings.data_keys), settings)


def test_it_says_what_is_there_now_and_a_password_that_opens_its_accounts(city: Desk) -> None:
    know(city)
    ran = CliRunner().invoke(main, ["demo", "--tickets", "2", "--days", "3"])
    assert ran.exit_code == 0, ran.output
    [password] = re.findall(r"密码都是 (\S+)（", ran.output)
    with city.database.reading() as connection:
        known = {account.name for account in accounts.everyone(connection)}
    assert {"demo-operator", "demo-supervisor", "demo-officer-parks", "demo-administrator"} <= known
    assert len(password) >= 12
    again = CliRunner().invoke(main, ["demo"])
    assert again.exit_code == 1 and "已经有演示数据" in again.output and "Traceback" not in again.output
    removed = CliRunner().invoke(main, ["demo", "--remove"])
    assert removed.exit_code == 0 and "全部去掉" in removed.output
    with city.database.reading() as connection:
        assert accounts.everyone(connection) == []


def test_without_knowledge_or_without_data_it_ends_with_a_sentence(city: Desk) -> None:
    for words, said in ((["demo"], "wenzheng prepare"), (["demo", "--remove"], "现在没有演示数据")):
        ran = CliRunner().invoke(main, words)
        assert ran.exit_code == 1 and said in ran.output and "Traceback" not in ran.output
