"""What every user sees, and every request behind it, in the order of happening."""

import json
from typing import Any

from simulator.database import File, Row
from simulator.wechat.clock import Clock

SENT, PASSIVE, PUSH, NOTICE, FAULT = "sent", "passive", "push", "notice", "fault"
RECEIVED = (PASSIVE, PUSH, NOTICE, FAULT)


class Chat:
    """The record of all chats, of all tries to reach the product, and of all calls of the interfaces."""

    def __init__(self, file: File, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def add(self, openid: str, way: str, body: Row, answers: str | None = None) -> bool:
        """Show something in a chat; a second reply to the message that it `answers` is not shown: return False."""
        return bool(
            self._file.write(
                "INSERT OR IGNORE INTO wechat_chat (openid, at, way, answers, body) VALUES (?, ?, ?, ?, ?)",
                *(openid, self._clock.now(), way, answers, _json(body)),
            )
        )

    def of(self, openid: str) -> list[Row]:
        """Return a user's chat."""
        return _opened(self._file.rows("SELECT * FROM wechat_chat WHERE openid = ? ORDER BY position", openid))

    def received(self) -> list[Row]:
        """Return what everybody got, in order."""
        marks = ", ".join("?" * len(RECEIVED))
        query = f"SELECT * FROM wechat_chat WHERE way IN ({marks}) ORDER BY position"
        return _opened(self._file.rows(query, *RECEIVED))

    def note_try(self, message: str, openid: str, round_number: int, seconds: float, ended: Row) -> None:
        """Write down one request to the product."""
        self._file.write(
            "INSERT INTO wechat_tries (message, openid, at, round, seconds, status, outcome, answer)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(message, openid, self._clock.now(), round_number, seconds),
            *(ended["status"], ended["outcome"], ended["answer"]),
        )

    def tries(self, message: str = "") -> list[Row]:
        """Return the requests to the product, of one message or of all."""
        where = "WHERE message = ?" if message else ""
        values = (message,) if message else ()
        return self._file.rows(f"SELECT * FROM wechat_tries {where} ORDER BY position", *values)

    def note_call(self, path: str, openid: str, errcode: int, body: Any) -> None:
        """Write down one call of an interface."""
        self._file.write(
            "INSERT INTO wechat_calls (at, path, openid, errcode, body) VALUES (?, ?, ?, ?, ?)",
            *(self._clock.now(), path, openid, errcode, _json(body)),
        )

    def calls(self) -> list[Row]:
        """Return the calls of the interfaces."""
        return _opened(self._file.rows("SELECT * FROM wechat_calls ORDER BY position"))


def _opened(rows: list[Row]) -> list[Row]:
    return [row | {"body": json.loads(row["body"])} for row in rows]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
