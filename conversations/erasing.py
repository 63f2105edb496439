"""Erasing a conversation everywhere, because its citizen wants it or because it has been kept long enough."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from conversations import record
from conversations.rasa import Rasa
from conversations.tables import conversations
from foundation.database import Database
from foundation.privacy import Vault
from knowledge import gaps

Forget = Callable[[Connection, str], None]


def erase(database: Database, vault: Vault, rasa: Rasa, conversation: str, *others: Forget) -> None:
    """Erase it here, in Rasa, and by what `others` do; its tickets stay. Raises RasaDown; then nothing is."""
    rasa.forget(conversation)
    with database.writing() as connection:
        record.erase(connection, conversation)  # first: a worker that is telling something now is waited for
        vault.erase(connection, f"conversation:{conversation}")
        gaps.forget(connection, conversation)
        for forget in others:
            forget(connection, conversation)


def silent_since(connection: Connection, before: datetime, most: int) -> list[str]:
    """The conversations in which nothing was said since a moment, the longest silent first."""
    silent = select(conversations.c.id).where(conversations.c.last_at < before)
    return list(connection.execute(silent.order_by(conversations.c.last_at).limit(most)).scalars())


def count_silent(connection: Connection, before: datetime) -> int:
    """How many those are."""
    silent = select(func.count()).select_from(conversations).where(conversations.c.last_at < before)
    return int(connection.execute(silent).scalar_one())
