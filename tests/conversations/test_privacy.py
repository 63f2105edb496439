"""Numbers that identify people are nowhere at rest in clear; the hotline alone gets them."""

import base64
import sqlite3
from pathlib import Path

import requests

from tests.service import Service, eventually

PHONE, WRITTEN_PHONE, IDENTITY = "13987654321", "139 8765 4321", "110101199003074258"


def test_a_phone_and_an_identity_number_are_nowhere_at_rest(service: Service) -> None:
    answers = service.talk(
        f"我叫王小明,身份证{IDENTITY},中山路8号下水道堵了,污水漫到路上",
        f"电话{WRITTEN_PHONE}",
        "确认",
        f"我的工单怎么样了,电话{PHONE}",
    )
    opened = next(answer for answer in answers if answer["outcome"] == "ticket_opened")
    number = opened["replies"][-1]["number"]
    record = eventually(lambda: service.received(number))
    assert IDENTITY in record["appeal"]["what"] and WRITTEN_PHONE in record["appeal"]["contact"]
    assert "139****4321" in answers[1]["replies"][-1]["text"]

    hidden = [form for secret in (PHONE, WRITTEN_PHONE, IDENTITY) for form in forms_of(secret)]
    searched = [path for path in service.folder.rglob("*") if path.is_file() and "simulator" not in path.name]
    assert {"wenzheng.db", "rasa.db", "rasa.log", "web.log", "actions.log", "worker.log"} <= {
        path.name for path in searched
    }
    for path in searched:
        content = path.read_bytes()
        assert not [form for form in hidden if form in content], path


def test_the_search_would_find_a_number_that_is_there(service: Service) -> None:
    service.say("我要投诉")
    with sqlite3.connect(service.folder / "wenzheng.db") as connection:
        kept = connection.execute("SELECT text FROM turns WHERE text = '我要投诉'").fetchall()
    assert kept
    assert any("我要投诉".encode() in path.read_bytes() for path in databases(service.folder))


def test_an_erased_conversation_leaves_no_word_behind(service: Service) -> None:
    words = "我奶奶住在槐树胡同,她的老花镜丢了"
    answer = service.say(words)
    value = answer["conversation"]
    assert requests.delete(f"{service.url}/api/v1/conversations/{value}", timeout=60).status_code == 204
    assert requests.get(f"{service.url}/api/v1/conversations/{value}/messages", timeout=60).status_code == 404
    for path in ("wenzheng.db", "rasa.db"):
        with sqlite3.connect(service.folder / path) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                rows = connection.execute(f"SELECT * FROM {table}").fetchall()
                assert not [row for row in rows if "槐树胡同" in str(row) or r"\u69d0\u6811" in str(row)], (path, table)


def forms_of(secret: str) -> list[bytes]:
    return [secret.encode(), secret.encode("utf-16-le"), base64.b64encode(secret.encode())]


def databases(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith("wenzheng.db")]
