"""Sessions of staff: a secret in a cookie, kept as a digest, that ends by itself."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from staff.tables import accounts, sessions

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)  # a session in use is written down at most so often


def begin(connection: Connection, name: str) -> str:
    """A new session's secret, told once."""
    at = now()
    connection.execute(delete(sessions).where(sessions.c.began_at < at - LONGEST))
    secret = secrets.token_urlsafe(32)
    connection.execute(insert(sessions).values(digest=_digest(secret), account=name, began_at=at, used_at=at))
    return secret


def account_of(connection: Connection, secret: str) -> str | None:
    """The active account whose session this is, or None when it has ended."""
    at = now()
    live = (
        sessions.c.digest == _digest(secret),
        sessions.c.used_at > at - IDLE,
        sessions.c.began_at > at - LONGEST,
        accounts.c.active.is_(True),
    )
    query = select(sessions.c.account).join(accounts, accounts.c.name == sessions.c.account).where(*live)
    name: str | None = connection.execute(query).scalar()
    return name


def needs_note(connection: Connection, secret: str) -> bool:
    """Tell whether the last use written down is a minute old."""
    used = select(sessions.c.used_at).where(sessions.c.digest == _digest(secret))
    at = connection.execute(used).scalar()
    return at is not None and now() - at > NOTED_EVERY


def note(connection: Connection, secret: str) -> None:
    """Write down that a session is in use, which keeps it alive."""
    connection.execute(update(sessions).where(sessions.c.digest == _digest(secret)).values(used_at=now()))


def end(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.digest == _digest(secret)))


def end_all(connection: Connection, name: str) -> None:
    """End every session of an account."""
    connection.execute(delete(sessions).where(sessions.c.account == name))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
