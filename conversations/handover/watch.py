"""What happens in the queue by itself: citizens hear how it moves, vanished operators lose what they have, days end."""

from typing import Any

from sqlalchemy.engine import Connection

from conversations import record
from conversations.handover import presence, queue, saying
from conversations.handover.settings import settings
from conversations.handover.staff import Told
from conversations.handover.tables import WAITING
from foundation.audit import Audit
from foundation.controls import Controls
from foundation.database import Database

SYSTEM = "worker"
BOT = "bot"


class Watch:
    """Looks after the queue; several workers may do so at once."""

    def __init__(self, database: Database, audit: Audit, controls: Controls, told: Told) -> None:
        self._database = database
        self._audit = audit
        self._controls = controls
        self._told = told

    def run(self) -> None:
        """Do what is due now."""
        with self._database.reading() as connection:
            vanished = queue.vanished(connection)
        for row in vanished:
            self._return(row)
        with self._database.reading() as connection:
            waiting = queue.waiting(connection)
            day_is_over = bool(waiting) and not self._controls.is_open() and not presence.here(connection)
        for ahead, row in enumerate(waiting):
            if day_is_over:
                self._send_home(row)
            elif _is_news(row, ahead):
                self._tell(row)

    def _return(self, row: Any) -> None:
        """The operator vanished: the citizen is first in the queue again, and both are told."""
        with self._database.writing() as connection:
            presence.locked(connection, row.taken_by)
            if not record.keep(connection, row.conversation) or not queue.put_back(connection, row):
                return
            presence.lost(connection, row.taken_by)
            again = queue.one(connection, row.id)
            ahead = queue.ahead(connection, again)
            queue.note(connection, again, told_ahead=ahead)
            self._say(connection, row, saying.waits("utter_person_vanished", ahead))
            facts = {"handover": row.id, "account": row.taken_by}
            self._audit.note(connection, SYSTEM, "conversations.return", f"conversation:{row.conversation}", facts)

    def _send_home(self, row: Any) -> None:
        with self._database.writing() as connection:
            if record.keep(connection, row.conversation) and queue.end(connection, row, "off_hours"):
                self._say(
                    connection, row, saying.nobody_comes("utter_person_day_over", self._controls.opening_hours().words)
                )

    def _tell(self, seen: Any) -> None:
        """One line in the conversation; WeChat is not told, so that its few messages are there for the person."""
        with self._database.writing() as connection:
            if not record.keep(connection, seen.conversation):
                return
            row = queue.open_one(connection, seen.conversation)
            if row is None or row.state != WAITING:
                return
            ahead = queue.ahead(connection, row)
            if _is_news(row, ahead):
                queue.note(connection, row, told_ahead=ahead)
                record.tell(connection, row.conversation, BOT, [saying.waits("utter_person_ahead", ahead)])

    def _say(self, connection: Connection, row: Any, reply: saying.Reply) -> None:
        self._told(connection, row.conversation, record.tell(connection, row.conversation, BOT, [reply]))


def _is_news(row: Any, ahead: int) -> bool:
    """True where the citizen has come nearer than they know, to a place that is told."""
    return row.told_ahead is not None and ahead < row.told_ahead and ahead in settings()["ahead_told"]
