"""What came from the platform: each message once, however often it is sent, to whichever process.

    answering   somebody works on it, as long as the lease lasts
    ready       the answer is there and goes back with the request that waits, or with the next one
    passive     it went back as the reply to a request
    pushed      it was handed over to the pushes
    silent      there is nothing to say

WeChat sends a message up to three times, five seconds apart, until it gets an answer. So the first two requests of a
message that takes longer are left without one, and the third is told "success", after which nothing comes any more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database, insert_new
from foundation.privacy import Vault
from wechat import pushes, users
from wechat.message import Message
from wechat.tables import wechat_messages
from wechat.users import Conversation
from wechat.words import words

REQUESTS = 3
LEASE = timedelta(seconds=6)
MOST_MESSAGES, WITHIN = 12, timedelta(seconds=10)  # nine pictures sent together are no flood
TOLD_TOO_FAST_FOR = timedelta(minutes=1)


@dataclass(frozen=True)
class Answer:
    """What a message is answered with: a turn of the conversation, fixed words, or what did not fit the last time."""

    turn: int | None = None
    words: str = ""
    is_more: bool = False

    @property
    def is_silent(self) -> bool:
        """Nothing is said."""
        return self.turn is None and not self.words and not self.is_more

    @property
    def columns(self) -> dict[str, Any]:
        """As the tables keep it."""
        return {"turn": self.turn, "words": self.words, "is_more": self.is_more}


@dataclass(frozen=True)
class Arrival:
    """One request of the platform: of which message, the how manieth, and whether this process must answer it."""

    id: int
    request: int
    works: bool


class Inbox:
    """The messages of all processes."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def arrive(self, message: Message, citizen: str, conversation: Conversation) -> Arrival:
        """Write a request down; the first one of a message is to be answered."""
        with self._database.writing() as connection:
            again = self._again(connection, message.key)
            if again:
                return again
            user, at = users.lock(connection, citizen), now()
            first = {"key": message.key, "citizen": citizen, "came_at": at, "asked_at": at, "state": "answering"}
            if not insert_new(connection, wechat_messages, **first, leased_until=at + LEASE):
                again = self._again(connection, message.key)  # the same message at the same moment
                assert again
                return again
            mine = users.wrote(connection, self._vault, user, message, conversation)
            _change(connection, wechat_messages.c.key == message.key, conversation=mine)
            row = _row(connection, key=message.key)
            return Arrival(row.id, 1, works=message.is_event or self._is_slow_enough(connection, user, row))

    def look(self, identifier: int) -> Any:
        """The row of a message now."""
        with self._database.reading() as connection:
            return _row(connection, id=identifier)

    def take_over(self, identifier: int) -> bool:
        """True when whoever answered the message is gone, and this process is to do it."""
        with self._database.writing() as connection:
            return _take(connection, _row(connection, id=identifier))

    def renew(self, identifiers: list[int]) -> None:
        """This process still works on these messages."""
        with self._database.writing() as connection:
            _change(connection, wechat_messages.c.id.in_(identifiers), leased_until=now() + LEASE)

    def finish(self, identifier: int, answer: Answer) -> None:
        """The answer is there: a request that waits takes it, or the pushes do, whichever the row calls for."""
        with self._database.writing() as connection:
            state = "silent" if answer.is_silent else "ready"
            open_one = (wechat_messages.c.id == identifier) & (wechat_messages.c.state == "answering")
            if _change(connection, open_one, state=state, **answer.columns):
                row = _row(connection, id=identifier)
                if row.acknowledged:
                    _push(connection, row)

    def acknowledge(self, identifier: int) -> None:
        """The platform is told "success" and comes no more; the answer is pushed, now or once it is there."""
        with self._database.writing() as connection:
            if _change(connection, wechat_messages.c.id == identifier, acknowledged=True):
                _push(connection, _row(connection, id=identifier))

    def _again(self, connection: Connection, key: str) -> Arrival | None:
        """A message that was there before: one more request; it works on it where nobody else does any more."""
        asked = {"requests": wechat_messages.c.requests + 1, "asked_at": now()}
        if not _change(connection, wechat_messages.c.key == key, **asked):
            return None
        row = _row(connection, key=key)
        return Arrival(row.id, row.requests, works=_take(connection, row))

    def _is_slow_enough(self, connection: Connection, user: Any, row: Any) -> bool:
        """False beyond what one citizen may send; the first such message is answered with why."""
        lately = (wechat_messages.c.citizen == user.citizen, wechat_messages.c.came_at > row.came_at - WITHIN)
        count = select(func.count()).where(*lately, wechat_messages.c.words != words().too_fast)
        if connection.execute(count.where(wechat_messages.c.state != "silent")).scalar_one() <= MOST_MESSAGES:
            return True
        told = user.told_too_fast_at and user.told_too_fast_at > row.came_at - TOLD_TOO_FAST_FOR
        answer = Answer() if told else Answer(words=words().too_fast)
        state = "silent" if answer.is_silent else "ready"
        _change(connection, wechat_messages.c.id == row.id, state=state, **answer.columns)
        if not told:
            users.change(connection, user.citizen, told_too_fast_at=row.came_at)
        return False


def keep_sent(connection: Connection, identifier: int, sealed: str) -> None:
    """Keep a passive reply, for the next request, should this one's connection have been lost."""
    _change(connection, wechat_messages.c.id == identifier, sent=sealed)


def take_ready(connection: Connection, identifier: int, request: int) -> Any:
    """The row, now answered by this request; None when another one has it, or a later request waits."""
    mine = (
        (wechat_messages.c.id == identifier)
        & (wechat_messages.c.state == "ready")
        & (wechat_messages.c.requests == request)
    )
    return _row(connection, id=identifier) if _change(connection, mine, state="passive") else None


def take_back(connection: Connection, identifier: int, request: int) -> bool:
    """Nobody waits for the reply of this request any more; False when a later request came, which gives it again."""
    mine = (
        (wechat_messages.c.id == identifier)
        & (wechat_messages.c.state == "passive")
        & (wechat_messages.c.requests == request)
    )
    ready = {"state": "ready", "sent": None} | ({"acknowledged": True} if request >= REQUESTS else {})
    if not _change(connection, mine, **ready):
        return False
    row = _row(connection, id=identifier)
    if row.acknowledged:  # no further request would bring it
        _push(connection, row)
    return True


def is_left_behind(connection: Connection, before: datetime) -> bool:
    """Whether any message has no answer on its way, although the platform has not sent it again since a moment."""
    late = (wechat_messages.c.state.in_(("ready", "answering")), wechat_messages.c.asked_at < before)
    return connection.execute(select(wechat_messages.c.id).where(*late).limit(1)).first() is not None


def hand_over(connection: Connection, before: datetime) -> None:
    """Push the answers that no request has come for since a moment."""
    late = (wechat_messages.c.state == "ready", wechat_messages.c.asked_at < before)
    for row in connection.execute(select(wechat_messages).where(*late).with_for_update()).all():
        _push(connection, row)


def abandoned(connection: Connection, before: datetime) -> list[Any]:
    """The messages that nobody answers any more and that the platform has not sent again since a moment."""
    gone = (
        wechat_messages.c.state == "answering",
        wechat_messages.c.asked_at < before,
        wechat_messages.c.leased_until < now(),
    )
    return list(connection.execute(select(wechat_messages).where(*gone).with_for_update()).all())


def give_up(connection: Connection, identifier: int, answer: Answer) -> None:
    """Push this in place of the answer that nobody is working on any more."""
    open_one = (wechat_messages.c.id == identifier) & (wechat_messages.c.state == "answering")
    if _change(connection, open_one, state="ready", **answer.columns):
        _push(connection, _row(connection, id=identifier))


def _push(connection: Connection, row: Any) -> None:
    """Hand a ready answer over to the pushes."""
    ready = (wechat_messages.c.id == row.id) & (wechat_messages.c.state == "ready")
    if _change(connection, ready, state="pushed"):
        what = {name: row._mapping[name] for name in ("conversation", "turn", "words", "is_more")}
        pushes.add(connection, row.citizen, pushes.ANSWER, **what)


def _take(connection: Connection, row: Any) -> bool:
    gone = (
        (wechat_messages.c.id == row.id)
        & (wechat_messages.c.state == "answering")
        & (wechat_messages.c.leased_until < now())
    )
    return _change(connection, gone, leased_until=now() + LEASE)


def _change(connection: Connection, which: Any, **values: Any) -> bool:
    return bool(connection.execute(update(wechat_messages).where(which).values(**values)).rowcount)


def _row(connection: Connection, **by: Any) -> Any:
    [(name, value)] = by.items()
    return connection.execute(select(wechat_messages).where(wechat_messages.c[name] == value)).one()
