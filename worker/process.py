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
from hotline.courier import Courier
from hotline.destination import destinations
from worker.deliveries import Deliveries
from worker.heartbeat import Heartbeat
from worker.loop import Job, Loop

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
    """Everything that a worker does; a destination has threads of its own, so that none waits for another."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    vault = Vault(settings.data_keys)
    couriers = [Courier(database, vault, settings, destination, name) for destination in destinations(settings)]
    return [Heartbeat(database, name), *(Deliveries(courier, wake) for courier in couriers)]


def _stop_on_signals(loop: Loop) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        loop.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
