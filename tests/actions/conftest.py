"""Actions as the action server runs them, on a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.parts import parts
from foundation.database import Database
from tests.hotline.conftest import desk
from tests.hotline.support import DATA_KEYS

__all__ = ["desk"]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database that the actions of this process work on."""
    database = Database(f"sqlite:///{tmp_path / 'wenzheng.db'}")
    monkeypatch.setenv("WENZHENG_DATABASE_URL", str(database.url))
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WENZHENG_DATA_KEYS", DATA_KEYS)
    monkeypatch.setenv("WENZHENG_SECRET_KEY", "secret")
    parts.cache_clear()
    database.create_tables()
    yield database
    parts.cache_clear()
    database.close()
