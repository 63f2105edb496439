"""Joins the real parts, once in this process."""

from dataclasses import dataclass
from functools import lru_cache

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import load_settings
from hotline.ticket import Tickets
from knowledge.gaps import Gaps
from knowledge.local import LocalValues
from knowledge.store import Store


@dataclass(frozen=True)
class Parts:
    """What actions work with."""

    database: Database
    vault: Vault
    store: Store
    tickets: Tickets
    local: LocalValues
    gaps: Gaps
    timezone: str


@lru_cache(maxsize=1)
def parts() -> Parts:
    """The parts of this process."""
    settings = load_settings()
    database = Database(settings.database_url)
    vault = Vault(settings.data_keys)
    return Parts(
        database,
        vault,
        Store(database),
        Tickets(database, vault, settings),
        LocalValues(settings.city),
        Gaps(database),
        settings.timezone,
    )
