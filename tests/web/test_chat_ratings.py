"""Thumbs, the end of a conversation, and what a citizen takes along."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from conversations.tables import turn_ratings
from tests.browser.chat_pages import ANSWERED
from tests.hotline.support import PHONE, Desk, everything_at_rest, in_threads, rows
from tests.web.fake_rasa import FakeRasa, answering
from web import create_app


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    with answering() as rasa:
        rasa.answer = ANSWERED
        yield rasa


@pytest.fixture
def client(desk: Desk, rasa: FakeRasa) -> FlaskClient:
    return create_app(desk.settings.copy(update={"messages_per_minute": 0, "rasa_url": rasa.url})).test_client()


@pytest.fixture
def value(client: FlaskClient) -> str:
    """A conversation with one answer."""
    return str(say(client, "身份证丢了")["conversation"])


def say(client: FlaskClient, text: str, conversation: str | None = None) -> dict[str, Any]:
    body = {"client_id": uuid4().hex, "text": text, "conversation": conversation}
    answer: dict[str, Any] = client.post("/api/v1/messages", json=body).get_json()
    return answer


def rate(client: FlaskClient, value: str, turn: int, body: Any) -> TestResponse:
    return client.post(f"/api/v1/conversations/{value}/turns/{turn}/rating", json=body)


def given(client: FlaskClient, value: str) -> Any:
    return client.get(f"/api/v1/conversations/{value}/ratings").get_json()["ratings"]


def test_a_rating_is_kept_and_can_be_changed(desk: Desk, client: FlaskClient, value: str) -> None:
    assert given(client, value) == {}
    assert rate(client, value, 1, {"up": True}).status_code == 204
    assert given(client, value) == {"1": {"up": True, "reason": "", "text": ""}}
    assert rate(client, value, 1, {"up": False, "reason": "unclear", "text": "太绕了"}).status_code == 204
    assert given(client, value) == {"1": {"up": False, "reason": "unclear", "text": "太绕了"}}
    assert len(rows(desk.database, turn_ratings)) == 1
    assert rate(client, value, 0, {"up": True}).status_code == 204
    assert set(given(client, value)) == {"0", "1"}


def test_numbers_in_a_rating_stand_in_the_vault(desk: Desk, client: FlaskClient, value: str) -> None:
    rate(client, value, 1, {"up": False, "reason": "other", "text": f"请打 {PHONE} 告诉我"})
    assert "〔电话1〕" in rows(desk.database, turn_ratings)[0]["text"]
    assert PHONE not in everything_at_rest(desk.database)
    assert given(client, value)["1"]["text"] == "请打 138****5678 告诉我"


@pytest.mark.parametrize(
    ("turn", "body", "status"),
    [
        (2, {"up": True}, 404),
        (999_999_999, {"up": True}, 404),
        (1, {}, 400),
        (1, {"up": "yes"}, 400),
        (1, {"up": True, "reason": "bad"}, 400),
        (1, {"up": True, "text": "长" * 501}, 400),
        (1, {"up": True, "more": 1}, 400),
        (1, [], 400),
    ],
)
def test_bad_ratings_are_refused_in_words(
    desk: Desk, client: FlaskClient, value: str, turn: int, body: Any, status: int
) -> None:
    answer = rate(client, value, turn, body)
    assert answer.status_code == status and "。" in answer.get_json()["error"]["message"]
    assert not rows(desk.database, turn_ratings)


def test_only_who_has_the_conversation_rates_it(client: FlaskClient, value: str) -> None:
    for other in ("nobody-has-this-one", value[:-1]):
        assert rate(client, other, 1, {"up": True}).status_code == 400
        assert client.get(f"/api/v1/conversations/{other}/ratings").status_code == 404


def test_many_ratings_at_once_leave_one(desk: Desk, client: FlaskClient, value: str) -> None:
    def send(place: int) -> int:
        return rate(client.application.test_client(), value, 1, {"up": place % 2 == 0}).status_code

    assert set(in_threads(6, send)) == {204}
    assert len(rows(desk.database, turn_ratings)) == 1


def test_an_erased_conversation_takes_its_ratings_along(desk: Desk, client: FlaskClient, value: str) -> None:
    rate(client, value, 1, {"up": False, "text": f"{PHONE} 太慢"})
    assert client.delete(f"/api/v1/conversations/{value}").status_code == 204
    assert not rows(desk.database, turn_ratings)
    assert rate(client, value, 1, {"up": True}).status_code == 400


def test_an_ended_conversation_is_kept_and_the_browser_begins_anew(client: FlaskClient, value: str) -> None:
    assert client.post(f"/api/v1/conversations/{value}/end").status_code == 204
    assert 'data-conversation=""' in client.get("/chat").text
    assert client.get(f"/api/v1/conversations/{value}/messages").get_json()["messages"]
    assert client.post("/api/v1/conversations/nobody-has-this-one/end").status_code == 400


def test_the_conversation_can_be_taken_along_as_plain_text(client: FlaskClient, value: str) -> None:
    say(client, f"<b>我的电话是 {PHONE}</b>", value)
    answer = client.get(f"/api/v1/conversations/{value}/text")
    assert answer.mimetype == "text/plain" and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=wenzheng-")
    for words in ("我：\n身份证丢了", "问政通：\n身份证丢了怎么补\n不用回老家", "<b>我的电话是 138****5678</b>"):
        assert words in answer.text, answer.text
    assert PHONE not in answer.text
    assert client.get("/api/v1/conversations/nobody-has-this-one/text").status_code == 404


def test_an_english_message_gets_an_english_sentence_and_numbers(client: FlaskClient, rasa: FakeRasa) -> None:
    answer = say(client, "My ID card is lost. What should I do?")
    [reply] = answer["replies"]
    assert answer["outcome"] == "clarifying" and reply["origin"]["id"] == "utter_english"
    for words in ("Chinese", "12345", "110", "119", "120", "12367"):
        assert words in reply["text"]
    assert not rasa.heard
    say(client, "請問身份證丟了怎麼補")
    assert rasa.heard[0]["message"] == "请问身份证丢了怎么补"
