"""A small city for tests of the demonstration."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from commands.demonstration.filling import fill
from foundation.database import Database, metadata
from foundation.privacy import Vault
from tests.hotline.support import DATA_KEYS, Desk, make_settings, rows
from tests.knowledge.import_files import with_sources

PASSWORD = "birne-7-regen-tisch"
ENTRIES = ("id-card-lost", "id-card-renew", "child-id-card", "household-move")
AUDIT = ("audit_log", "audit_head")


@contextmanager
def a_city(folder: Path) -> Iterator[Desk]:
    """A city without anything but some entries."""
    url = f"sqlite:///{folder / 'wenzheng.db'}"
    database = Database(url)
    database.create_tables()
    desk = Desk(database, Vault(DATA_KEYS), make_settings(url, folder))
    know(desk)
    yield desk
    database.close()


def filled(desk: Desk, count: int = 15, days: int = 42) -> dict[str, int]:
    """The demonstration, put in."""
    return fill(desk.database, desk.settings, PASSWORD, count, days, lambda share: None)


def know(desk: Desk) -> None:
    """Some of the shipped entries, published, and all sources."""
    store = with_sources(desk.database)
    for path in sorted(Path("knowledge/corpus").glob("*/*.md")):
        if path.stem in ENTRIES:
            store.seed(path.read_text(encoding="utf-8"))


def everything(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the trace."""
    return {table.name: rows(desk.database, table) for table in metadata.sorted_tables if table.name not in AUDIT}


def pictures(desk: Desk) -> list[Path]:
    """Every file of a picture."""
    return sorted(path for path in (desk.settings.data_dir / "uploads").rglob("*") if path.is_file())
