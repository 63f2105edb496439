"""The database of an earlier version gets what is new, and keeps what it has."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, create_engine, inspect, select

from foundation import database as module
from foundation.database import Database, Instant
from tests.hotline.support import in_threads, postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    with postgresql_database() as url:
        yield url


@pytest.fixture
def declared(url: str, monkeypatch: pytest.MonkeyPatch) -> Table:
    """What the present version declares, over a database that an earlier one made and filled."""
    earlier, engine = MetaData(), create_engine(url, future=True)
    old = Table("lamps", earlier, Column("id", Integer, primary_key=True), Column("name", String(20), nullable=False))
    earlier.create_all(engine)
    with engine.begin() as connection:
        connection.execute(old.insert().values(id=1, name="第一盏"))
    engine.dispose()
    present = MetaData()
    monkeypatch.setattr(module, "metadata", present)
    return Table(
        "lamps",
        present,
        Column("id", Integer, primary_key=True),
        Column("name", String(20), nullable=False),
        Column("place", String(20), nullable=False, default="", server_default=""),
        Column("count", Integer, nullable=False, default=3),
        Column("lit", Boolean, nullable=False, default=True),
        Column("lit_at", Instant),
        Index("lamps_by_place", "place"),
    )


def rows(database: Database, table: Table) -> list[Any]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]


def test_columns_are_added_with_their_defaults_and_rows_stay(url: str, declared: Table) -> None:
    database = Database(url)
    database.create_tables()
    assert rows(database, declared) == [(1, "第一盏", "", 3, True, None)]
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with database.writing() as connection:
        connection.execute(declared.insert().values(id=2, name="第二盏", lit_at=at))
    assert rows(database, declared)[1] == (2, "第二盏", "", 3, True, at)
    database.close()


def test_indexes_are_added_too(url: str, declared: Table) -> None:
    database = Database(url)
    database.create_tables()
    with database.reading() as connection:
        assert [index["name"] for index in inspect(connection).get_indexes("lamps")] == ["lamps_by_place"]
    database.close()


def test_making_the_tables_again_changes_nothing(url: str, declared: Table) -> None:
    database = Database(url)
    database.create_tables()
    before = rows(database, declared)
    database.create_tables()
    assert rows(database, declared) == before
    database.close()


def test_several_processes_may_make_the_tables_at_once(url: str, declared: Table) -> None:
    Table("new_ones", declared.metadata, Column("id", Integer, primary_key=True))

    def make(_: int) -> None:
        database = Database(url)
        database.create_tables()
        database.close()

    in_threads(4, make)
    database = Database(url)
    assert rows(database, declared) == [(1, "第一盏", "", 3, True, None)]
    database.close()
