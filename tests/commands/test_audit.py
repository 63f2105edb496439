"""`wenzheng audit`: a good database and a tampered one, and what commands leave in the trace."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from commands import main
from foundation.audit import head, log
from foundation.database import Database
from tests.hotline.support import rows


@pytest.fixture
def database(database: Database) -> Database:
    """One in which commands have been used."""
    run("users", "add", "li", "--role", "administrator", "--generate")
    run("users", "add", "wang", "--role", "operator", "--generate")
    run("users", "deactivate", "wang")
    run("keys", "add", "app")
    return database


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_commands_leave_rows_and_a_good_trace_is_said_to_be_good(database: Database) -> None:
    acts = [(row["actor"], row["act"], row["subject"]) for row in rows(database, log)]
    assert acts == [
        ("command", "account.add", "account:li"),
        ("command", "account.add", "account:wang"),
        ("command", "account.change", "account:wang"),
        ("command", "key.add", "key:app"),
    ]
    said = run("audit", "verify")
    assert said.exit_code == 0 and "4 条记录完好" in said.output
    last = rows(database, log)[-1]["digest"]
    assert f"最后一条:4:{last}" in said.output and f"--expect 4:{last}" in said.output
    assert "对得上" in run("audit", "verify", "--expect", last, "--expect", f"4:{last}").output
    told = json.loads(run("audit", "verify", "--json").output)
    assert told == {"sound": True, "rows": 4, "last": rows(database, log)[-1]["digest"], "problems": []}


@pytest.mark.parametrize(
    ("touch", "word"),
    [
        (update(log).where(log.c.number == 2).values(subject="account:zhao"), "第 2 条被改过"),
        (delete(log).where(log.c.number == 2), "第 2 条不见了"),
        (delete(log).where(log.c.number == 4), "第 4 条不见了"),
    ],
)
def test_a_tampered_trace_is_told_with_words_and_a_status(database: Database, touch: object, word: str) -> None:
    with database.writing() as connection:
        connection.execute(touch)
    said = run("audit", "verify")
    assert said.exit_code == 1 and word in said.output and "Traceback" not in said.output
    told = run("audit", "verify", "--json")
    assert told.exit_code == 1 and word in json.loads(told.output)["problems"]


def test_a_trace_that_was_emptied_and_began_again_is_told(database: Database) -> None:
    last = rows(database, log)[-1]["digest"]
    with database.writing() as connection:
        connection.execute(delete(log))
        connection.execute(delete(head))
    assert "有账号 li，却没有新建它的记录" in run("audit", "verify").output
    run("keys", "add", "other")
    said = run("audit", "verify", "--expect", f"4:{last}", "--json")
    assert said.exit_code == 1
    assert json.loads(said.output)["problems"] == [
        f"存下的摘要 4:{last} 在记录里找不到：记录被换过或截掉过",
        "有账号 li，却没有新建它的记录",
        "有账号 wang，却没有新建它的记录",
    ]


def test_rows_are_found_and_taken_out(database: Database, tmp_path: Path) -> None:
    assert run("audit", "search", "--act", "key.add").output.count("key:app") == 1
    [found] = run("audit", "search", "--subject", "account:li", "--json").output.splitlines()
    assert json.loads(found)["act"] == "account.add"
    assert run("audit", "search", "--until", "2020-01-01").output == ""
    file = tmp_path / "audit.csv"
    assert run("audit", "export", "--csv", str(file), "--actor", "command").exit_code == 0
    assert len(file.read_text("utf-8-sig").splitlines()) == 5
    assert run("audit", "export", str(file)).exit_code == 0
    assert len([json.loads(line) for line in file.read_text("utf-8").splitlines()]) == 5
    assert run("audit", "search", "--since", "yesterday").exit_code == 2


def test_missing_commands_for_accounts(database: Database) -> None:
    assert run("users", "deactivate", "li").exit_code == 1, "the last administrator"
    assert run("users", "activate", "wang").exit_code == 0
    assert (
        run("users", "change", "wang", "--label", "王芳", "--role", "officer", "--department", "parks").exit_code == 0
    )
    assert run("users", "change", "wang", "--department", "nowhere").exit_code == 1
    assert run("users", "end-sessions", "wang").exit_code == 0
    assert run("users", "reset-second-factor", "wang").exit_code == 1, "none is on"
    assert "王芳  承办人  园林绿化局" in run("users", "list").output
