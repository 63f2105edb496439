"""Who is editing what at this moment; each open editor gives a sign of life every few seconds."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.clock import now
from knowledge.tables import editing

GONE_AFTER = timedelta(seconds=35)


def note(connection: Connection, entry: str, who: str, label: str) -> None:
    """Say that somebody has the editor of an entry open."""
    key, at = (editing.c.entry == entry, editing.c.who == who), now()
    if not connection.execute(update(editing).where(*key).values(at=at, label=label)).rowcount:
        connection.execute(delete(editing).where(editing.c.at < at - GONE_AFTER))
        with suppress(IntegrityError), connection.begin_nested():  # two windows of one person at the same moment
            connection.execute(insert(editing).values(entry=entry, who=who, label=label, at=at))


def others(connection: Connection, entry: str, who: str) -> list[str]:
    """The names of the others who have it open."""
    fresh = (editing.c.entry == entry, editing.c.who != who, editing.c.at >= now() - GONE_AFTER)
    return list(connection.execute(select(editing.c.label).where(*fresh).order_by(editing.c.label)).scalars())
