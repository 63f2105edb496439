"""Publish jobs in a process of their own, with the real model: done, refused, killed, begun again."""

import os
import signal
import sys
import time
from collections.abc import Callable

import pytest

from commands import publish_job
from foundation.audit import Audit, log
from foundation.clock import now
from knowledge import pointer, publish_jobs, snapshot
from knowledge.drafts import Drafts
from knowledge.publish_jobs import Job
from knowledge.snapshot import Snapshot
from knowledge.store import Store
from knowledge.tables import drafts as drafts_table
from knowledge.tables import publish_jobs as publish_jobs_table
from tests.hotline.support import Desk, rows
from tests.knowledge.import_files import LOCAL
from tests.worker.publishing_place import (
    CHANGED,
    ENTRY,
    TEXT,
    approved,
    asked,
    built,
    job,
    place,
    published,
    without_model,
)
from worker.publishing import Publishing

OFFICIALESE = TEXT.replace("身份证丢了，您住的地方就能补", "申请人应当依法予以补领，逾期不予受理，您住的地方就能补")
__all__ = ["place", "without_model"]
SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")


@pytest.fixture
def once(place: Desk) -> Desk:
    """The same on one of the two databases: with the real model a test takes half a minute."""
    return place if place.database.on_sqlite else pytest.skip("once is enough")


def work(publishing: Publishing, until: Callable[[], object], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        publishing.run()
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def child(publishing: Publishing) -> int:
    assert publishing._running
    return publishing._running[1].pid


@pytest.mark.prove  # builds of the whole index
def test_killed_half_way_it_is_told_the_old_snapshot_serves_and_another_try_succeeds(once: Desk) -> None:
    database, root = once.database, once.settings.data_dir / "snapshots"
    publishing, store = Publishing(database, once.settings), Store(database)
    first = asked(database)
    work(publishing, lambda: not job(database, first).is_open)
    assert job(database, first).state == "done", job(database, first).said
    serving = pointer.current(root)
    assert serving and snapshot.load(serving).revisions[ENTRY] == 1

    approved(database, CHANGED)
    second = asked(database, ENTRY)
    work(publishing, lambda: job(database, second).said)
    os.kill(child(publishing), signal.SIGKILL)
    work(publishing, lambda: not job(database, second).is_open)
    assert job(database, second).state == "failed" and "原来的内容继续用" in job(database, second).said
    assert pointer.current(root) == serving and pointer.good(root) == [serving]
    assert store.current(ENTRY).revision == 1

    third = asked(database, ENTRY)
    work(publishing, lambda: not job(database, third).is_open)
    done = job(database, third)
    assert (done.state, done.revisions) == ("done", {ENTRY: 2}), done.said
    now_serving = pointer.current(root)
    assert now_serving and now_serving.name == done.snapshot and snapshot.load(now_serving).revisions[ENTRY] == 2
    assert store.current(ENTRY).entry.title == "身份证丢了咋补" and not store.current(ENTRY).sample
    assert Drafts(database).of(ENTRY) is None and done.checks and done.checks["problems"] == []
    acts = [(row["actor"], row["subject"]) for row in rows(database, log) if row["act"] == "content.publish"]
    assert ("ke-zhang", f"entry:{ENTRY}@2") in acts and ("ke-zhang", f"snapshot:{done.snapshot}") in acts
    with database.reading() as connection:
        assert not list(Audit("secret").broken(connection))

    with database.writing() as connection:
        back = publish_jobs.ask_back(connection, "ke-zhang", serving.name)
    work(publishing, lambda: not job(database, back).is_open)
    assert job(database, back).state == "done" and pointer.current(root) == serving
    assert store.current(ENTRY).revision == 1


@pytest.mark.prove  # builds of the whole index
def test_what_the_checks_refuse_stays_approved_until_a_publisher_gives_a_reason(once: Desk) -> None:
    publishing, store = Publishing(once.database, once.settings), Store(once.database)
    approved(once.database, OFFICIALESE)
    refused = asked(once.database, ENTRY)
    work(publishing, lambda: not job(once.database, refused).is_open)
    found = job(once.database, refused)
    assert found.state == "refused" and found.checks and "不像人话" in str(found.checks["problems"])
    assert store.current(ENTRY).revision == 1
    draft = Drafts(once.database).of(ENTRY)
    assert draft and draft.state == "approved"
    forced = asked(once.database, ENTRY, despite="文件原话")
    work(publishing, lambda: not job(once.database, forced).is_open)
    assert job(once.database, forced).state == "done" and store.current(ENTRY).revision == 2
    assert [one.revision for one in store.history(ENTRY)] == [2, 1], "the same text became one revision only"


def test_a_worker_that_stops_leaves_its_job_to_the_next_one(place: Desk) -> None:
    number = asked(place.database)
    publishing = Publishing(place.database, place.settings, SLEEPER)
    work(publishing, lambda: job(place.database, number).state == "running")
    publishing.close()
    found = job(place.database, number)
    assert (found.state, found.attempts) == ("queued", 0)


def test_a_job_whose_process_vanished_is_begun_again_once_and_then_told(place: Desk) -> None:
    number = asked(place.database)
    for state in ("queued", "failed"):
        with place.database.writing() as connection:
            assert publish_jobs.claim(connection)
            ago = now() - publish_jobs.SILENT_FOR * 2
            connection.execute(publish_jobs_table.update().values(seen_at=ago))
            publish_jobs.pick_up(connection)
        assert job(place.database, number).state == state


@pytest.mark.usefixtures("without_model")
def test_a_job_that_died_between_publishing_and_serving_goes_on_by_itself(place: Desk) -> None:
    number, folder = asked(place.database), built(place, "20261128T100000000000", published(place))
    with place.database.writing() as connection:
        publish_jobs.claim(connection)
        publish_jobs.note(connection, number, snapshot=folder.name)
        assert publish_jobs.cut_short(connection, number) and publish_jobs.claim(connection)
    publish_job.PublishJob(place.settings, number).run()
    assert job(place.database, number).state == "done" and pointer.current(folder.parent) == folder
    with place.database.writing() as connection:
        connection.execute(publish_jobs_table.update().values(state="running"))
        assert publish_jobs.cut_short(connection, number)
    assert (job(place.database, number).state, job(place.database, number).said) == ("failed", publish_jobs.HALF_DONE)


@pytest.mark.usefixtures("without_model")
def test_a_draft_that_is_sent_back_during_a_build_is_left_out_of_the_next(
    place: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(place.database, CHANGED)
    number, rounds = asked(place.database, ENTRY), list[dict[str, int]]()

    def drawn_up(self: publish_job.PublishJob, job: Job, proposed: dict[str, int]) -> Snapshot:
        rounds.append(proposed)
        if len(rounds) == 1:
            with place.database.writing() as connection:
                draft = Drafts(place.database).of(ENTRY)
                assert draft
                Drafts(place.database).send_back(connection, ENTRY, "ke-zhang", draft.version, "时限不对")
        return snapshot.load(built(place, f"2026112{len(rounds)}T100000000000", published(place) | proposed))

    monkeypatch.setattr(publish_job.PublishJob, "_drawn_up", drawn_up)
    with place.database.writing() as connection:
        publish_jobs.claim(connection)
    publish_job.PublishJob(place.settings, number).run()
    assert rounds == [{ENTRY: 2}, {}] and job(place.database, number).state == "done"
    assert Store(place.database).current(ENTRY).revision == 1


def test_only_one_job_runs_at_a_time(place: Desk) -> None:
    first = asked(place.database)
    with place.database.writing() as connection:
        assert publish_jobs.claim(connection)
    second = asked(place.database)
    with place.database.writing() as connection:
        assert publish_jobs.claim(connection) is None
        publish_jobs.end(connection, first, "done", "")
        following = publish_jobs.claim(connection)
    assert following and following.id == second


def test_a_draft_goes_out_by_itself_when_its_moment_has_come(place: Desk) -> None:
    drafts = Drafts(place.database)
    with place.database.writing() as connection:
        draft = drafts.save(connection, ENTRY, CHANGED, "bian-ji", 1, 0)
        draft = drafts.submit(connection, ENTRY, draft.version, LOCAL)
        drafts.approve(connection, ENTRY, "ke-zhang", draft.version, now() + publish_jobs.SILENT_FOR)
    publishing = Publishing(place.database, place.settings, SLEEPER)
    publishing.run()
    with place.database.reading() as connection:
        assert publish_jobs.latest(connection) == [], "not before"
    with place.database.writing() as connection:
        connection.execute(drafts_table.update().values(publish_on=now()))
    publishing = Publishing(place.database, place.settings, SLEEPER)
    publishing.run()
    with place.database.reading() as connection:
        [begun] = publish_jobs.latest(connection)
    publishing.close()
    assert (begun.entries, begun.asked_by, begun.state) == ([ENTRY], "ke-zhang", "running")
