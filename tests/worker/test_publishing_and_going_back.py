"""Somebody goes back to an earlier snapshot while a job builds, or before it could serve: that stands."""

import pytest

from commands import publish_job
from knowledge import pointer, publish_jobs, snapshot
from knowledge.publish_jobs import Job
from knowledge.publishing import roll_back, serve
from knowledge.snapshot import Snapshot
from knowledge.store import Store
from tests.hotline.support import Desk
from tests.worker.publishing_place import CHANGED, ENTRY, asked, built, job, place, published, without_model

__all__ = ["place", "without_model"]


def served_twice(place: Desk) -> None:
    """One snapshot of the first revisions, and a later one of a changed entry that serves."""
    serve(built(place, "20261101T100000000000", published(place)))
    Store(place.database).seed(CHANGED)
    serve(built(place, "20261102T100000000000", published(place)))


@pytest.mark.usefixtures("without_model")
def test_a_job_builds_again_when_somebody_goes_back_meanwhile(place: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    served_twice(place)
    number, root, said = asked(place.database), place.settings.data_dir / "snapshots", list[str]()

    def drawn_up(self: publish_job.PublishJob, of: Job, proposed: dict[str, int]) -> Snapshot:
        said.append(job(place.database, number).said)
        new = built(place, f"2026110{2 + len(said)}T100000000000", published(place))
        if len(said) == 1:
            roll_back(root, Store(place.database))
        return snapshot.load(new)

    monkeypatch.setattr(publish_job.PublishJob, "_drawn_up", drawn_up)
    with place.database.writing() as connection:
        publish_jobs.claim(connection)
    publish_job.PublishJob(place.settings, number).run()
    assert job(place.database, number).state == "done" and said == ["", f"{ENTRY} 在发布途中改动了，重新做一遍"]
    current = pointer.current(root)
    assert current and current.name.startswith("20261104") and snapshot.load(current).revisions == published(place)
    assert Store(place.database).current(ENTRY).revision == 1


@pytest.mark.usefixtures("without_model")
def test_a_job_that_died_before_it_served_does_not_undo_that_somebody_went_back(
    place: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    served_twice(place)
    number, root = asked(place.database), place.settings.data_dir / "snapshots"
    half_done = built(place, "20261103T100000000000", published(place))
    with place.database.writing() as connection:
        publish_jobs.claim(connection)
        publish_jobs.note(connection, number, snapshot=half_done.name)
        assert publish_jobs.cut_short(connection, number) and publish_jobs.claim(connection)
    roll_back(root, Store(place.database))
    monkeypatch.setattr(
        publish_job.PublishJob,
        "_drawn_up",
        lambda *_: snapshot.load(built(place, "20261104T100000000000", published(place))),
    )
    publish_job.PublishJob(place.settings, number).run()
    current = pointer.current(root)
    assert current and current.name.startswith("20261104") and snapshot.load(current).revisions[ENTRY] == 1
    assert job(place.database, number).said == publish_job.GAVE_WAY
