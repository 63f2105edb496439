"""What a ticket that has long been over need not keep: how to reach its citizen, and its pictures."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, literal, or_, select, update
from sqlalchemy.engine import Connection

from foundation.database import Database
from foundation.privacy import PERSONAL, Vault, vault_items
from foundation.settings import Settings
from hotline.followers import ENDED
from hotline.outbox import FINISHED
from hotline.pictures.files import Files
from hotline.pictures.taken import vault_owner
from hotline.tables import deliveries, tickets, uploads
from hotline.words import owner


class Retention:
    """Forgets what is past its time, some of it at once."""

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._database = database
        self._vault = vault
        self._files = Files(settings.data_dir / "uploads")

    def forget_contacts(self, before: datetime, most: int) -> int:
        """Forget names and numbers of tickets that were over at a moment; how many tickets. What was said stays."""
        with self._database.reading() as connection:
            query = _with_contacts(before).order_by(tickets.c.changed_at).limit(most)
            found = connection.execute(query).scalars().all()
        for number in found:
            with self._database.writing() as connection:
                connection.execute(update(tickets).where(tickets.c.number == number).values(contact=""))
                self._vault.forget_numbers(connection, owner(number))
                sent = (deliveries.c.ticket == number, deliveries.c.state.in_(FINISHED))
                connection.execute(update(deliveries).where(*sent).values(body=""))  # it said so too
        return len(found)

    def forget_pictures(self, before: datetime, most: int) -> int:
        """Remove the pictures of tickets that were over at a moment; how many."""
        with self._database.reading() as connection:
            found = connection.execute(_with_pictures(before).limit(most)).scalars().all()
        for name in found:
            with self._database.writing() as connection:
                self._files.remove(name)  # before the row that leads to them
                connection.execute(delete(uploads).where(uploads.c.id == name))
                self._vault.erase(connection, vault_owner(name))
        return len(found)


def count_contacts(connection: Connection, before: datetime) -> int:
    """Of how many tickets names and numbers would be forgotten."""
    return _count(connection, _with_contacts(before))


def count_pictures(connection: Connection, before: datetime) -> int:
    """How many pictures would be removed."""
    return _count(connection, _with_pictures(before))


def _with_contacts(before: datetime) -> Any:
    numbers = exists().where(vault_items.c.owner == literal("ticket:").concat(tickets.c.number))
    holding = or_(tickets.c.contact != "", numbers.where(vault_items.c.kind.in_(PERSONAL)))
    return select(tickets.c.number).where(*_over(before), holding)


def _with_pictures(before: datetime) -> Any:
    joined = uploads.join(tickets, tickets.c.number == uploads.c.ticket)
    return select(uploads.c.id).select_from(joined).where(*_over(before))


def _count(connection: Connection, query: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def _over(before: datetime) -> tuple[Any, ...]:
    return tickets.c.state.in_(ENDED), tickets.c.changed_at < before
