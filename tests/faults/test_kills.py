"""Parts that die: what the citizen sees, and that nothing is lost or done twice."""

import sqlite3
import subprocess
import sys
import uuid
from typing import Any

import pytest
import requests

from tests.service import ROOT, Service, eventually

LAMP, PLACE = "我家楼下路灯坏了好几天没人管", "建设路12号阳光小区3号楼"


def tickets_of(service: Service) -> int:
    with sqlite3.connect(service.folder / "wenzheng.db") as connection:
        count: int = connection.execute("SELECT count(*) FROM tickets").fetchone()[0]
        return count


@pytest.mark.prove
def test_rasa_down_is_said_kindly_and_the_message_is_kept(service: Service) -> None:
    conversation = service.say("你好")["conversation"]
    service.kill("rasa")
    try:
        body = {"conversation": conversation, "client_id": uuid.uuid4().hex, "text": "身份证掉了咋补"}
        answer = requests.post(f"{service.url}/api/v1/messages", json=body, timeout=40).json()
        assert answer["outcome"] == "unavailable"
        assert "12345" in answer["replies"][0]["text"]
        danger = service.say("厨房着火了", conversation)
        assert danger["outcome"] == "emergency" and "119" in danger["replies"][0]["text"]
        kept = requests.get(f"{service.url}/api/v1/conversations/{conversation}/messages", timeout=9).json()["messages"]
        assert "身份证掉了咋补" in [item.get("text") for item in kept]
    finally:
        service.start("rasa")
    again = requests.post(f"{service.url}/api/v1/messages", json=body, timeout=40).json()
    assert (again["turn"], again["outcome"]) == (answer["turn"], "answered"), "sent again, the turn is tried once more"


@pytest.mark.parametrize("same_message", [True, False])
def test_an_action_server_killed_between_commit_and_reply_leaves_one_ticket(
    service: Service, same_message: bool
) -> None:
    before = tickets_of(service)
    conversation = service.talk(LAMP, PLACE, "匿名")[-1]["conversation"]
    service.kill("actions")
    port = service._ports["actions"]
    command = [sys.executable, "-m", "tests.faults.dying_actions", "--actions", "actions", "-p", str(port)]
    with (service.folder / "actions.log").open("ab") as log:
        dying = subprocess.Popen(command, env=service.environment, cwd=ROOT, stdout=log, stderr=log)
        eventually(lambda: _is_up(f"http://127.0.0.1:{port}/health"))
        body = {"conversation": conversation, "client_id": uuid.uuid4().hex, "text": "确认"}
        lost = requests.post(f"{service.url}/api/v1/messages", json=body, timeout=40).json()
        assert dying.wait(60) == -9
    assert lost["outcome"] == "unavailable"
    assert tickets_of(service) == before + 1, "the ticket was committed before the kill"
    service.start("actions")
    again = body if same_message else body | {"client_id": uuid.uuid4().hex, "text": "确认提交"}
    answer = requests.post(f"{service.url}/api/v1/messages", json=again, timeout=40).json()
    assert answer["outcome"] == "ticket_opened", answer
    assert len(answer["replies"][-1]["code"]) == 8
    assert tickets_of(service) == before + 1


def test_a_worker_killed_between_ticket_and_delivery_delivers_once_after_restart(service: Service) -> None:
    service.kill("worker")
    try:
        ticket = service.talk(LAMP, PLACE, "匿名", "确认")[-1]["replies"][-1]
        assert not service.received(ticket["number"])
    finally:
        service.start("worker")
    record = eventually(lambda: service.received(ticket["number"]))
    assert processed(record) == [("ticket.opened", 1)]


def test_a_hotline_that_is_down_costs_the_citizen_nothing(service: Service) -> None:
    service.kill("simulator")
    try:
        answer = service.talk(LAMP, PLACE, "匿名", "确认")[-1]
        assert answer["outcome"] == "ticket_opened"
    finally:
        service.start("simulator")
    number = answer["replies"][-1]["number"]
    assert processed(eventually(lambda: service.received(number))) == [("ticket.opened", 1)]


def processed(record: dict[str, Any]) -> list[tuple[str, int]]:
    """How often the receiver processed each message, by its own record."""
    return [(message["type"], message["processed"]) for message in record["messages"]]


def _is_up(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False
