"""One publish job, in a process of its own: the model is loaded for it and freed with it, whatever happens."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from sqlalchemy.engine import Connection

from commands.prepare import CASES, create_tables
from foundation.audit import Audit
from foundation.settings import Settings
from knowledge import pointer, publish_jobs, snapshot, traced
from knowledge.checks import Refused
from knowledge.drafts import NotAllowed
from knowledge.embedder import Embedder
from knowledge.entry import EntryError
from knowledge.local import LocalValues
from knowledge.publish_jobs import DONE, FAILED, REFUSED, ROLLBACK, Job
from knowledge.publishing import MOST_ROUNDS, draw_up, overtaken, roll_back, serve, some
from knowledge.releases import Overtaken, Releases
from knowledge.reviewed_cases import all_cases
from knowledge.serving import note_serving
from knowledge.snapshot import Snapshot
from knowledge.store import Store

BEAT_SECONDS = 5.0
NOT_PASSED = "检查没有通过，原来的内容继续用。"
GAVE_WAY = "途中别的发布或退回先启用了，索引按那以后发布的内容重新做好了。"
OVERTAKEN = "发布途中总有内容被改动（{entries}），没有发布。请过一会儿再试。"


class PublishJob:
    """Does a job that a worker claimed, and keeps how it went."""

    def __init__(self, settings: Settings, number: int) -> None:
        self._settings, self._number = settings, number
        self._database = create_tables(settings)
        self._store, self._releases = Store(self._database), Releases(self._database)
        self._audit = Audit(settings.secret_key)
        self._root, self._local = settings.data_dir / "snapshots", LocalValues(settings.city)

    def run(self) -> None:
        """Do it; what is refused is told in the job and is no error here."""
        with self._database.reading() as connection:
            job = publish_jobs.get(connection, self._number)
        with self._alive():
            try:
                if job.kind == ROLLBACK:
                    self._go_back(job)
                elif not job.is_half_done or not self._finish(job):
                    self._publish(job)
            except (NotAllowed, EntryError) as refused:
                self._end(REFUSED, str(refused))
            except Refused as refused:
                found = refused.checked.as_json() if refused.checked else {"problems": refused.problems}
                self._end(REFUSED, NOT_PASSED, found)

    def _publish(self, job: Job) -> None:
        already = job.revisions if job.is_half_done else {}
        for _ in range(MOST_ROUNDS):
            with self._database.writing() as connection:
                proposed = self._releases.propose(connection, job.entries, job.asked_by)
                publish_jobs.note(connection, job.id, revisions=already | proposed)
            new = self._drawn_up(job, proposed)
            try:
                with pointer.moving(self._root):
                    self._release(job, proposed, new)
                    serve(self._root / new.name)
            except Overtaken as changed:
                entries = some(changed.entries)
                self._say(f"{entries} 在发布途中改动了，重新做一遍")
            else:
                self._done(new, "已启用" if proposed or not job.is_half_done else GAVE_WAY)
                return
        self._end(REFUSED, OVERTAKEN.format(entries=entries))

    def _finish(self, job: Job) -> bool:
        """Serve what the job has published; False where something else is published or serves by now."""
        if self._is_old(job.snapshot):
            return False
        new = snapshot.load(self._root / job.snapshot)
        with pointer.moving(self._root):
            if self._is_old(job.snapshot) or overtaken(new, self._store, self._local):
                return False
            serve(self._root / new.name)
        self._done(new)
        return True

    def _release(self, job: Job, proposed: dict[str, int], new: Snapshot) -> None:
        """Publish in one transaction; whatever ends this process afterwards, the job knows that it has to serve it.

        Raises Overtaken when a draft is not as it was proposed, or an entry not published as it was while building.
        """
        if changed := overtaken(new, self._store, self._local, proposed):
            raise Overtaken(changed)
        with self._database.writing() as connection:
            self._releases.publish(connection, proposed)
            publish_jobs.note(connection, job.id, snapshot=new.name, said="正在启用")
            contents = traced.of_revisions(connection, proposed)
            for entry, revision in proposed.items():
                of = f"entry:{entry}@{revision}"
                self._audit.note(connection, job.asked_by, "content.publish", of, content=contents[entry])
            facts = {"job": job.id, "entries": len(proposed), "despite": bool(job.despite)}
            of = f"snapshot:{new.name}"
            self._audit.note(connection, job.asked_by, "content.publish", of, facts, new.revisions)

    def _done(self, new: Snapshot, said: str = "已启用") -> None:
        note_serving(self._database, new, self._embedder)
        self._end(DONE, said, json.loads((self._root / new.name / "checks.json").read_text(encoding="utf-8")))

    @cached_property
    def _embedder(self) -> Embedder:
        return Embedder(self._settings.model_dir, threads=os.cpu_count() or 1)

    def _drawn_up(self, job: Job, proposed: dict[str, int]) -> Snapshot:
        with self._database.reading() as connection:
            reviewed = all_cases(connection)
        cases = [path for path in CASES if path.exists()]
        given = (self._root, self._store, self._embedder, self._local, cases, self._say)
        return draw_up(*given, despite=job.despite, reviewed=reviewed, proposed=proposed)

    def _is_old(self, name: str) -> bool:
        """Whether a later snapshot serves by now: then a new one is built of all that is published."""
        current = pointer.current(self._root)
        return current is not None and current.name > name

    def _go_back(self, job: Job) -> None:
        def told(connection: Connection, to: Snapshot) -> None:
            facts, of = {"job": job.id}, f"snapshot:{to.name}"
            self._audit.note(connection, job.asked_by, "content.rollback", of, facts, to.revisions)

        try:
            roll_back(self._root, self._store, job.snapshot, told)
        except (LookupError, OSError, ValueError, TypeError, RuntimeError) as error:  # RuntimeError: broken for faiss
            self._end(FAILED, f"没有退回：{error}")
            return
        self._end(DONE, "已退回")

    def _say(self, text: str) -> None:
        with self._database.writing() as connection:
            publish_jobs.note(connection, self._number, said=text)

    def _end(self, state: str, said: str, checks: dict[str, Any] | None = None) -> None:
        with self._database.writing() as connection:
            publish_jobs.end(connection, self._number, state, said, checks)

    @contextmanager
    def _alive(self) -> Iterator[None]:
        """A sign of life every few seconds, also through steps that say nothing for long."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(BEAT_SECONDS):
                with self._database.writing() as connection:
                    publish_jobs.note(connection, self._number)

        thread = threading.Thread(target=beat, daemon=True, name="beating")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
