"""`wenzheng users`: accounts made, listed, given a new password and shut, and what a script sees of it."""

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands import main
from foundation.database import Database
from foundation.settings import load_settings
from staff import accounts, sessions
from staff.accounts import Account

PASSWORD = "four quiet words here"
ROOT = Path(__file__).parents[2]


def users(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["users", *arguments], input=typed)


def known(database: Database) -> list[Account]:
    with database.reading() as connection:
        return accounts.everyone(connection)


def opens(database: Database, name: str, password: str) -> bool:
    given = accounts.tried(database, name, password)
    with database.writing() as connection:
        return accounts.opened(connection, given) is not None


def test_an_account_is_made_with_a_password_that_is_asked_for_twice_and_not_shown(database: Database) -> None:
    said = users("add", "li", "--label", "李敏", "--role", "operator", "--role", "auditor", typed=f"{PASSWORD}\n" * 2)
    assert (said.exit_code, PASSWORD in said.output) == (0, False)
    assert known(database) == [Account("li", "李敏", ("operator", "auditor"), "")]
    assert opens(database, "li", PASSWORD)


def test_a_generated_password_is_printed_once_and_opens(database: Database) -> None:
    said = users("add", "zhao", "--role", "officer", "--department", "parks", "--generate")
    assert said.exit_code == 0
    [password] = re.findall(r"密码：(\S+?)（", said.output)
    assert opens(database, "zhao", password)
    assert known(database) == [Account("zhao", "zhao", ("officer",), "parks", must_change=True)]
    assert password not in users("list").output
    users("password", "zhao", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert not known(database)[0].must_change
    for _ in range(5):
        with database.writing() as connection:
            accounts.opened(connection, accounts.tried(database, "zhao", "wrong"))
    assert "暂时锁住" in users("list").output


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["li"], "--role"),
        (["li", "--role", "king"], "角色"),
        (["li", "--role", "officer"], "部门"),
        (["li", "--role", "officer", "--department", "nowhere"], "nowhere"),
        (["li", "--role", "operator", "--department", "parks"], "部门"),
        (["李敏", "--role", "operator"], "账号名"),
        (["known", "--role", "operator"], "已经有"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words_and_with_a_status(
    database: Database, arguments: list[str], word: str
) -> None:
    users("add", "known", "--role", "operator", "--generate")
    said = users("add", *arguments, "--generate")
    assert said.exit_code != 0 and word in said.output and "Traceback" not in said.output
    assert [account.name for account in known(database)] == ["known"]


@pytest.mark.parametrize("typed", ["short\nshort\n", f"{PASSWORD}\nsomething else\n"])
def test_a_password_that_is_short_or_mistyped_makes_no_account(database: Database, typed: str) -> None:
    assert users("add", "li", "--role", "operator", typed=typed).exit_code != 0
    assert known(database) == []


def test_the_list_names_roles_and_departments_in_words_or_json(database: Database) -> None:
    users("add", "zhao", "--label", "赵强", "--role", "officer", "--department", "parks", "--generate")
    users("add", "li", "--role", "operator", "--generate")
    users("deactivate", "li")
    assert users("list").output.splitlines() == [
        "li  li  坐席  已停用  要先改密码",
        "zhao  赵强  承办人  园林绿化局  要先改密码",
    ]
    listed = json.loads(users("list", "--json").output)
    assert listed[1] == {
        "name": "zhao",
        "label": "赵强",
        "roles": ["officer"],
        "department": "parks",
        "active": True,
        "must_change": True,
        "second_factor": False,
        "locked": False,
    }
    assert "argon2" not in users("list", "--json").output


def test_a_new_password_replaces_the_old_one_and_ends_the_sessions(database: Database) -> None:
    users("add", "li", "--role", "operator", typed=f"{PASSWORD}\n" * 2)
    with database.writing() as connection:
        secret = sessions.begin(connection, "li")
    assert users("password", "li", typed="another long one\n" * 2).exit_code == 0
    assert (opens(database, "li", PASSWORD), opens(database, "li", "another long one")) == (False, True)
    with database.reading() as connection:
        assert sessions.account_of(connection, secret) is None


def test_a_deactivated_account_opens_no_more(database: Database) -> None:
    users("add", "li", "--role", "operator", typed=f"{PASSWORD}\n" * 2)
    assert users("deactivate", "li").exit_code == 0
    assert not opens(database, "li", PASSWORD)
    assert [account.active for account in known(database)] == [False]


@pytest.mark.parametrize("arguments", [["password", "nobody", "--generate"], ["deactivate", "nobody"]])
def test_an_account_that_nobody_has_is_named(database: Database, arguments: list[str]) -> None:
    said = users(*arguments)
    assert said.exit_code == 1 and "没有叫 nobody 的账号" in said.output


def test_the_first_administrators_password_is_printed_once_when_a_place_is_prepared(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare = import_module("commands.prepare")  # the name in the package is the command's
    prepare._first_account(load_settings())
    [password] = re.findall(r"密码:(\S+?)\(", capsys.readouterr().out)
    assert opens(database, "admin", password)
    prepare._first_account(load_settings())
    assert capsys.readouterr().out == ""


def test_a_script_sees_the_status(database: Database, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "commands", "users", "deactivate", "nobody"]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "nobody" in ended.stderr
