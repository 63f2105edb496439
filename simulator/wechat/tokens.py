"""Access tokens: of two kinds that know nothing of each other, and each new one ends an older one."""

import secrets
import threading

from simulator.database import File, Row
from simulator.wechat.clock import Clock
from simulator.wechat.errors import Refused

HANDOVER_SECONDS = 300  # how long the last token still works beside the new one
FORCED_PAUSE_SECONDS = 30  # forced more often, the stable token stays as it is


class Tokens:
    """Gives tokens out and knows which of them still work."""

    def __init__(self, file: File, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()  # two who ask at once for the stable token get the same one

    def plain(self, seconds: int) -> tuple[str, int]:
        """Return a new token and its seconds: the last one works five minutes more, those before it no longer."""
        return self._new("plain", seconds, forced=False), seconds

    def stable(self, seconds: int, force: bool) -> tuple[str, int]:
        """Return the current token until five minutes before its end, then, or when forced, a new one."""
        with self._lock:
            now, latest = self._clock.now(), self._latest("stable")
            if latest is not None and now < latest["dies_at"]:
                settled = now >= latest["made_at"] + FORCED_PAUSE_SECONDS or not latest["forced"]
                left = int(latest["expires_at"] - now)
                if left > HANDOVER_SECONDS and not (force and settled):
                    return str(latest["token"]), left
            return self._new("stable", seconds, forced=force), seconds

    def check(self, token: str) -> None:
        """Raises Refused for a token that does not work."""
        if not token:
            raise Refused(41001)
        rows = self._file.rows("SELECT * FROM wechat_tokens WHERE token = ?", token)
        now = self._clock.now()
        if not rows or rows[0]["dies_at"] <= now < rows[0]["expires_at"]:
            raise Refused(40001)
        if rows[0]["expires_at"] <= now:
            raise Refused(42001)

    def revoke(self) -> None:
        """Every token stops working, as when the secret is reset."""
        self._file.write("UPDATE wechat_tokens SET dies_at = 0")

    def _latest(self, kind: str) -> Row | None:
        rows = self._file.rows("SELECT * FROM wechat_tokens WHERE kind = ? ORDER BY position DESC LIMIT 1", kind)
        return rows[0] if rows else None

    def _new(self, kind: str, seconds: int, forced: bool) -> str:
        now, token = self._clock.now(), f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(90)}"
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE wechat_tokens SET dies_at = ? WHERE kind = ? AND dies_at > ?"
                " AND position < (SELECT MAX(position) FROM wechat_tokens WHERE kind = ?)",
                (now, kind, now, kind),
            )
            connection.execute(
                "UPDATE wechat_tokens SET dies_at = MIN(dies_at, ?) WHERE kind = ?", (now + HANDOVER_SECONDS, kind)
            )
            connection.execute(
                "INSERT INTO wechat_tokens (token, kind, made_at, expires_at, dies_at, forced)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (token, kind, now, now + seconds, now + seconds, int(forced)),
            )
        return token
