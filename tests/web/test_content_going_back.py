"""What whoever goes back to an earlier snapshot can choose on the page."""

from knowledge import pointer, publish_jobs
from tests.web.content_pages import Team, shown


def test_a_snapshot_that_somebody_went_back_from_is_marked_and_can_still_be_chosen(team: Team) -> None:
    publisher, root = team.member("ke-zhang", "publisher"), team.desk.settings.data_dir / "snapshots"
    good, gone_back_from, refused = (root / f"2026112{day}T000000000000" for day in (1, 2, 3))
    for folder in (good, gone_back_from, refused):
        folder.mkdir(parents=True)
    pointer.point_to(good)
    pointer.withdraw(gone_back_from, pointer.ROLLED_BACK)
    pointer.withdraw(refused)
    assert "11月22日 08:00 · 退回过" in shown(publisher.see("/content/publishing"))
    assert "正在退回" in publisher.send("/content/rollback", "/content/publishing", snapshot=gone_back_from.name)
    with team.desk.database.reading() as connection:
        assert [job.snapshot for job in publish_jobs.latest(connection)] == [gone_back_from.name]
    assert refused.name not in publisher.see("/content/publishing"), "what never served is not offered"
