"""Several receivers: each gets everything in order, and none is held up by another that fails, dies or stops."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from hotline import outbox, repair
from hotline.tables import deliveries
from tests.hotline.archive import (
    ARCHIVE,
    enter,
    entries,
    of,
    rotate,
    send_all_to,
    send_to,
    with_three_messages,
)
from tests.hotline.receiver import Receiver
from tests.hotline.support import Desk, rows
from worker import deliveries as job


@pytest.fixture
def desk(desk: Desk, receiver: Receiver) -> Desk:
    return desk.with_settings(hotline_url=receiver.url)


def test_every_receiver_gets_every_message_from_the_moment_it_is_entered(
    desk: Desk, receiver: Receiver, archive: Receiver
) -> None:
    number = desk.open()
    enter(desk, archive.url)
    desk.tickets.urge(number)
    later = with_three_messages(desk)
    for place in (0, 1):
        send_all_to(desk, place)
    assert (receiver.sequences(number), receiver.sequences(later)) == ([1, 2], [1, 2, 3])
    assert (archive.sequences(number), archive.sequences(later)) == ([2], [1, 2, 3])
    ids = [request.headers["webhook-id"] for request in receiver.requests + archive.requests]
    assert len(set(ids)) == len(ids)


def test_a_receiver_that_fails_to_the_end_holds_nothing_of_another(
    desk: Desk, receiver: Receiver, archive: Receiver
) -> None:
    enter(desk, archive.url)
    number = with_three_messages(desk)
    archive.answer = lambda request: (500, {})
    send_all_to(desk, 1)
    send_all_to(desk, 0)
    assert receiver.sequences(number) == [1, 2, 3]
    assert desk.states(number) == ["delivered"] * 3 + ["dead", "held", "held"]


@pytest.mark.parametrize(("act", "received"), [(repair.replay, [1, 2, 3]), (repair.skip, [2, 3])])
def test_a_dead_letter_holds_its_tickets_later_ones_to_that_receiver_until_staff_act(
    desk: Desk, archive: Receiver, act: Any, received: list[int]
) -> None:
    enter(desk, archive.url)
    number = with_three_messages(desk)
    archive.answer = lambda request: (500, {})
    send_all_to(desk, 1)
    archive.answer = lambda request: (200, {})
    archive.requests.clear()
    assert send_to(desk, 1) == 0
    with desk.database.writing() as connection:
        assert act(connection, of(desk, number, ARCHIVE)[0]["webhook_id"]) is True
    send_all_to(desk, 1)
    assert archive.sequences(number) == received


def test_410_stops_one_receiver_and_once_resumed_it_goes_on_in_order(
    desk: Desk, receiver: Receiver, archive: Receiver
) -> None:
    enter(desk, archive.url)
    number = with_three_messages(desk)
    archive.answer = lambda request: (410, {})
    late = desk.courier("late", destination=1)
    desk.open()
    with desk.database.reading() as connection:
        seen = outbox.due(connection, ARCHIVE, 10)[1]  # by a worker that claims it only after the destination stopped
    [first] = desk.courier(destination=1).claim(1)
    desk.courier(destination=1).deliver(first)
    with desk.database.writing() as connection:
        assert outbox.claim(connection, seen, "late", timedelta(seconds=9)) is None
    assert late.claim(10) == []
    send_all_to(desk, 0)
    assert receiver.sequences(number) == [1, 2, 3]
    assert desk.states(number) == ["delivered"] * 3 + ["stopped"] * 3
    assert [entry.stopped_at is None for entry in entries(desk)] == [True, False]
    archive.answer = lambda request: (200, {})
    with desk.database.writing() as connection:
        assert repair.resume(connection, ARCHIVE) is True
        assert repair.resume(connection, ARCHIVE) is False
    send_all_to(desk, 1)
    assert archive.sequences(number) == [1, 1, 2, 3]


def test_a_lane_that_is_no_longer_wanted_keeps_no_other_waiting(
    desk: Desk, receiver: Receiver, archive: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk.with_settings(hotline_timeout_seconds=60)
    enter(desk, archive.url)
    desk.open()
    asked, may, answered = threading.Event(), threading.Event(), threading.Event()

    def slow(request: Any) -> Any:
        asked.set()
        may.wait(60)
        answered.set()
        return 200, {}

    archive.answer = slow
    monkeypatch.setattr(job, "LOOK_EVERY_SECONDS", 0.0)
    lanes = job.Deliveries(desk.database, desk.vault, desk.settings, "worker", threading.Event())
    lanes.run()
    assert asked.wait(60)
    rotate(desk)
    lanes.run()
    assert not answered.is_set(), "the round is over, and the lane still waits"
    may.set()
    lanes.close()
    assert {row["state"] for row in rows(desk.database, deliveries)} == {"delivered"}
