"""The database: SQLite on one machine, PostgreSQL on many, spoken to through SQLAlchemy Core."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Table, TypeDecorator, create_engine, event, inspect, literal, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine, make_url
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateColumn, CreateIndex

metadata = MetaData()
LOCK_WAIT_SECONDS = 20
LARGEST_INTEGER = 2**31 - 1  # that a column of integers takes on every server
MAKING_TABLES = 20261123  # the lock that whoever makes tables on PostgreSQL holds
SQLITE_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index'"
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
SERVER_INDEXES = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"


class Instant(TypeDecorator):  # type: ignore[misc]  # SQLAlchemy 1.4, which Rasa needs, has no types
    """A moment: aware and in UTC on both sides, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Store in UTC; a moment without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Read as aware UTC; SQLite forgets the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Connections for reading and for writing; one transaction each."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.on_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(self.url) if self.on_sqlite else _server_engine(self.url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state and writes nothing."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed at the end, rolled back on any error; on SQLite it takes the lock at once."""
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def create_tables(self) -> None:
        """Make the tables, and the columns and indexes of earlier tables, that are declared and not there yet.

        Several processes may do so at once.
        """
        with self.writing() as connection:
            if not self.on_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MAKING_TABLES})
            metadata.create_all(connection)
            for table in metadata.sorted_tables:
                known = {column["name"] for column in inspect(connection).get_columns(table.name)}
                for column in (column for column in table.columns if column.name not in known):
                    definition = _definition(column, connection.dialect)
                    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {definition}")
            there = set(connection.exec_driver_sql(SQLITE_INDEXES if self.on_sqlite else SERVER_INDEXES).scalars())
            for index in (index for table in metadata.sorted_tables for index in table.indexes):
                if index.name not in there:
                    connection.execute(CreateIndex(index, if_not_exists=True))

    def close(self) -> None:
        """Let go of every pooled connection."""
        self._engine.dispose()


def insert_new(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless its key is there already, also when somebody else inserts it at this moment; True if new."""
    statement = _INSERTS[connection.dialect.name](table).values(**values).on_conflict_do_nothing()
    return bool(connection.execute(statement).rowcount == 1)


def _definition(column: Column, dialect: Dialect) -> str:
    """A column to add; the rows that are there get its default, also where only Python fills it in for new ones."""
    definition = str(CreateColumn(column).compile(dialect=dialect))
    if column.server_default is not None or column.default is None or not column.default.is_scalar:
        return definition
    value = literal(column.default.arg, column.type)
    return f"{definition} DEFAULT {value.compile(dialect=dialect, compile_kwargs={'literal_binds': True})}"


def _server_engine(url: Any) -> Engine:
    return create_engine(url, future=True, pool_pre_ping=True, pool_size=8, max_overflow=24)


def _sqlite_engine(url: Any) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        future=True,
        connect_args={"timeout": LOCK_WAIT_SECONDS, "check_same_thread": False},
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=24,
    )

    @event.listens_for(engine, "connect")  # type: ignore[untyped-decorator]  # SQLAlchemy 1.4 has no types
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own guess cannot lock at once
        _keep_a_log(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")  # type: ignore[untyped-decorator]
    def _begin(connection: Connection) -> None:
        # A deferred transaction that reads first and writes later fails at once when another has written.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _keep_a_log(connection: Any) -> None:
    """Let readers go on beside a writer. SQLite does not wait by itself here while another process opens the file."""
    gives_up_at = monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if monotonic() > gives_up_at:
                raise
            sleep(0.05)
