"""A conversation of very many turns: its citizen reads it a page at a time, and nothing of it is lost."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, update

from conversations import record
from conversations.keys import WEB
from conversations.tables import conversations, turns
from foundation.clock import now
from tests.hotline.support import Desk
from web import create_app
from web.conversations import A_PAGE

VALUE = "value-of-a-long-conversation"
TURNS = 2 * A_PAGE + 10
PATH = f"/api/v1/conversations/{VALUE}"


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    """The browser of somebody who said very much."""
    with desk.database.writing() as connection:
        conversation = record.start(connection, VALUE, record.Caller(WEB))
        reply = {"type": "text", "text": "答", "origin": {"kind": "response", "id": "x", "revision": None}}
        row = {"conversation": conversation, "sender": "citizen", "at": now(), "outcome": "answered"}
        row |= {"replies": [reply], "evidence": {"secret": "of ours"}}
        connection.execute(insert(turns), [row | {"turn": turn, "text": f"第{turn}问"} for turn in range(1, TURNS + 1)])
        connection.execute(update(conversations).values(last_turn=TURNS))
    browser = create_app(desk.settings.copy(update={"messages_per_minute": 0})).test_client()
    with browser.session_transaction() as session:
        session["conversation"] = VALUE
    return browser


def read(client: FlaskClient, **wanted: Any) -> list[int]:
    """The turns that come."""
    answer: Any = client.get(f"{PATH}/messages", query_string=wanted).json
    return [item["turn"] for item in answer["messages"][::2]]


def test_programs_read_it_on_from_the_last_turn_that_came(client: FlaskClient) -> None:
    found: list[int] = []
    while page := read(client, after=found[-1] if found else 0):
        assert len(page) <= A_PAGE
        found += page
    assert found == list(range(1, TURNS + 1))
    assert read(client, after=TURNS - 3) == [TURNS - 2, TURNS - 1, TURNS]
    assert read(client, after=5, limit=2) == [6, 7]


def test_and_back_from_the_first(client: FlaskClient) -> None:
    assert read(client, before=999_999_999, limit=2) == [TURNS - 1, TURNS]
    assert read(client, before=TURNS - 1, limit=3) == [TURNS - 4, TURNS - 3, TURNS - 2]
    assert read(client, before=4, after=1) == [2, 3] and read(client, before=1) == []
    for wrong in ("limit=0", f"limit={A_PAGE + 1}", "before=x", "limit=", "before=-1"):
        assert client.get(f"{PATH}/messages?{wrong}").status_code == 400, wrong


def test_the_plain_page_shows_the_last_turns_and_leads_to_earlier_ones(client: FlaskClient) -> None:
    page = client.get("/chat").text
    first = TURNS - record.ISSUED_WITHIN + 1
    assert f"第{TURNS}问" in page and f"第{first}问" in page and f"第{first - 1}问" not in page
    assert f'href="/chat?before={first}">更早的对话' in page and "回到最新" not in page
    earlier = client.get(f"/chat?before={first}").text
    assert f"第{first - 1}问" in earlier and f"第{first}问" not in earlier and "回到最新的对话" in earlier
    assert "更早的对话" not in client.get("/chat?before=20").text
    assert client.get("/chat?before=x").status_code == 200


def test_the_file_to_keep_has_all_of_it_in_order(client: FlaskClient) -> None:
    lines = client.get(f"{PATH}/text").text.splitlines()
    assert [line for line in lines if line.startswith("第")] == [f"第{turn}问" for turn in range(1, TURNS + 1)]


def test_what_decided_the_turns_is_not_even_read(client: FlaskClient, desk: Desk) -> None:
    asked: list[str] = []
    engine = client.application.extensions["wenzheng"].database._engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    client.get("/chat")
    read(client)
    assert client.get(f"{PATH}/text").text  # read to its end: it is written as it is sent
    of_turns = [query for query in asked if "FROM turns" in query]
    assert len(of_turns) > 3 and not any("evidence" in query for query in of_turns)
