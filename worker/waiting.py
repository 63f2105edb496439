"""The queue for a person: how it moves, and operators who vanish."""

from conversations.handover.watch import Watch
from foundation.audit import Audit
from foundation.controls import Controls
from foundation.database import Database
from foundation.settings import Settings
from wechat import notices


class WaitingCitizens:
    """Looks after the queue about once a second."""

    name = "waiting"

    def __init__(self, database: Database, settings: Settings) -> None:
        controls = Controls(database, settings)
        self._watch = Watch(database, Audit(settings.secret_key), controls, notices.pass_on)

    def run(self) -> None:
        """Tell who must be told, and put back whom nobody looks after any more."""
        self._watch.run()

    def close(self) -> None:
        """Nothing is under way between looks."""
