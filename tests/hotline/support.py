"""Real databases, and tickets to work with."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, exists, select, text
from sqlalchemy.exc import OperationalError

from foundation.database import Database, metadata
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import attempts
from hotline.courier import Courier
from hotline.destination import destinations
from hotline.steps import Steps
from hotline.tables import deliveries
from hotline.ticket import Appeal, Tickets

SERVER = "postgresql+psycopg2://postgres@127.0.0.1"
DATA_KEYS = "1:" + base64.urlsafe_b64encode(b"k" * 32).decode()
HOTLINE_SECRET = "whsec_" + base64.b64encode(b"h" * 32).decode()
CALLBACK_SECRET = "whsec_" + base64.b64encode(b"c" * 32).decode()
PHONE = "13812345678"


@contextmanager
def postgresql_database() -> Iterator[str]:
    """The URL of a new, empty database on the local server; where none answers, the test is skipped."""
    name = f"wenzheng_test_{uuid4().hex[:12]}"
    engine = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        connection = engine.connect()
    except OperationalError:
        pytest.skip("no PostgreSQL server answers on 127.0.0.1")
    with connection as server:
        server.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield f"{SERVER}/{name}"
        finally:
            server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def emptied(database: Database) -> None:
    """Delete every row; to empty a table that is empty takes a server longer than to look."""
    tables = list(reversed(metadata.sorted_tables))
    with database.writing() as connection:
        filled = select(*(exists(select(table)).label(table.name) for table in tables))
        holding = connection.execute(filled).one()._mapping
        for table in (table for table in tables if holding[table.name]):
            connection.execute(table.delete())


def rows(database: Database, table: Any) -> list[dict[str, Any]]:
    """Every row of a table, in the order of its key."""
    with database.reading() as connection:
        return [dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()]


def everything_at_rest(database: Database) -> str:
    """Every row of every table, and the database's files where it has some, as text."""
    found = "".join(str(rows(database, table)) for table in metadata.sorted_tables)
    if database.on_sqlite:
        folder = Path(str(database.url.database)).parent
        found += "".join(file.read_bytes().decode("utf-8", "replace") for file in folder.glob("*.db*"))
    return found


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What each of several threads returned, all started at the same moment."""
    results: list[Any] = []
    start = threading.Barrier(count)

    def run(place: int) -> None:
        start.wait()
        results.append(work(place))

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results


@dataclass
class Desk:
    """The parts of a small running product, and short ways to use them."""

    database: Database
    vault: Vault
    settings: Settings

    @property
    def tickets(self) -> Tickets:
        return Tickets(self.database, self.vault, self.settings)

    def with_settings(self, **other: Any) -> "Desk":
        return Desk(self.database, self.vault, self.settings.copy(update=other))

    def open(self, instance: str = "", **other: Any) -> str:
        """The number of a new ticket."""
        told = {"kind": "投诉", "what": "路灯坏了", "place": "幸福路", "conversation": "c1"} | other
        return self.tickets.open(Appeal(instance=instance or uuid4().hex, **told)).view.number

    def answered(self) -> str:
        """The number of a ticket that the hotline answered."""
        number = self.open()
        self.staff(number, "answer", message="已修好")
        return number

    def staff(self, number: str, step: str, role: str = "hotline", **fields: Any) -> None:
        """Take a step that is not the citizen's."""
        with self.database.writing() as connection:
            Steps(self.vault, self.settings).take(connection, number, step, role, fields)

    def bodies(self, number: str) -> list[dict[str, Any]]:
        """What a ticket's deliveries hold, in order; numbers are tokens in them."""
        own = [row for row in rows(self.database, deliveries) if row["ticket"] == number]
        with self.database.reading() as connection:
            return [
                json.loads(self.vault.unseal(connection, f"ticket:{number}", row["body"]))
                for row in sorted(own, key=lambda row: int(row["sequence"]))
            ]

    def states(self, number: str) -> list[str]:
        """The states of a ticket's deliveries as staff see them, in order, one destination after the other."""
        with self.database.reading() as connection:
            found = attempts.listed(connection, ticket=number, limit=1000)
        return [one.state for one in sorted(found, key=lambda one: (one.destination, one.sequence))]

    def tokenized(self, text: str, conversation: str = "c1") -> str:
        """The text as it comes out of a conversation: numbers in its vault."""
        with self.database.writing() as connection:
            return self.vault.tokenize(connection, f"conversation:{conversation}", text)

    def courier(self, owner: str = "worker", destination: int = 0) -> Courier:
        with self.database.reading() as connection:
            receivers = destinations(connection, self.vault, self.settings)
        return Courier(self.database, self.vault, self.settings, receivers[destination], owner)

    def deliver_due(self, owner: str = "worker") -> int:
        """Send whatever is due, once each; how many."""
        courier = self.courier(owner)
        claimed = courier.claim(100)
        for delivery in claimed:
            courier.deliver(delivery)
        return len(claimed)

    def deliver_until(self, done: Callable[[], bool], seconds: float = 60) -> None:
        """Send again and again until something is so."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, "waited in vain"
            if not self.deliver_due():
                time.sleep(0.01)


def make_settings(database_url: str, folder: Path) -> Settings:
    """Settings that wait for nothing."""
    given = {
        "database_url": database_url,
        "data_dir": folder,
        "secret_key": "secret",
        "data_keys": DATA_KEYS,
        "hotline_secret": HOTLINE_SECRET,
        "callback_secret": CALLBACK_SECRET,
        "hotline_retry_seconds": [0.01] * 3,
        "hotline_timeout_seconds": 60,  # a receiver of the tests answers, however long the machine stands still
        "public_url": "https://wenzheng.example",
        "handling": "hotline",
        "timezone": "Asia/Shanghai",
    }
    return Settings.parse_obj(given)
