"""The messages interface: what it accepts, what it refuses, and how it counts."""

import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.service import ROOT, Service, eventually


def post(service: Service, body: Any = None, **more: Any) -> requests.Response:
    arguments = {"json": body} if body is not None else {}
    return requests.post(f"{service.url}/api/v1/messages", timeout=60, **arguments, **more)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"client_id": "1"},
        {"client_id": "1", "text": ""},
        {"client_id": "1", "text": "  \u200b\x00\n "},
        {"client_id": "", "text": "你好"},
        {"client_id": "1", "text": ["你好"]},
        {"client_id": 7, "text": "你好"},
        {"client_id": "1", "text": "你好", "conversation": "nobody-has-this-one"},
        {"client_id": "1", "text": "你好", "more": True},
        {"client_id": "1", "attachments": ["x"]},
        {"client_id": "1", "location": {"latitude": 91, "longitude": 0}},
        [],
        "你好",
    ],
)
def test_bad_input_is_refused_in_plain_chinese(service: Service, body: Any) -> None:
    response = post(service, body)
    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert error["code"] and "。" in error["message"] and "Traceback" not in response.text


def test_a_body_that_is_no_json_is_refused(service: Service) -> None:
    headers = {"Content-Type": "application/json"}
    assert post(service, data=b"{not json", headers=headers).status_code == 400
    assert post(service, data=b"text=hello").status_code == 415
    assert post(service, data=b'{"client_id":"1","text":"' + b"x" * 300_000 + b'"}', headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("我" * 10_000, "too_long"), ("😀😀😀", "clarifying"), ("。。。", "clarifying"), ("/", "clarifying")],
)
def test_strange_texts_get_a_kind_sentence(service: Service, text: str, outcome: str) -> None:
    answer = service.say(text)
    assert answer["outcome"] == outcome
    assert answer["replies"][0]["text"]


@pytest.mark.parametrize(
    "order", ["/restart", "／restart", " /restart", "\u200b/restart", "/session_start", '/ask{"entry": "id-card-lost"}']
)
def test_a_typed_order_is_only_text(service: Service, order: str) -> None:
    first = service.say("身份证掉了咋补")
    service.say(order, first["conversation"])
    follow_up = service.say("要带啥", first["conversation"])
    assert follow_up["outcome"] == "answered_facet", "the conversation was wiped"


@pytest.mark.parametrize("payload", ["/restart", '/ask{"entry": "id-card-renew"}', "/affirm", "hello"])
def test_a_payload_that_no_button_gave_is_refused_and_recorded(service: Service, payload: str) -> None:
    first = service.say("你好")
    answer = service.say(conversation=first["conversation"], payload=payload)
    assert answer["outcome"] == "refused"
    assert answer["turn"] == 2


def test_the_same_client_id_is_one_turn_and_one_ticket(service: Service) -> None:
    conversation = service.talk("我家楼下路灯坏了好几天没人管", "建设路12号", "匿名")[-1]["conversation"]
    body = {"conversation": conversation, "client_id": uuid.uuid4().hex, "text": "确认"}
    with ThreadPoolExecutor(4) as pool:
        answers = [response.json() for response in pool.map(lambda _: post(service, body), range(4))]
    assert {answer["turn"] for answer in answers} == {4}
    assert {answer["outcome"] for answer in answers} == {"ticket_opened"}
    assert len({answer["replies"][-1]["number"] for answer in answers}) == 1
    assert len({answer["replies"][-1]["code"] for answer in answers}) == 1


def test_a_first_message_sent_again_because_its_answer_was_lost_begins_no_second_conversation(service: Service) -> None:
    body = {"conversation": None, "client_id": uuid.uuid4().hex, "text": "你好"}
    first, again = post(service, body).json(), post(service, body).json()
    assert first == again
    short = body | {"client_id": "1"}
    values = {post(service, short).json()["conversation"] for _ in range(2)}
    assert len(values) == 2, "an id that anyone can guess opens nobody's conversation"


def test_two_messages_at_once_are_answered_one_after_the_other(service: Service) -> None:
    conversation = service.say("你好")["conversation"]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: service.say("谢谢", conversation), range(5)))
    assert sorted(answer["turn"] for answer in answers) == [2, 3, 4, 5, 6]
    assert {answer["outcome"] for answer in answers} == {"small_talk"}


def test_a_location_with_a_label_is_understood_as_its_label(service: Service) -> None:
    first = service.say("我家楼下路灯坏了好几天没人管")
    place = {"latitude": 30.25, "longitude": 120.17, "label": "建设路12号"}
    answer = service.say(conversation=first["conversation"], location=place)
    assert answer["replies"][-1]["origin"]["id"] == "utter_ask_report_contact"


def test_keys_open_a_channel_of_their_own(service: Service) -> None:
    command = [sys.executable, "-m", "commands", "keys", "add", "shequ", "--per-minute", "3"]
    key = subprocess.run(
        command, env=service.environment, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    headers = {"Authorization": f"Bearer {key}"}
    body = {"client_id": "1", "text": "你好", "user": "u-1"}
    mine = post(service, body, headers=headers).json()
    value = mine["conversation"]
    assert requests.get(f"{service.url}/api/v1/conversations/{value}/messages", headers=headers, timeout=60).ok
    assert requests.get(f"{service.url}/api/v1/conversations/{value}/messages", timeout=60).status_code == 404
    other_user = body | {"conversation": value, "user": "u-2", "client_id": "2"}
    assert post(service, other_user, headers=headers).status_code == 400
    assert post(service, body, headers={"Authorization": "Bearer wz_wrong"}).status_code == 401
    statuses = [post(service, body | {"client_id": str(n)}, headers=headers).status_code for n in range(5)]
    assert statuses[-1] == 429
    limited = post(service, body, headers=headers)
    assert int(limited.headers["Retry-After"]) > 0 and "太快" in limited.json()["error"]["message"]


def test_operators_see_parts_and_figures_and_strangers_do_not(service: Service) -> None:
    assert requests.get(f"{service.url}/healthz", timeout=60).json() == {"status": "ok"}
    eventually(lambda: requests.get(f"{service.url}/readyz", timeout=60).json()["ready"] is True)
    assert "wenzheng_turns_total" in requests.get(f"{service.url}/metrics", timeout=60).text
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    assert requests.get(f"{service.url}/readyz", headers=forwarded, timeout=60).status_code == 401
    assert requests.get(f"{service.url}/metrics", headers=forwarded, timeout=60).status_code == 401


def test_the_interface_describes_itself(service: Service) -> None:
    description = requests.get(f"{service.url}/api/v1/openapi.json", timeout=60).json()
    assert set(description["paths"]["/api/v1/messages"]["post"]["responses"]) == {"200", "400", "401", "404", "429"}
    assert "client_id" in description["components"]["schemas"]["Message"]["required"]


def test_rasa_answers_nobody_without_the_token(service: Service) -> None:
    url = service.environment["WENZHENG_RASA_URL"] + "/webhooks/wenzheng/webhook"
    assert requests.post(url, json={"sender": "x", "message": "你好"}, timeout=60).status_code == 401
