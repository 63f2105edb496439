"""One request of WeChat's, from its arrival to the reply that it gets within the time that WeChat waits."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic, sleep
from typing import Any

from sqlalchemy.engine import Connection

from conversations import record
from conversations.record import Caller, first_value
from foundation.clock import now
from foundation.settings import Settings
from web.lanes import Lanes
from web.streams import Places
from web.wechat_answers import CHANNEL, Answers
from wechat.delivery import Delivery
from wechat.inbox import REQUESTS, Arrival, Inbox
from wechat.message import Message

AT_ONCE = 32  # messages that one process answers side by side
HELD = 32  # requests that wait for an answer; what comes beyond is told "success" at once, and its answer pushed
HELD_FOR_ONE = 12
RENEW_SECONDS = 2.0
ONGOING = "the one conversation of a user"


@dataclass(frozen=True)
class Patience:
    """How long a request waits. WeChat gives up after five seconds and comes again, two times."""

    answer: float = 4.5
    last: float = 3.5  # the third request, after which none comes: told "success" while it is surely waited for
    given_up: float = 5.2
    look: float = 0.25


@dataclass(frozen=True)
class Asked:
    """One request that waits; `is_there` tells whether it is still waited for."""

    arrival: Arrival
    message: Message
    citizen: str
    is_there: Callable[[], bool]
    began: float

    @property
    def is_last(self) -> bool:
        """No further request of the message comes."""
        return self.arrival.request >= REQUESTS


class Channel:
    """The requests of one process."""

    def __init__(
        self, settings: Settings, inbox: Inbox, delivery: Delivery, answers: Answers, patience: Patience | None = None
    ) -> None:
        self._key = settings.secret_key
        self._inbox = inbox
        self._delivery = delivery
        self._answers = answers
        self._patience = patience or Patience()
        self._lanes = Lanes(AT_ONCE, "wechat")
        self._places = Places(HELD, HELD_FOR_ONE)
        self._work = _Work(inbox)

    def reply(self, message: Message, is_there: Callable[[], bool]) -> str:
        """The text of the passive reply; empty for none. `is_there` tells whether the request is still waited for."""
        if not self._answers.concerns(message):
            return ""
        began, caller = monotonic(), Caller(CHANNEL, message.openid)
        citizen = str(caller.user_digest)
        arrival = self._inbox.arrive(message, citizen, partial(self._conversation, caller=caller))
        asked = Asked(arrival, message, citizen, is_there, began)
        if arrival.works:
            self._begin(arrival.id, message, citizen)
        text = self._at_once(asked)  # also where no place is free: a reply that was lost must not be lost again
        return self._in_time(asked) if text is None else text

    def _conversation(self, connection: Connection, caller: Caller) -> str:
        found = record.of_user(connection, caller)
        return found or record.start(connection, first_value(self._key, caller, ONGOING), caller)

    def _begin(self, identifier: int, message: Message, citizen: str) -> None:
        self._work.begin(identifier)
        self._lanes.submit(citizen, partial(self._answer, identifier, message, citizen))

    def _answer(self, identifier: int, message: Message, citizen: str) -> None:
        with self._work.on(identifier):
            self._inbox.finish(identifier, self._answers.answer(message, citizen))

    def _in_time(self, asked: Asked) -> str:
        """The same once there is something, or nothing."""
        if not self._places.take(asked.citizen):
            self._inbox.acknowledge(asked.arrival.id)
            return ""
        try:
            return self._waited(asked)
        finally:
            self._places.leave(asked.citizen)

    def _waited(self, asked: Asked) -> str:
        ends = asked.began + (self._patience.last if asked.is_last else self._patience.answer)
        while (left := ends - monotonic()) > 0:
            self._work.wait(asked.arrival.id, min(left, self._patience.look))
            text = self._at_once(asked)
            if text is not None:
                return text
        return self._left_without(asked)

    def _at_once(self, asked: Asked) -> str | None:
        """What the request gets at this moment, empty for "success"; None while there is nothing yet."""
        row = self._inbox.look(asked.arrival.id)
        if row.requests > asked.arrival.request:  # WeChat waits for that one now
            return ""
        if row.state in ("pushed", "silent"):
            return ""
        if row.state == "passive":
            return self._delivery.again(row)
        if row.state == "ready":
            return self._ready(asked)
        if row.leased_until < now() and self._inbox.take_over(asked.arrival.id):
            self._begin(asked.arrival.id, asked.message, asked.citizen)
        return None

    def _ready(self, asked: Asked) -> str | None:
        """The answer, if it is still waited for; None when something else took it meanwhile."""
        if not asked.is_there():
            return self._left_without(asked)
        passive = self._delivery.passive(asked.arrival.id, asked.citizen, asked.arrival.request)
        if passive is None:
            return None
        if asked.is_there():
            return passive.text
        self._delivery.take_back(asked.arrival.id, asked.citizen, asked.arrival.request, passive)
        return ""

    def _left_without(self, asked: Asked) -> str:
        """The last request is told "success"; an earlier one is not answered before WeChat has given it up."""
        if asked.is_last:
            self._inbox.acknowledge(asked.arrival.id)
        elif asked.is_there():
            sleep(max(0.0, asked.began + self._patience.given_up - monotonic()))
        return ""


class _Work:
    """What this process is answering: its leases are renewed, and whoever waits for it here is woken."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._guard = threading.Lock()
        self._done: dict[int, threading.Event] = {}
        self._renewing = False

    def begin(self, identifier: int) -> None:
        """From now on this process works on a message."""
        with self._guard:
            self._done[identifier] = threading.Event()
            if not self._renewing:
                self._renewing = True
                threading.Thread(target=self._renew, name="wechat-leases", daemon=True).start()

    @contextmanager
    def on(self, identifier: int) -> Iterator[None]:
        """Until the block ends, however it does."""
        try:
            yield
        finally:
            with self._guard:
                done = self._done.pop(identifier, None)
            if done:
                done.set()

    def wait(self, identifier: int, seconds: float) -> None:
        """Until the message is answered here, and at most so long."""
        with self._guard:
            done = self._done.get(identifier)
        if done:
            done.wait(seconds)
        else:
            sleep(seconds)

    def _renew(self) -> None:
        while True:
            sleep(RENEW_SECONDS)
            with self._guard:
                busy = list(self._done)
                if not busy:
                    self._renewing = False
                    return
            with suppress(Exception):  # the next time, in two seconds, is early enough
                self._inbox.renew(busy)


def is_open(environ: dict[str, Any]) -> bool:
    """False when whoever sent a request has closed the connection; True also where the server does not show it."""
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if not isinstance(connection, socket.socket):
        return True
    arrived = select.poll()
    try:
        arrived.register(connection, select.POLLIN)
        return not arrived.poll(0) or bool(connection.recv(1, socket.MSG_PEEK))
    except OSError:
        return False
    except ValueError:  # TLS does not let us look
        return True
