"""The hotline's own record, in a SQLite file: what came in, what was processed, what was called back."""

import json
from datetime import UTC, datetime
from pathlib import Path

from simulator.database import File, Row

TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    position INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id TEXT UNIQUE NOT NULL, ticket TEXT NOT NULL,
    sequence INTEGER NOT NULL, type TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
    processed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS messages_of_ticket ON messages (ticket);
CREATE TABLE IF NOT EXISTS attempts (
    position INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id TEXT NOT NULL, at TEXT NOT NULL,
    valid INTEGER NOT NULL, status INTEGER NOT NULL, note TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS attempts_of_message ON attempts (webhook_id);
CREATE TABLE IF NOT EXISTS callbacks (
    position INTEGER PRIMARY KEY AUTOINCREMENT, ticket TEXT NOT NULL, sequence INTEGER NOT NULL, type TEXT NOT NULL,
    at TEXT NOT NULL, body TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS callbacks_of_ticket ON callbacks (ticket);
"""


class Record:
    """Everything the simulated hotline has received and sent; safe for several threads."""

    def __init__(self, path: Path) -> None:
        self._file = File(path, TABLES)
        self._rows = self._file.rows

    def process(self, webhook_id: str, body: Row) -> bool:
        """Take a message in, once; return whether this was the first time."""
        data = body["data"]
        values = (webhook_id, data["ticket"], data["sequence"], body["type"], _now(), _json(body))
        with self._file.writing() as connection:
            added = connection.execute(
                "INSERT OR IGNORE INTO messages (webhook_id, ticket, sequence, type, at, body)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            ).rowcount
            if added:
                connection.execute("UPDATE messages SET processed = processed + 1 WHERE webhook_id = ?", (webhook_id,))
        return added == 1

    def note_attempt(self, webhook_id: str, valid: bool, status: int, note: str) -> None:
        """Write down one request, refused or not."""
        self._file.write(
            "INSERT INTO attempts (webhook_id, at, valid, status, note) VALUES (?, ?, ?, ?, ?)",
            *(webhook_id, _now(), valid, status, note),
        )

    def note_callback(self, ticket: str, body: Row, status: int, answer: str) -> None:
        """Write down one callback with the product's answer; status 0 means that none came."""
        self._file.write(
            "INSERT INTO callbacks (ticket, sequence, type, at, body, status, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(ticket, body["data"]["sequence"], body["type"], _now(), _json(body), status, answer),
        )

    def tickets(self) -> list[Row]:
        """Return one summary a ticket, the latest first."""
        rows = self._rows(
            "SELECT ticket, COUNT(*) AS messages, MIN(position) AS opened, MAX(at) AS latest"
            " FROM messages GROUP BY ticket ORDER BY opened DESC"
        )
        return [row | self._summary(row["ticket"]) for row in rows]

    def ticket(self, number: str) -> Row | None:
        """Return a ticket with its messages in the order of processing, every request, and its callbacks."""
        messages = self._rows("SELECT * FROM messages WHERE ticket = ? ORDER BY position", number)
        if not messages:
            return None
        for message in messages:
            message["body"] = json.loads(message["body"])
            message["attempts"] = self._rows(
                "SELECT at, valid, status, note FROM attempts WHERE webhook_id = ? ORDER BY position",
                message["webhook_id"],
            )
        callbacks = self._rows("SELECT * FROM callbacks WHERE ticket = ? ORDER BY position", number)
        for callback in callbacks:
            callback["body"] = json.loads(callback["body"])
        appeal = max(messages, key=lambda message: int(message["sequence"]))["body"]["data"]
        return {"ticket": number, "appeal": appeal, "messages": messages, "callbacks": callbacks}

    def refused(self) -> list[Row]:
        """Return the latest fifty requests whose signature or body was not accepted."""
        return self._rows(
            "SELECT webhook_id, at, valid, status, note FROM attempts"
            " WHERE status IN (400, 401) ORDER BY position DESC LIMIT 50"
        )

    def next_sequence(self, number: str) -> int:
        """Return the counter for the next callback about a ticket; a refused callback uses none up."""
        taken = self._rows("SELECT MAX(sequence) AS last FROM callbacks WHERE ticket = ? AND status = 200", number)
        return int(taken[0]["last"] or 0) + 1

    def _summary(self, number: str) -> Row:
        latest = self._rows("SELECT type, body FROM messages WHERE ticket = ? ORDER BY sequence DESC LIMIT 1", number)[
            0
        ]
        called = self._rows(
            "SELECT type FROM callbacks WHERE ticket = ? AND status = 200 ORDER BY position DESC LIMIT 1", number
        )
        return {
            "appeal": json.loads(latest["body"])["data"],
            "last_message": latest["type"],
            "last_callback": called[0]["type"] if called else "",
        }


def _json(value: Row) -> str:
    return json.dumps(value, ensure_ascii=False)


def _now() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="milliseconds")
