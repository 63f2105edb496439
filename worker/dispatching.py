"""Dispatch: a suggestion for every ticket that waits for it, and the sure ones sent off."""

from time import monotonic

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.dispatch.automatic import AutomaticDispatch
from hotline.dispatch.suggestion import Dispatcher
from hotline.vectors import Vectors

EVERY_SECONDS = 5.0


class Dispatching:
    """Looks every five seconds; while there is more than one look takes, the next comes at once."""

    name = "dispatching"

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        dispatcher = Dispatcher(settings.data_dir / "dispatch", Vectors(settings.rasa_url, settings.rasa_token))
        self._automatic = AutomaticDispatch(database, vault, settings, dispatcher)
        self._next = 0.0

    def run(self) -> None:
        """Look if it is time."""
        if monotonic() < self._next:
            return
        more = self._automatic.attend()
        self._next = 0.0 if more else monotonic() + EVERY_SECONDS

    def close(self) -> None:
        """Nothing is under way between looks."""
