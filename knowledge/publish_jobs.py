"""What is to be published, and how that went: asked for on a page, done by the worker in a process of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from knowledge.tables import publish_jobs as jobs

PUBLISH, ROLLBACK = "publish", "rollback"
QUEUED, RUNNING, DONE, REFUSED, FAILED = "queued", "running", "done", "refused", "failed"
SILENT_FOR = timedelta(minutes=2)  # without a sign of life for so long, the process is gone
MOST_ATTEMPTS = 2
LOOKED_AT = 100  # jobs, the newest, for what did not go through
CUT_SHORT = "中途停了，原来的内容继续用。"
HALF_DONE = "新版本记成了已发布，索引没有换上，市民看到的还是原来的。请点“重建索引”。"


@dataclass(frozen=True)
class Job:
    """One publishing: who asked, of what, and how far it is."""

    id: int
    kind: str
    asked_by: str
    asked_at: datetime
    entries: list[str]
    revisions: dict[str, int]
    snapshot: str
    despite: str
    state: str
    attempts: int
    said: str
    checks: dict[str, Any] | None
    started_at: datetime | None
    seen_at: datetime | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (QUEUED, RUNNING)

    @property
    def is_half_done(self) -> bool:
        """Whether its revisions are the published ones already, and only its snapshot is to be made the current one."""
        return self.kind == PUBLISH and bool(self.snapshot)


def ask(connection: Connection, by: str, entries: Sequence[str], *, despite: str = "") -> int:
    """Ask for the approved drafts of these entries to be published, or, for none, for a new index; its number.

    What the same person asked for and did not begin yet is done in one go with it.
    """
    waiting = select(jobs).where(
        jobs.c.state == QUEUED, jobs.c.kind == PUBLISH, jobs.c.asked_by == by, jobs.c.despite == despite
    )
    row = connection.execute(waiting.order_by(jobs.c.id).with_for_update()).first()
    if row is None:
        return _add(connection, {"kind": PUBLISH, "asked_by": by, "entries": list(entries), "despite": despite})
    together = list(dict.fromkeys((*row.entries, *entries)))
    connection.execute(update(jobs).where(jobs.c.id == row.id).values(entries=together))
    return int(row.id)


def ask_back(connection: Connection, by: str, snapshot: str) -> int:
    """Ask for an earlier snapshot to serve again; its number."""
    return _add(connection, {"kind": ROLLBACK, "asked_by": by, "entries": [], "snapshot": snapshot})


def claim(connection: Connection) -> Job | None:
    """Begin the next job, unless one is under way."""
    if connection.execute(select(jobs.c.id).where(jobs.c.state == RUNNING)).first():
        return None
    waiting = select(jobs).where(jobs.c.state == QUEUED).order_by(jobs.c.id).limit(1)
    row = connection.execute(waiting.with_for_update()).first()
    if row is None:
        return None
    begun = {"state": RUNNING, "attempts": row.attempts + 1, "started_at": now(), "seen_at": now(), "said": ""}
    still = (jobs.c.id == row.id, jobs.c.state == QUEUED)
    taken = connection.execute(update(jobs).where(*still).values(**begun)).rowcount
    return get(connection, row.id) if taken else None


def is_any_open(connection: Connection) -> bool:
    """Whether a job waits or runs."""
    return connection.execute(select(jobs.c.id).where(jobs.c.state.in_((QUEUED, RUNNING))).limit(1)).first() is not None


def get(connection: Connection, number: int) -> Job:
    """One job. Raises LookupError."""
    row = connection.execute(select(jobs).where(jobs.c.id == number)).first()
    if row is None:
        raise LookupError(f"no publish job {number}")
    return Job(**row._mapping)


def latest(connection: Connection, limit: int = 20) -> list[Job]:
    """The last jobs, the newest first."""
    return [Job(**row._mapping) for row in connection.execute(select(jobs).order_by(jobs.c.id.desc()).limit(limit))]


def unsuccessful(connection: Connection, entries: Collection[str]) -> dict[str, int]:
    """Those of these entries whose last publishing was refused or failed, each with the number of that job."""
    last: dict[str, Job] = {}
    for job in latest(connection, LOOKED_AT):
        last = dict.fromkeys(job.entries, job) | last
    return {entry: last[entry].id for entry in entries if entry in last and last[entry].state in (REFUSED, FAILED)}


def built(connection: Connection, snapshots: Collection[str]) -> dict[str, Job]:
    """The jobs that built these snapshots, by the snapshot's name; the first one comes from no job."""
    made = select(jobs).where(jobs.c.kind == PUBLISH, jobs.c.snapshot.in_(snapshots))
    return {row.snapshot: Job(**row._mapping) for row in connection.execute(made)}


def note(connection: Connection, number: int, **values: Any) -> None:
    """Keep how far a running job is; also a sign of life."""
    running = (jobs.c.id == number, jobs.c.state == RUNNING)
    connection.execute(update(jobs).where(*running).values(seen_at=now(), **values))


def end(connection: Connection, number: int, state: str, said: str, checks: Mapping[str, Any] | None = None) -> bool:
    """End a running job; False when it has ended already."""
    running = (jobs.c.id == number, jobs.c.state == RUNNING)
    values: dict[str, Any] = {"state": state, "said": said, "ended_at": now()}
    if checks is not None:
        values["checks"] = dict(checks)
    return bool(connection.execute(update(jobs).where(*running).values(**values)).rowcount)


def put_back(connection: Connection, number: int) -> None:
    """Let a job that was stopped with its worker begin again."""
    running = (jobs.c.id == number, jobs.c.state == RUNNING)
    connection.execute(update(jobs).where(*running).values(state=QUEUED, attempts=jobs.c.attempts - 1))


def pick_up(connection: Connection) -> None:
    """Begin again what has given no sign of life; what was begun twice has failed."""
    silent = (jobs.c.state == RUNNING, jobs.c.seen_at < now() - SILENT_FOR)
    for row in connection.execute(select(jobs).where(*silent)).all():
        if row.attempts >= MOST_ATTEMPTS:
            end(connection, row.id, FAILED, HALF_DONE if Job(**row._mapping).is_half_done else CUT_SHORT)
        else:
            connection.execute(update(jobs).where(jobs.c.id == row.id, *silent).values(state=QUEUED))


def cut_short(connection: Connection, number: int) -> bool:
    """End a job whose process is gone as failed; one that only has to serve what it published begins once more.

    False when it had ended by itself.
    """
    job = get(connection, number)
    if job.state == RUNNING and job.is_half_done and job.attempts < MOST_ATTEMPTS:
        connection.execute(update(jobs).where(jobs.c.id == number).values(state=QUEUED))
        return True
    return end(connection, number, FAILED, HALF_DONE if job.is_half_done else CUT_SHORT)


def _add(connection: Connection, values: Mapping[str, Any]) -> int:
    kept = {"revisions": {}, "state": QUEUED, "asked_at": now()} | dict(values)
    return int(connection.execute(insert(jobs).values(**kept)).inserted_primary_key[0])
