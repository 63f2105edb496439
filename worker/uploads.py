"""Uploads that came into no report: removed after a day."""

from time import monotonic

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.pictures.uploads import AT_ONCE, Uploads

EVERY_SECONDS = 300.0


class ForgottenUploads:
    """Looks every five minutes; several workers may, each picture is removed once."""

    name = "uploads"

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._uploads = Uploads(database, vault, settings)
        self._next = 0.0

    def run(self) -> None:
        """Look if it is time; while there is more than one look takes, the next comes at once."""
        if monotonic() < self._next:
            return
        more = self._uploads.forget_old() == AT_ONCE
        self._next = 0.0 if more else monotonic() + EVERY_SECONDS

    def close(self) -> None:
        """Nothing is under way between looks."""
