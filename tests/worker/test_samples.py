"""The worker draws the sample of the week that is over, once."""

from datetime import UTC, date, datetime, time

import pytest

from conversations.review import sampling
from conversations.review.tables import sample_items, samples
from tests.hotline.clock import Clock
from tests.hotline.conftest import clock, database, desk
from tests.hotline.support import Desk, rows
from tests.web.talk import say
from worker import samples as job

__all__ = ["clock", "database", "desk"]


def test_the_last_week_is_drawn_once(desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.set("2026-09-21 00:10")  # a Monday, which has not begun in UTC
    monkeypatch.setattr(job, "FIRST_SECONDS", 0)
    monkeypatch.setattr(job, "EVERY_SECONDS", 0)
    week = sampling.last_week(desk.settings.timezone)
    assert week == date(2026, 9, 14)
    turn = say(desk, "上个星期问的", at=datetime.combine(week, time(4), UTC))
    say(desk, "刚刚问的")
    samples_job = job.Samples(desk.database, desk.settings)
    samples_job.run()
    samples_job.run()
    [sample], [item] = rows(desk.database, samples), rows(desk.database, sample_items)
    assert (sample["week"], sample["turns"]) == (week.isoformat(), 1)
    assert (item["conversation"], item["turn"]) == turn
