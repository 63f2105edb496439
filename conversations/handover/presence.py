"""Which operators are there: they say so, and their page gives a sign from time to time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, false, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from conversations.handover.settings import settings
from conversations.handover.tables import presence
from foundation.clock import now

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def switch(connection: Connection, account: str, *, online: bool) -> None:
    """An operator is there from now on, or takes nothing new; what was lost meanwhile is known to them by now."""
    values = {"online": online, "seen_at": now(), "lost": 0}
    statement = _INSERTS[connection.dialect.name](presence).values(account=account, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["account"], set_=values))


def note(connection: Connection, account: str) -> None:
    """A sign from an operator's page; whoever had vanished is there, and takes new ones only when they say so."""
    still = case((presence.c.seen_at > gone_before(), presence.c.online), else_=false())
    connection.execute(update(presence).where(presence.c.account == account).values(seen_at=now(), online=still))


def needs_note(row: Any) -> bool:
    """True where the last sign is so old that another is worth a transaction."""
    return row is not None and row.seen_at < now() - timedelta(seconds=settings()["sign_every"])


def leave(connection: Connection, account: str) -> None:
    """An operator signs out: the worker finds at once that nobody looks after what they have."""
    mine = update(presence).where(presence.c.account == account)
    connection.execute(mine.values(online=False, seen_at=gone_before() - timedelta(seconds=1)))


def of(connection: Connection, account: str) -> Any:
    """The row of an operator, or None before they were ever there."""
    return connection.execute(select(presence).where(presence.c.account == account)).first()


def locked(connection: Connection, account: str) -> Any:
    """The same; their other acts wait until the transaction ends."""
    return connection.execute(select(presence).where(presence.c.account == account).with_for_update()).first()


def here(connection: Connection) -> list[str]:
    """The accounts of the operators who are there and take conversations."""
    found = select(presence.c.account).where(presence.c.online, presence.c.seen_at > gone_before())
    return list(connection.execute(found.order_by(presence.c.account)).scalars())


def lost(connection: Connection, account: str) -> None:
    """An operator vanished, and one more conversation of theirs went back to the queue."""
    mine = update(presence).where(presence.c.account == account)
    connection.execute(mine.values(online=False, lost=presence.c.lost + 1))


def gone_before() -> datetime:
    """Whoever gave no sign since then has vanished."""
    return now() - timedelta(seconds=settings()["vanished_after"])
