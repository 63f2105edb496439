"""The worker draws the sample of the week that is over, once."""

from datetime import UTC, datetime, time

import pytest

from conversations.review import sampling
from conversations.review.tables import sample_items, samples
from tests.hotline.conftest import database, desk
from tests.hotline.support import Desk, rows
from tests.web.talk import say
from worker import samples as job

__all__ = ["database", "desk"]


def test_the_last_week_is_drawn_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "FIRST_SECONDS", 0)
    monkeypatch.setattr(job, "EVERY_SECONDS", 0)
    week = sampling.last_week(desk.settings.timezone)
    turn = say(desk, "上个星期问的", at=datetime.combine(week, time(4), UTC))
    say(desk, "刚刚问的")
    samples_job = job.Samples(desk.database, desk.settings)
    samples_job.run()
    samples_job.run()
    [sample], [item] = rows(desk.database, samples), rows(desk.database, sample_items)
    assert (sample["week"], sample["turns"]) == (week.isoformat(), 1)
    assert (item["conversation"], item["turn"]) == turn
