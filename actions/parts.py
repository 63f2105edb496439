"""Joins the real parts, once in this process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from foundation.clock import local, now
from foundation.controls import Controls
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import load_settings
from hotline.lifecycle import lifecycle
from hotline.nearby import NearbyTickets
from hotline.ticket import Tickets
from hotline.vectors import Vectors
from knowledge.gaps import Gaps
from knowledge.local import LocalValues
from knowledge.store import Store


@dataclass(frozen=True)
class Parts:
    """What actions work with."""

    database: Database
    vault: Vault
    controls: Controls
    store: Store
    tickets: Tickets
    nearby: NearbyTickets
    satisfaction: Mapping[str, str]
    local: LocalValues
    gaps: Gaps
    timezone: str


@lru_cache(maxsize=1)
def parts() -> Parts:
    """The parts of this process."""
    settings = load_settings()
    database = Database(settings.database_url)
    vault, controls = Vault(settings.data_keys), Controls(database, settings)
    return Parts(
        database,
        vault,
        controls,
        Store(database),
        Tickets(database, vault, settings, controls),
        NearbyTickets(database, Vectors(settings.rasa_url, settings.rasa_token)),
        lifecycle().satisfaction,
        LocalValues(settings.city),
        Gaps(database),
        settings.timezone,
    )


def today() -> date:
    """The day on the clocks of the city."""
    return local(now(), parts().timezone).date()
