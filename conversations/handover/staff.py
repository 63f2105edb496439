"""What operators do with the conversations of the queue. Every act is one transaction, and stands in the trace."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection

from conversations import record, words
from conversations.handover import presence, queue
from conversations.handover.settings import settings
from conversations.handover.tables import TAKEN
from conversations.screen import LONGEST, for_people
from foundation.audit import Audit
from foundation.controls import Controls
from foundation.database import Database
from foundation.privacy import Vault

STAFF = "staff"
Told = Callable[[Connection, str, int], None]  # a channel that must be told of a turn by itself
Reply = dict[str, Any]


class CannotTake(Exception):
    """The conversation cannot be taken: `reason` is gone, quicker, away or full."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotYours(Exception):
    """The conversation is over, erased, or somebody else's."""


class Unsayable(ValueError):
    """Nothing was written, or more than a message holds."""


class PersonDesk:
    """The conversations as operators have them; `told` hears of every turn that the citizen is to read."""

    def __init__(self, database: Database, vault: Vault, audit: Audit, controls: Controls, told: Told) -> None:
        self._database = database
        self._vault = vault
        self._audit = audit
        self._told = told
        self.controls = controls

    def take(self, identifier: int, account: str, label: str) -> None:
        """Take a waiting one, and tell the citizen who came. Raises CannotTake."""
        with self._database.writing() as connection:
            presence.note(connection, account)
            operator, row = presence.of(connection, account), queue.one(connection, identifier)
            if operator is None or not operator.online:
                raise CannotTake("away")
            if queue.load(connection, account) >= settings()["most_at_once"]:
                raise CannotTake("full")
            if row is None or not record.keep(connection, row.conversation):
                raise CannotTake("gone")
            if not queue.take(connection, row, account):
                raise CannotTake("quicker")
            self._say(connection, row, words.reply("utter_person_joined", name=label))
            waited = queue.one(connection, identifier).waited_seconds
            self._note(connection, account, "take", row, {"waited_seconds": waited})

    def say(self, identifier: int, account: str, text: str, name: str = "") -> int:
        """Tell the citizen something; numbers in it become tokens. The turn. Raises NotYours and Unsayable.

        The same words under the same name are said once, however often they come.
        """
        said = for_people(text)
        if not said or len(said) > LONGEST:
            raise Unsayable
        with self.having(identifier, account) as (connection, row):
            kept = self._vault.tokenize(connection, f"conversation:{row.conversation}", said, by_staff=True)
            client_id = _client_id(name, said)
            known = client_id and record.of_client(connection, row.conversation, client_id)
            if known:
                return int(known.turn)
            origin = {"kind": STAFF, "id": str(row.id), "revision": None}
            turn = self._say(connection, row, {"type": "text", "text": kept, "origin": origin}, client_id=client_id)
            self._note(connection, account, "say", row, {"turn": turn})
            return turn

    @contextmanager
    def having(self, identifier: int, account: str) -> Iterator[tuple[Connection, Any]]:
        """One transaction in which a conversation stays with the operator: its row. Raises NotYours."""
        with self._database.writing() as connection:
            yield connection, self._mine(connection, identifier, account)

    def send(self, connection: Connection, row: Any, account: str, reply: Reply) -> int:
        """Send a card or a ticket, which names its origin itself, in a transaction of `having`; the turn."""
        turn, origin = self._say(connection, row, reply), reply["origin"]
        sent = {"turn": turn, "origin": f"{origin['kind']}:{origin['id']}@{origin['revision']}"}
        self._note(connection, account, "send", row, sent)
        return turn

    def give_back(self, identifier: int, account: str) -> None:
        """Let the bot go on. Raises NotYours."""
        self._end(identifier, account, "given_back", "utter_person_given_back")

    def close(self, identifier: int, account: str) -> None:
        """It is settled. Raises NotYours."""
        self._end(identifier, account, "closed", "utter_person_closed")

    def conversation(self, identifier: int, account: str) -> str:
        """The internal id of a conversation that an operator has. Raises NotYours."""
        with self._database.reading() as connection:
            return str(self.one(connection, identifier, account).conversation)

    @staticmethod
    def one(connection: Connection, identifier: int, account: str) -> Any:
        """The row of a conversation that an operator has. Raises NotYours."""
        row = queue.one(connection, identifier)
        if row is None or not row.conversation or row.taken_by != account or row.state != TAKEN:
            raise NotYours
        return row

    def switch(self, account: str, *, online: bool) -> None:
        """The operator takes conversations from now on, or takes nothing new."""
        with self._database.writing() as connection:
            presence.switch(connection, account, online=online)
            self._audit.note(connection, account, "conversations.presence", f"account:{account}", {"online": online})

    def _end(self, identifier: int, account: str, how: str, response: str) -> None:
        with self.having(identifier, account) as (connection, row):
            queue.end(connection, row, how)
            self._say(connection, row, words.reply(response))
            self._note(connection, account, how, row, {})

    def _mine(self, connection: Connection, identifier: int, account: str) -> Any:
        """The row of a conversation that this operator has, kept so until the transaction ends.

        The operator's own row comes first, the conversation's second, here as in `take` and in the worker.
        """
        presence.note(connection, account)
        known = queue.one(connection, identifier)
        if known is None or not record.keep(connection, known.conversation):
            raise NotYours
        row = queue.open_one(connection, known.conversation)
        if row is None or row.id != identifier or row.state != TAKEN or row.taken_by != account:
            raise NotYours
        return row

    def _say(self, connection: Connection, row: Any, reply: Reply, client_id: str | None = None) -> int:
        turn = record.tell(connection, row.conversation, STAFF, [reply], client_id)
        self._told(connection, row.conversation, turn)
        return turn

    def _note(self, connection: Connection, account: str, act: str, row: Any, facts: dict[str, Any]) -> None:
        subject = f"conversation:{row.conversation}"
        self._audit.note(connection, account, f"conversations.{act}", subject, {"handover": row.id, **facts})


def _client_id(name: str, said: str) -> str | None:
    """What the record knows words by that an operator's page has named; other words are another message."""
    return "staff-" + hashlib.sha256(f"{name}\0{said}".encode()).hexdigest() if name else None
