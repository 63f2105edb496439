"""Quality control: the sample of the last week is drawn once that week is over."""

from time import monotonic

from conversations.review import sampling
from foundation.database import Database
from foundation.settings import Settings

FIRST_SECONDS = 20.0  # what citizens wait for comes first, also after a start
EVERY_SECONDS = 600.0


class Samples:
    """Looks every ten minutes; drawing reads one week's keys and takes a moment."""

    name = "samples"

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._timezone = settings.timezone
        self._next = monotonic() + FIRST_SECONDS

    def run(self) -> None:
        """Draw if it is time."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + EVERY_SECONDS
        sampling.draw(self._database, sampling.last_week(self._timezone), self._timezone)

    def close(self) -> None:
        """Nothing is under way."""
