"""Every test with a database runs on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.database import Database
from foundation.privacy import Vault
from tests.hotline.clock import Clock, clock_at
from tests.hotline.receiver import Receiver, receiving
from tests.hotline.support import DATA_KEYS, Desk, emptied, make_settings


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, sqlite_file: Path) -> Iterator[Database]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    else:
        url = f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'wenzheng.db')}"
    database = Database(url)
    yield database
    if not database.on_sqlite:
        emptied(database)
    database.close()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    url = database.url.render_as_string(hide_password=False)
    return Desk(database, Vault(DATA_KEYS), make_settings(url, tmp_path))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The product's time, moved by hand: the second last week before the holidays around 国庆节 of 2026."""
    with clock_at("2026-09-21 09:00") as clock:
        yield clock


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def archive() -> Iterator[Receiver]:
    """A second receiver."""
    with receiving() as receiver:
        yield receiver
