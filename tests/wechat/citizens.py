"""Citizens and what they are answered, without a Rasa: what a turn says stands in a table."""

from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy.engine import Connection

from tests.hotline.support import Desk, rows
from tests.wechat.account import OPENID, OWN_NAME, TEMPLATE
from wechat import notices, pushes
from wechat.delivery import Delivery, Outgoing
from wechat.errors import PlatformDown, PlatformRefused
from wechat.inbox import Answer, Arrival, Inbox
from wechat.message import Message, message_of
from wechat.tables import wechat_pushes

_numbers = count(1)
TICKET = {"type": "ticket", "number": "20261123-000123", "state": "已派单", "link": "", "events": []}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words} | more


class Citizens:
    """Everybody, each in a conversation of their own; `turns` holds what the turns say."""

    def __init__(self, desk: Desk) -> None:
        self.database = desk.database
        self.turns: dict[int, tuple[str, list[dict[str, Any]]]] = {}
        self.inbox = Inbox(desk.database, desk.vault)
        self.delivery = Delivery(desk.database, desk.vault, self._read, template=TEMPLATE)
        self._last = 0

    silent, words = Answer(), Answer(words="您好。")

    def arrive(self, message: Message) -> Arrival:
        return self.inbox.arrive(message, f"digest-{message.openid}", lambda _: f"c-{message.openid}"[:32])

    def passive(self, arrival: Arrival, openid: str = OPENID) -> str | None:
        reply = self.delivery.passive(arrival.id, f"digest-{openid}", arrival.request)
        return reply.text if reply else None

    def asks(self, openid: str = OPENID) -> Arrival:
        return self.arrive(a_message(openid))

    def answers(self, arrival: Arrival, *replies: dict[str, Any], question: str = "") -> None:
        """The answer to a message is there."""
        self.inbox.finish(arrival.id, Answer(turn=self.turn(*replies, question=question)))

    def turn(self, *replies: dict[str, Any], question: str = "") -> int:
        self._last += 1
        self.turns[self._last] = (question, list(replies))
        return self._last

    def late(self, *replies: dict[str, Any], question: str = "", openid: str = OPENID) -> None:
        """An answer that no request waits for any more: it goes to the pushes."""
        arrival = self.asks(openid)
        self.inbox.acknowledge(arrival.id)
        self.answers(arrival, *replies, question=question)

    def news(self, *replies: dict[str, Any], openid: str = OPENID) -> None:
        """The hotline says something about a ticket."""
        with self.database.writing() as connection:
            notices.owe(connection, f"c-{openid}"[:32], self.turn(*(replies or (text("有新进展", **TICKET),))))

    def push(self, code: int = 0, *, down: bool = False) -> list[Outgoing]:
        """Send what is due, once; the platform takes it, refuses it with a code, or is down."""
        with self.database.writing() as connection:
            claimed = pushes.claim(connection, pushes.due(connection, 10), "worker")
        sent = []
        for push in claimed:
            out = self.delivery.outgoing(push, "worker")
            if out is None:
                continue
            if code or down:
                self.delivery.failed(push, out, PlatformDown("timeout") if down else PlatformRefused(code))
            else:
                self.delivery.arrived(push, out)
                sent.append(out)
        return sent

    def _read(self, _: Connection, conversation: str, turn: int) -> tuple[str, datetime | None, list[dict[str, Any]]]:
        question, replies = self.turns.get(turn, ("", []))
        return question, None, replies


def states(citizens: Citizens) -> list[str]:
    """The states of all pushes, in order."""
    return [row["state"] for row in rows(citizens.database, wechat_pushes)]


def a_message(openid: str = OPENID, **fields: Any) -> Message:
    """One more message, or the event that the fields name."""
    number = str(next(_numbers))
    names = {"FromUserName": openid, "ToUserName": OWN_NAME, "MsgType": "text", "CreateTime": number, "MsgId": number}
    if "Event" in fields:
        names = {name: value for name, value in names.items() if name != "MsgId"} | {"MsgType": "event"}
    return message_of(names | fields)
