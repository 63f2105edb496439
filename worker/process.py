"""One worker process, from its start to SIGTERM."""

import logging
import os
import signal
import socket
import threading
from types import FrameType

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from worker.deliveries import Deliveries
from worker.dispatching import Dispatching
from worker.figures import Figures
from worker.heartbeat import Heartbeat
from worker.limits import Limits
from worker.loop import Job, Loop
from worker.notices import TicketNotices
from worker.publishing import Publishing
from worker.retention import Retention
from worker.samples import Samples
from worker.uploads import ForgottenUploads
from worker.waiting import WaitingCitizens
from worker.wechat import WeChatPushes

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C; then finish the tries that are under way."""
    database = Database(settings.database_url)
    loop = Loop()
    loop.jobs = _jobs(database, settings, loop.wake)
    _stop_on_signals(loop)
    log.info("worker started")
    loop.run()
    database.close()
    log.info("worker stopped")


def _jobs(database: Database, settings: Settings, wake: threading.Event) -> list[Job]:
    """Everything that a worker does."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    vault = Vault(settings.data_keys)
    return [
        Heartbeat(database, name),
        Deliveries(database, vault, settings, name, wake),
        Limits(database, vault, settings),
        Dispatching(database, vault, settings),
        Figures(database, settings),
        Publishing(database, settings),
        Samples(database, settings),
        ForgottenUploads(database, vault, settings),
        TicketNotices(database, vault, settings),
        Retention(database, vault, settings),
        WaitingCitizens(database, settings),
        WeChatPushes(database, vault, settings, name, wake),
    ]


def _stop_on_signals(loop: Loop) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        loop.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
