"""Publishing: what people asked for on the content desk, and what is due, each in a process of its own."""

import logging
import subprocess
import sys
from collections.abc import Sequence
from time import monotonic

from foundation.database import Database
from foundation.settings import Settings
from knowledge import publish_jobs
from knowledge.publish_jobs import Job
from knowledge.releases import Releases

EVERY_SECONDS = 2.0
PATIENCE_SECONDS = 10.0
COMMAND = (sys.executable, "-m", "commands", "knowledge", "publish", "--job")
log = logging.getLogger(__name__)


class Publishing:
    """Looks every two seconds; one job at a time, at the lowest priority, so that whoever asks comes first."""

    name = "publishing"

    def __init__(self, database: Database, settings: Settings, command: Sequence[str] = COMMAND) -> None:
        self._database, self._releases = database, Releases(database)
        self._logs = settings.data_dir / "logs"
        self._command = command
        self._running: tuple[Job, subprocess.Popen[bytes]] | None = None
        self._next = 0.0

    def run(self) -> None:
        """Look whether the running job has ended, and begin the next one."""
        if self._running:
            self._attend(*self._running)
        if self._running or monotonic() < self._next:
            return
        self._next = monotonic() + EVERY_SECONDS
        with self._database.reading() as connection:
            waiting = publish_jobs.is_any_open(connection) or self._releases.is_any_due(connection)
        if waiting:
            self._begin()

    def close(self) -> None:
        """Stop the job under way; it begins again with the next worker."""
        if self._running is None:
            return
        job, process = self._running
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with self._database.writing() as connection:
            publish_jobs.put_back(connection, job.id)

    def _begin(self) -> None:
        with self._database.writing() as connection:
            for draft in self._releases.due(connection):
                publish_jobs.ask(connection, draft.judged_by or "", [draft.entry])
            publish_jobs.pick_up(connection)
            job = publish_jobs.claim(connection)
        if job is None:
            return
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"publish-{job.id}.log").open("ab") as output:
            process = subprocess.Popen(
                [*self._command, str(job.id)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # it lowers the priority of its whole session
            )
        log.info("publish job %s began", job.id)
        self._running = job, process

    def _attend(self, job: Job, process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is None:
            return
        self._running = None
        with self._database.writing() as connection:
            if publish_jobs.cut_short(connection, job.id):
                log.error("publish job %s ended with %s; see publish-%s.log", job.id, process.returncode, job.id)
