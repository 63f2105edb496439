"""Time limits: what has come near or has passed, and what has been silent long enough to be closed."""

from time import monotonic

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.overdue import Overdue

EVERY_SECONDS = 10.0


class Limits:
    """Looks every ten seconds; what came due while no worker ran is caught up with, each notice once."""

    name = "limits"

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._overdue = Overdue(database, vault, settings)
        self._next = 0.0

    def run(self) -> None:
        """Look if it is time; while there is more than one look takes, the next comes at once."""
        if monotonic() < self._next:
            return
        more = self._overdue.attend()
        self._next = 0.0 if more else monotonic() + EVERY_SECONDS

    def close(self) -> None:
        """Nothing is under way between looks."""
