"""What has been kept as long as administrators want it: erased."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from conversations.erasing import erase, silent_since
from conversations.rasa import Rasa
from foundation.clock import now
from foundation.controls import Controls
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import followers
from hotline import retention as of_tickets
from wechat import users

EVERY_SECONDS = 3600.0
AT_ONCE = 100
log = logging.getLogger(__name__)


class Retention:
    """Looks once an hour; while there is more than one look takes, the next comes at once."""

    name = "retention"

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._database = database
        self._vault = vault
        self._controls = Controls(database, settings)
        self._rasa = Rasa(settings.rasa_url, settings.rasa_token)
        self._tickets = of_tickets.Retention(database, vault, settings)
        self._next = 0.0

    def run(self) -> None:
        """Look if it is time. Conversations come last: they need Rasa, and the others do not wait for it."""
        if monotonic() < self._next:
            return
        kept = self._controls.retention()
        erased = {
            "contacts": self._tickets.forget_contacts(_before(kept.contacts), AT_ONCE) if kept.contacts else 0,
            "pictures": self._tickets.forget_pictures(_before(kept.pictures), AT_ONCE) if kept.pictures else 0,
            "conversations": self._conversations(kept.conversations) if kept.conversations else 0,
        }
        if any(erased.values()):
            log.info("kept long enough and erased: %s", erased)
        self._next = 0.0 if AT_ONCE in erased.values() else monotonic() + EVERY_SECONDS

    def close(self) -> None:
        """Nothing is under way between looks."""

    def _conversations(self, days: int) -> int:
        with self._database.reading() as connection:
            silent = silent_since(connection, _before(days), AT_ONCE)
        for conversation in silent:
            erase(self._database, self._vault, self._rasa, conversation, followers.forget, users.forget)
        return len(silent)


def _before(days: int) -> datetime:
    return now() - timedelta(days=days)
