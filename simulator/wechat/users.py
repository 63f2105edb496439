"""The people on this platform: whether they follow the account, and what it may still send to them."""

import secrets
from dataclasses import dataclass
from typing import Any

from simulator.database import File, Row
from simulator.wechat.clock import Clock
from simulator.wechat.errors import Refused


@dataclass(frozen=True)
class Allowance:
    """How many messages an act of the user lets the account send, and for how long."""

    messages: int
    seconds: float


SAID = Allowance(5, 48 * 3600)  # after a message
ACTED = Allowance(3, 60)  # after a menu click, a follow or a scan


class Users:
    """Every user with both allowances; a new act of a kind renews that allowance and never adds to it."""

    def __init__(self, file: File, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def make(self, name: str, followed: bool = True) -> Row:
        """Return a new user with an OpenID of WeChat's form."""
        openid = "o" + secrets.token_urlsafe(21)[:27]
        self._file.write(
            "INSERT INTO wechat_users (openid, name, followed) VALUES (?, ?, ?)", openid, name, int(followed)
        )
        return self.one(openid)

    def all(self) -> list[Row]:
        """Return everybody, the newest first."""
        return [self._seen(row) for row in self._file.rows("SELECT * FROM wechat_users ORDER BY position DESC")]

    def one(self, openid: str) -> Row:
        """Return one user; raises Refused (40003) when there is none."""
        rows = self._file.rows("SELECT * FROM wechat_users WHERE openid = ?", openid)
        if not rows:
            raise Refused(40003)
        return self._seen(rows[0])

    def knows(self, openid: str) -> bool:
        """Whether there is such a user."""
        return bool(self._file.rows("SELECT 1 FROM wechat_users WHERE openid = ?", openid))

    def follow(self, openid: str, followed: bool) -> None:
        """A user follows, or leaves and takes every allowance along."""
        self._file.write(
            "UPDATE wechat_users SET followed = ?, said_left = 0, acted_left = 0 WHERE openid = ?",
            *(int(followed), openid),
        )

    def said(self, openid: str) -> None:
        """A message renews the larger allowance."""
        self._renew("UPDATE wechat_users SET said_at = ?, said_left = ? WHERE openid = ?", SAID, openid)

    def acted(self, openid: str) -> None:
        """A click, follow or scan renews the smaller allowance."""
        self._renew("UPDATE wechat_users SET acted_at = ?, acted_left = ? WHERE openid = ?", ACTED, openid)

    def spend(self, openid: str) -> None:
        """Take one message off the allowance that ends first; raises Refused when there is none left."""
        with self._file.writing() as connection:
            row = connection.execute("SELECT * FROM wechat_users WHERE openid = ?", (openid,)).fetchone()
            for column in ("acted", "said"):
                if self._left(row, column):
                    statement = f"UPDATE wechat_users SET {column}_left = {column}_left - 1 WHERE openid = ?"
                    connection.execute(statement, (openid,))
                    return
        raise Refused(45047 if row["followed"] and any(self._open(row, name) for name in ("acted", "said")) else 45015)

    def grant(self, openid: str, template: str) -> None:
        """The user lets the account send one more message of a template."""
        self._file.write(
            "INSERT INTO wechat_grants (openid, template, left) VALUES (?, ?, 1)"
            " ON CONFLICT (openid, template) DO UPDATE SET left = left + 1",
            *(openid, template),
        )

    def refuse(self, openid: str, template: str) -> None:
        """The user takes back every grant of a template."""
        self._file.write("DELETE FROM wechat_grants WHERE openid = ? AND template = ?", openid, template)

    def spend_grant(self, openid: str, template: str) -> None:
        """Use one grant up; raises Refused (43101) when there is none."""
        spent = self._file.write(
            "UPDATE wechat_grants SET left = left - 1 WHERE openid = ? AND template = ? AND left > 0", openid, template
        )
        if not spent:
            raise Refused(43101)

    def _renew(self, statement: str, allowance: Allowance, openid: str) -> None:
        self._file.write(statement, self._clock.now(), allowance.messages, openid)

    def _seen(self, row: Row) -> Row:
        grants = self._file.rows("SELECT template, left FROM wechat_grants WHERE openid = ?", row["openid"])
        return {
            "openid": row["openid"],
            "name": row["name"],
            "followed": bool(row["followed"]),
            "quota": {"after_message": self._left(row, "said"), "after_act": self._left(row, "acted")},
            "grants": {grant["template"]: grant["left"] for grant in grants},
        }

    def _left(self, row: Any, column: str) -> int:
        return int(row[f"{column}_left"]) if self._open(row, column) else 0

    def _open(self, row: Any, column: str) -> bool:
        allowance = SAID if column == "said" else ACTED
        return bool(self._clock.now() - row[f"{column}_at"] < allowance.seconds)
