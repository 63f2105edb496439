"""`wenzheng keys`, and what a key without a right is told."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from commands import main
from conversations import keys as channel_keys
from foundation.database import Database
from tests.hotline.support import make_settings
from web import create_app

BODY = {"client_id": "1", "text": "你好"}
REPORT = {"service_code": "street-light", "address_string": "湖滨街道幸福路12号", "description": "路灯坏了"}


def keys(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments])


def statuses(database: Database, folder: Path, key: str) -> tuple[int, int]:
    """How the messages interface and Open311 answer this key; nothing listens where Rasa should."""
    settings = make_settings(database.url.render_as_string(), folder).copy(update={"rasa_url": "http://127.0.0.1:1"})
    client = create_app(settings).test_client()
    headers = {"Authorization": f"Bearer {key}"}
    messages = client.post("/api/v1/messages", json=BODY | {"conversation": None}, headers=headers)
    report = client.post("/open311/v2/requests.json", data=REPORT | {"api_key": key})
    return messages.status_code, report.status_code


def test_a_key_is_told_once_and_kept_as_a_digest(database: Database, tmp_path: Path) -> None:
    said = keys("add", "社区一", "--per-minute", "60")
    key = said.stdout.strip()
    assert said.exit_code == 0 and re.fullmatch(r"wz_[\w-]{43}", key)
    assert statuses(database, tmp_path, key) == (200, 201)
    kept = (tmp_path / "wenzheng.db").read_bytes() + (tmp_path / "wenzheng.db-wal").read_bytes()
    assert key.encode() not in kept and key not in keys("list").stdout + keys("list", "--json").stdout


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        ("messages", (200, 403)),
        ("open311", (403, 201)),
        ("open311,messages", (200, 201)),
        ("messages, open311", (200, 201)),
    ],
)
def test_a_key_opens_only_what_it_has_a_right_to(
    database: Database, tmp_path: Path, rights: str, expected: tuple[int, int]
) -> None:
    key = keys("add", "one", "--rights", rights).stdout.strip()
    assert statuses(database, tmp_path, key) == expected


def test_a_key_without_the_right_is_told_which_one_it_lacks(database: Database, tmp_path: Path) -> None:
    messages, report = keys("add", "m", "--rights", "messages"), keys("add", "o", "--rights", "open311")
    client = create_app(make_settings(database.url.render_as_string(), tmp_path)).test_client()
    headers = {"Authorization": f"Bearer {report.stdout.strip()}"}
    for path in ("messages", "uploads"):
        error = client.post(f"/api/v1/{path}", json=BODY, headers=headers).get_json()["error"]
        assert error["code"] == "no_right" and "messages 权限" in error["message"]
    given = {"api_key": messages.stdout.strip()}
    [refused] = client.post("/open311/v2/requests.json", data=REPORT | given).get_json()
    assert refused["code"] == 403 and "open311 权限" in refused["description"]


def test_the_list_says_name_limit_and_rights(database: Database) -> None:
    keys("add", "b", "--per-minute", "0", "--rights", "open311")
    told = json.loads(keys("add", "a", "--json").stdout)
    assert told["key"].startswith("wz_") and told["rights"] == ["messages", "open311"]
    assert keys("list").stdout.splitlines() == ["a  每分钟 600 条  消息接口、Open311 上报", "b  不限  Open311 上报"]
    assert json.loads(keys("list", "--json").stdout)[1] == {"name": "b", "per_minute": 0, "rights": ["open311"]}


def test_a_key_that_was_taken_away_opens_nothing(database: Database, tmp_path: Path) -> None:
    key = keys("add", "gone").stdout.strip()
    assert keys("remove", "gone").exit_code == 0
    assert statuses(database, tmp_path, key) == (401, 403)
    assert keys("remove", "gone").exit_code == 1
    assert keys("add", "gone").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        *(["web"], ["wechat"], ["report"], ["a b"], [""], ["x" * 41], ["a\n"]),
        *(["a", "--rights", "all"], ["a", "--rights", ""], ["a", "--per-minute", "-1"]),
    ],
)
def test_a_bad_key_is_refused_in_words(database: Database, arguments: list[str]) -> None:
    said = keys("add", *arguments)
    assert said.exit_code != 0 and "Traceback" not in said.output
    assert keys("list", "--json").stdout.strip() == "[]"


def test_the_same_name_twice_is_refused(database: Database) -> None:
    assert keys("add", "one").exit_code == 0
    assert keys("add", "one").exit_code == 1


def test_keys_from_before_there_were_rights_keep_both(database: Database, tmp_path: Path) -> None:
    key = keys("add", "old").stdout.strip()
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE channel_keys DROP COLUMN rights"))
    database.create_tables()
    assert statuses(database, tmp_path, key) == (200, 201)
    with database.reading() as connection:
        assert channel_keys.everyone(connection)[0].rights == channel_keys.RIGHTS
