"""A citizen whose conversation the worker tells of tickets."""

import json
from typing import Any

from flask.testing import FlaskClient

from conversations import record
from conversations.keys import WEB
from foundation.clock import now
from hotline.webhook import signed_headers
from tests.hotline.support import CALLBACK_SECRET, Desk
from web import create_app
from worker.notices import TicketNotices


class Citizen:
    """A citizen on the web, with a conversation."""

    def __init__(self, desk: Desk, value: str = "value-1") -> None:
        self.desk = desk
        self.value = value
        self.client: FlaskClient = create_app(desk.settings.copy(update={"messages_per_minute": 0})).test_client()
        with desk.database.writing() as connection:
            self.conversation = record.start(connection, value, record.Caller(WEB))

    def open(self, **other: Any) -> str:
        return self.desk.open(conversation=self.conversation, **other)

    def messages(self) -> list[dict[str, Any]]:
        """What the messages interface gives."""
        answer = self.client.get(f"/api/v1/conversations/{self.value}/messages")
        assert answer.status_code == 200
        messages: list[dict[str, Any]] = answer.get_json()["messages"]
        return messages

    def heard(self) -> list[str]:
        """The texts of the first replies, in order."""
        return [message["replies"][0]["text"] for message in self.messages()]

    def erase(self) -> None:
        """Through the interface."""
        assert self.client.delete(f"/api/v1/conversations/{self.value}").status_code == 204


def tell(desk: Desk) -> None:
    TicketNotices(desk.database, desk.vault, desk.settings).run()


def call_back(citizen: Citizen, kind: str, number: str, sequence: int, **fields: str) -> None:
    """One callback of the hotline, signed as it signs them."""
    data = {"ticket": number, "sequence": sequence} | fields
    body = json.dumps({"type": f"ticket.{kind}", "timestamp": "2026-11-23T08:00:00+08:00", "data": data})
    headers = signed_headers([CALLBACK_SECRET], f"call-{number}-{sequence}", body, now())
    answer = citizen.client.post("/hotline/callbacks", data=body, headers=headers)
    assert answer.json == {"applied": True}, answer.text
