"""Where demonstration data is made: the product's own parts, a clock that is moved, and one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from foundation import demonstration
from foundation.audit import Audit
from foundation.clock import Hands, local
from foundation.database import Database
from foundation.demonstration import CONVERSATION, TICKET, UPLOAD
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import outbox
from hotline.desk import Actor, Desk
from hotline.overdue import Overdue
from hotline.pictures.gallery import Gallery
from hotline.pictures.uploads import Uploads
from hotline.steps import Steps
from hotline.tables import event_notices, tickets
from hotline.ticket import Tickets

OPENS, CLOSES = 8.5, 17.5  # hours at which offices do
SATURDAY = 5


class Inside(Database):
    """The database as it is seen inside one transaction: what its users write is kept or lost together."""

    connection: Connection

    def __init__(self, database: Database, connection: Connection | None = None) -> None:
        self.url, self.on_sqlite = database.url, database.on_sqlite
        if connection is not None:
            self.connection = connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The transaction's connection."""
        yield self.connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The same one; its end is not the transaction's."""
        yield self.connection


class Untraced(Audit):
    """What is played leaves no rows: nobody did it, and the clock is moved. One row says that it was put in."""

    def note_all(self, *_: object, **__: object) -> None:
        """Write nothing."""


@dataclass
class Made:
    """What was made and is not marked yet."""

    tickets: set[str] = field(default_factory=set)
    conversations: set[str] = field(default_factory=set)
    uploads: set[str] = field(default_factory=set)


class Stage:
    """The parts, with which everything goes the way it goes for real people."""

    def __init__(self, database: Database, vault: Vault, settings: Settings, hands: Hands, chance: Random) -> None:
        audit, local_desk = Untraced(settings.secret_key), settings.copy(update={"handling": "local"})
        self._database = database
        self.database = Inside(database)
        self.vault, self.settings, self.hands, self.chance = vault, settings, hands, chance
        self.tickets = Tickets(self.database, vault, local_desk)
        self.of_hotline = Tickets(self.database, vault, settings.copy(update={"handling": "hotline"}))
        self.desk = Desk(self.database, vault, local_desk, audit)
        self.steps = Steps(vault, settings)
        self.uploads = Uploads(self.database, vault, settings)
        self.gallery = Gallery(self.database, vault, settings, audit)
        made_up = tickets.c.number.in_(demonstration.names(TICKET))
        self.overdue = Overdue(self.database, vault, settings, made_up)
        self.made = Made()

    @property
    def connection(self) -> Connection:
        """The connection of the transaction under way."""
        return self.database.connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction, at whose end everything new is marked; nobody sees a delivery of it that could leave."""
        with self._database.writing() as connection:
            self.database.connection = connection
            yield
            for kind, names in ((TICKET, "tickets"), (CONVERSATION, "conversations"), (UPLOAD, "uploads")):
                demonstration.mark(connection, kind, getattr(self.made, names))
            self.made = Made()
            outbox.skip_made_up(connection)
            connection.execute(delete(event_notices).where(event_notices.c.ticket.in_(demonstration.names(TICKET))))

    def row(self, number: str) -> Any:
        """A ticket as it stands."""
        return self.connection.execute(select(tickets).where(tickets.c.number == number)).one()

    def act(self, number: str, step: str, actor: Actor, **fields: Any) -> None:
        """A step of staff, on the ticket as it stands."""
        self.desk.take(number, step, actor, fields, self.row(number).version)

    def soon(self, least: float, most: float) -> timedelta:
        """Some time between so many hours."""
        return timedelta(hours=self.chance.uniform(least, most))

    def at_work(self, least: float, most: float) -> timedelta:
        """The same, but for office hours."""
        rest = self.soon(least, most)
        return _in_office(self.hands.at + rest, self.settings.timezone, self.chance) - self.hands.at

    def maybe(self, share: float) -> bool:
        """True in this share of cases."""
        return self.chance.random() < share


def _in_office(moment: datetime, timezone: str, chance: Random) -> datetime:
    there = local(moment, timezone)
    hour = there.hour + there.minute / 60
    if hour >= CLOSES:
        there += timedelta(days=1)
    if not OPENS <= hour < CLOSES:
        there = there.replace(hour=8, minute=30) + timedelta(minutes=chance.uniform(0, 150))
    while there.weekday() >= SATURDAY:
        there += timedelta(days=1)
    return there
