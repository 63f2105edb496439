import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.database import Database
from tests.commands.place import WEB, Place
from tests.service import free_port


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    port = free_port()
    simulator = free_port()
    environment = {
        "WENZHENG_PORT": str(port),
        "WENZHENG_RASA_URL": f"http://127.0.0.1:{free_port()}",
        "WENZHENG_HOTLINE_URL": f"http://127.0.0.1:{simulator}/webhook",
        "SIMULATOR_PORT": str(simulator),
    }
    for file in ("models/embedding/modules.json", "models/20261123.tar.gz", "var/wenzheng.db"):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "web.py").write_text(WEB)
    place = Place(tmp_path, environment)
    place.write_procfile()
    yield place
    for process in place.inhabitants():
        os.kill(process, signal.SIGKILL)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database that commands use, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("WENZHENG_DATABASE_URL", raising=False)
    database = Database(f"sqlite:///{tmp_path / 'wenzheng.db'}")
    database.create_tables()
    return database
