"""Every test with a database runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from foundation.database import Database, metadata
from foundation.privacy import Vault
from tests.hotline.receiver import Receiver, receiving
from tests.hotline.support import DATA_KEYS, Desk, make_settings, postgresql_database


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str | None]:
    """A database of this run's own, or None where no server answers."""
    try:
        with postgresql_database() as url:
            yield url
    except OperationalError:
        yield None


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'wenzheng.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url") or pytest.skip("no PostgreSQL server answers on 127.0.0.1")
    database = Database(url)
    database.create_tables()
    yield database
    if not database.on_sqlite:
        with database.writing() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} CASCADE"))
    database.close()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    url = database.url.render_as_string(hide_password=False)
    return Desk(database, Vault(DATA_KEYS), make_settings(url, tmp_path))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
