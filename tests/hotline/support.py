"""Real databases, a real receiver, and tickets to work with."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text

from foundation.database import Database, metadata
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.courier import Courier
from hotline.destination import destinations
from hotline.ticket import Appeal, Tickets

SERVER = "postgresql+psycopg2://postgres@127.0.0.1"
DATA_KEYS = "1:" + base64.urlsafe_b64encode(b"k" * 32).decode()
HOTLINE_SECRET = "whsec_" + base64.b64encode(b"h" * 32).decode()
CALLBACK_SECRET = "whsec_" + base64.b64encode(b"c" * 32).decode()
PHONE = "13812345678"


@contextmanager
def postgresql_database() -> Iterator[str]:
    """The URL of a new, empty database on the local server; raises OperationalError where none answers."""
    name = f"wenzheng_test_{uuid4().hex[:12]}"
    engine = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    with engine.connect() as server:
        server.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield f"{SERVER}/{name}"
        finally:
            server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


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

    def tokenized(self, text: str, conversation: str = "c1") -> str:
        """The text as it comes out of a conversation: numbers in its vault."""
        with self.database.writing() as connection:
            return self.vault.tokenize(connection, f"conversation:{conversation}", text)

    def courier(self, owner: str = "worker") -> Courier:
        return Courier(self.database, self.vault, self.settings, destinations(self.settings)[0], owner)

    def deliver_due(self, owner: str = "worker") -> int:
        """Send whatever is due, once each; how many."""
        courier = self.courier(owner)
        claimed = courier.claim(100)
        for delivery in claimed:
            courier.deliver(delivery)
        return len(claimed)

    def deliver_until(self, done: Callable[[], bool], seconds: float = 20) -> None:
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
        "hotline_timeout_seconds": 2,
        "public_url": "https://wenzheng.example",
        "handling": "hotline",
        "timezone": "Asia/Shanghai",
    }
    return Settings.parse_obj(given)


@dataclass
class Request:
    """One request that a receiver got."""

    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.text)
        return content


@dataclass
class Receiver:
    """A receiver of webhooks on a port of its own; `answer` decides on status and headers."""

    answer: Callable[[Request], tuple[int, Mapping[str, str]]] = lambda request: (200, {})
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def sequences(self, ticket: str) -> list[int]:
        """The sequences of a ticket in the order in which they came."""
        return [r.body["data"]["sequence"] for r in self.requests if r.body["data"]["ticket"] == ticket]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            request = Request({name.lower(): value for name, value in self.headers.items()}, text)
            receiver.requests.append(request)
            status, headers = receiver.answer(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook?city=1"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
