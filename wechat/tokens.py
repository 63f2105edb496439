"""The access token: one for all processes, renewed by one of them, five minutes before it ends."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic, sleep

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database, insert_new
from foundation.privacy import Vault
from wechat.errors import PlatformDown
from wechat.tables import wechat_tokens

BEFORE_ITS_END = timedelta(minutes=5)
TURN = timedelta(seconds=25)  # longer than three requests may take
WAIT_SECONDS, LOOK_SECONDS = 12.0, 0.1
OWNER = "wechat:token"
log = logging.getLogger(__name__)


class Tokens:
    """Keeps the token sealed. No lock is held while the platform is asked: whoever asks has the turn for a moment."""

    def __init__(self, database: Database, vault: Vault, app_id: str, ask: Callable[[bool], tuple[str, int]]) -> None:
        """`ask` fetches a token and its seconds from the platform; True forces a new one."""
        self._database = database
        self._vault = vault
        self._app_id = app_id
        self._ask = ask

    def current(self, bad: str = "") -> str:
        """A token that works; never `bad`, which the platform has just refused. Raises what `ask` raises."""
        deadline = monotonic() + WAIT_SECONDS
        while True:
            token, sealed, ends_at = self._kept()
            good = token not in ("", bad) and ends_at > now()
            if good and ends_at > now() + BEFORE_ITS_END:
                return token
            if self._take_turn(sealed):
                return self._renew(bad)
            if good:  # somebody else is renewing it
                return token
            if monotonic() >= deadline:
                raise PlatformDown("no access token in time")
            sleep(LOOK_SECONDS)

    def _kept(self) -> tuple[str, str, datetime]:
        mine = select(wechat_tokens).where(wechat_tokens.c.app_id == self._app_id)
        with self._database.reading() as connection:
            row = connection.execute(mine).first()
            if row is None or not row.sealed:
                return "", "", now()
            try:
                return self._vault.unseal(connection, OWNER, row.sealed), row.sealed, row.ends_at
            except KeyError:
                return "", row.sealed, now()

    def _take_turn(self, sealed: str) -> bool:
        """True for one process, as long as the token is the one that it saw."""
        at = now()
        free = (
            wechat_tokens.c.app_id == self._app_id,
            wechat_tokens.c.sealed == sealed,
            wechat_tokens.c.renewing_until <= at,
        )
        with self._database.writing() as connection:
            insert_new(connection, wechat_tokens, app_id=self._app_id, ends_at=at, renewing_until=at)
            taken = connection.execute(update(wechat_tokens).where(*free).values(renewing_until=at + TURN))
            return bool(taken.rowcount)

    def _renew(self, bad: str) -> str:
        try:
            token, seconds = self._ask(False)
            if token == bad:  # the platform still gives out what it does not take
                token, seconds = self._ask(True)
        except Exception:
            with self._database.writing() as connection:
                self._write(connection, renewing_until=now())
            raise
        log.info("WeChat: a new access token, for %d seconds", seconds)
        with self._database.writing() as connection:
            sealed, at = self._vault.seal(connection, OWNER, token), now()
            self._write(connection, sealed=sealed, ends_at=at + timedelta(seconds=seconds), renewing_until=at)
        return token

    def _write(self, connection: Connection, **values: object) -> None:
        connection.execute(update(wechat_tokens).where(wechat_tokens.c.app_id == self._app_id).values(**values))
