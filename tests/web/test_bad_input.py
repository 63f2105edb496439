"""What no client of ours sends: halves of characters, and numbers that no database knows. Never a fault of ours."""

import json
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from staff import accounts, sessions
from staff.permissions import roles
from tests.hotline.support import Desk
from tests.web.fake_rasa import FakeRasa
from web import create_app
from web.desk.access import COOKIE, form_token

HALF = "abc\ud83d"  # what is left of an emoji that was cut in two
HUGE = 10**20


@pytest.fixture
def client(desk: Desk, rasa: FakeRasa) -> FlaskClient:
    return create_app(desk.settings.copy(update={"messages_per_minute": 0, "rasa_url": rasa.url})).test_client()


def say(client: FlaskClient, **more: Any) -> Any:
    body = json.dumps({"client_id": uuid4().hex, "text": "你好"} | more)  # which writes halves as \\ud83d
    return client.post("/api/v1/messages", data=body, content_type="application/json")


@pytest.mark.parametrize(
    ("field", "content"),
    [
        ("client_id", HALF),
        ("conversation", HALF),
        ("payload", HALF),
        ("user", HALF),
        ("attachments", [HALF]),
        ("location", {"latitude": 30, "longitude": 120, "label": HALF}),
    ],
)
def test_half_a_character_is_refused_where_it_cannot_be_kept(client: FlaskClient, field: str, content: Any) -> None:
    answer = say(client, **{field: content})
    assert answer.status_code == 400
    error = answer.get_json()["error"]
    assert error["code"] == "bad_request" and field in error["message"]


def test_half_a_character_in_what_the_citizen_wrote_is_only_left_out(client: FlaskClient, rasa: FakeRasa) -> None:
    assert say(client, text=f"身份证丢了{HALF}").status_code == 200
    assert rasa.heard[0]["message"] == "身份证丢了abc"


@pytest.mark.parametrize("before", [HUGE, -1, "x", "", "²"])
def test_a_place_that_no_conversation_has_shows_its_end(client: FlaskClient, before: object) -> None:
    say(client, text="路灯坏了")
    page = client.get(f"/chat?before={before}")
    assert page.status_code == 200 and "路灯坏了" in page.text


def test_a_turn_that_no_conversation_has_is_not_rated(client: FlaskClient) -> None:
    value = say(client).get_json()["conversation"]
    answer = client.post(f"/api/v1/conversations/{value}/turns/{HUGE}/rating", json={"up": True})
    assert answer.status_code == 400 and "。" in answer.get_json()["error"]["message"]


def test_no_address_of_staff_fails_on_a_number_that_no_database_knows(desk: Desk, client: FlaskClient) -> None:
    with desk.database.writing() as connection:
        accounts.add(connection, "all", "all", "correct horse battery", list(roles()), "parks")
        secret = sessions.begin(connection, "all")
    client.set_cookie(COOKIE, secret)
    with client.application.app_context():
        form = {"form_token": form_token(secret), "said": "好", "reason": "试一试", "version": str(HUGE)}
    numbered = [rule for rule in client.application.url_map.iter_rules() if "<int:" in rule.rule]
    assert len(numbered) > 10
    for rule in numbered:
        built = rule.build({name: HUGE if f"<int:{name}>" in rule.rule else "give_back" for name in rule.arguments})
        assert built
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.open(built[1], method=method, data=form if method == "POST" else None)
            assert answer.status_code == 404, built[1]
