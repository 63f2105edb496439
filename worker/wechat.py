"""WeChat: answers that no request waited for, and news of tickets, go out by themselves; nothing is left lying."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Any

from conversations import record
from conversations.showing import turn_shown
from foundation.clock import now
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from wechat import inbox, notices, pushes
from wechat.delivery import GRANT, Delivery, Outgoing
from wechat.errors import PlatformDown, PlatformRefused
from wechat.inbox import Answer
from wechat.platform import Platform
from wechat.words import words

AT_ONCE = 8
NOT_ASKED_FOR = timedelta(seconds=9)  # WeChat would have sent the message again by now
ABANDONED = timedelta(seconds=20)
FORGET_EVERY_SECONDS = 3600.0
MESSAGES_KEPT, PUSHES_KEPT = timedelta(days=3), timedelta(days=30)
log = logging.getLogger(__name__)


class WeChatPushes:
    """Sends what is due, each citizen's in order; several workers may."""

    name = "wechat"

    def __init__(self, database: Database, vault: Vault, settings: Settings, owner: str, wake: threading.Event) -> None:
        self._database = database
        self._settings = settings
        self._owner = owner
        self._wake = wake
        self._platform = Platform(database, vault, settings)
        self._delivery = Delivery(
            database, vault, partial(turn_shown, vault), template=settings.wechat_subscribe_template
        )
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="wechat")
        self._running: set[Future[None]] = set()
        self._next_forgetting = 0.0

    def run(self) -> None:
        """Start what is due."""
        if not self._settings.has_wechat:
            return
        self._gather()
        self._forget()
        self._running = {future for future in self._running if not future.done()}
        free = AT_ONCE - len(self._running)
        for push in self._claimed(free) if free else []:
            future = self._pool.submit(self._send, push)
            self._running.add(future)
            future.add_done_callback(lambda _: self._wake.set())

    def close(self) -> None:
        """Wait for the tries under way."""
        self._pool.shutdown()

    def _gather(self) -> None:
        """Take over what the web processes left behind."""
        with self._database.reading() as connection:
            if not inbox.is_left_behind(connection, now() - NOT_ASKED_FOR):
                return
        with self._database.writing() as connection:
            inbox.hand_over(connection, now() - NOT_ASKED_FOR)
            for row in inbox.abandoned(connection, now() - ABANDONED):
                turn = record.of_client(connection, row.conversation, row.key)
                found = Answer(turn=turn.turn) if turn and turn.outcome else Answer(words=words().interrupted)
                inbox.give_up(connection, row.id, found)

    def _forget(self) -> None:
        if monotonic() < self._next_forgetting:
            return
        with self._database.writing() as connection:
            pushes.forget_old(connection, now() - MESSAGES_KEPT, now() - PUSHES_KEPT)
        self._next_forgetting = monotonic() + FORGET_EVERY_SECONDS

    def _claimed(self, limit: int) -> list[Any]:
        with self._database.reading() as connection:
            due = pushes.due(connection, limit)
        if not due:
            return []
        with self._database.writing() as connection:
            return pushes.claim(connection, due, self._owner)

    def _send(self, push: Any) -> None:
        try:
            out = self._delivery.outgoing(push, self._owner)
            if out:
                self._try(push, out)
        except Exception:  # its lease ends, and it is sent again
            log.exception("push %s could not be sent or written down", push.id)

    def _try(self, push: Any, out: Outgoing) -> None:
        try:
            message_id = self._called(out)
        except (PlatformDown, PlatformRefused) as error:
            log.warning("push %s did not go out: %s", push.id, error)
            self._delivery.failed(push, out, error)
        else:
            log.info("push %s was taken", push.id)
            self._delivery.arrived(push, out, message_id)

    def _called(self, out: Outgoing) -> str:
        if out.way != GRANT:
            self._platform.send_text(out.openid, out.text)
            return ""
        page, data = notices.filled(out.news, self._settings.site, self._settings.timezone)
        return self._platform.send_notice(out.openid, self._settings.wechat_subscribe_template, page, data)
