"""Deliveries over real HTTP: order, retries, dead letters, stopped destinations, several workers."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from hotline import repair
from hotline.courier import LEASE_MARGIN
from hotline.tables import deliveries, delivery_attempts
from hotline.ticket import Appeal
from tests.hotline.clock import Clock
from tests.hotline.receiver import Receiver, Request
from tests.hotline.support import HOTLINE_SECRET, PHONE, Desk, everything_at_rest, in_threads, rows

Answer = tuple[int, dict[str, str]]


@pytest.fixture
def desk(desk: Desk, receiver: Receiver) -> Desk:
    return desk.with_settings(hotline_url=receiver.url)


def failing_for(ticket: str, status: int = 500) -> Callable[[Request], Answer]:
    return lambda request: (status if request.body["data"]["ticket"] == ticket else 200, {})


def states(desk: Desk, number: str) -> list[str]:
    return desk.states(number)


def with_three_messages(desk: Desk) -> str:
    number = desk.open()
    desk.tickets.urge(number)
    desk.tickets.withdraw(number)
    return number


def repairing(desk: Desk, act: Callable[..., Any], *what: str) -> Any:
    with desk.database.writing() as connection:
        return act(connection, *what)


def test_a_delivery_arrives_signed_and_with_the_originals(desk: Desk, receiver: Receiver) -> None:
    number = desk.open(contact=desk.tokenized(f"李女士 {PHONE}"))
    assert desk.deliver_due() == 1
    body = receiver.requests[0].body
    assert body["data"]["contact"] == f"李女士 {PHONE}"
    assert body["data"]["place"] == {"text": "幸福路", "district": "", "street": ""}
    assert states(desk, number) == ["delivered"]
    assert PHONE not in everything_at_rest(desk.database)
    assert desk.deliver_due() == 0


def test_no_receiver_learns_the_code_that_the_citizen_wrote(desk: Desk, receiver: Receiver) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了"))
    number = opened.view.number
    desk.tickets.urge(number, f"工单{number}查询码{opened.code},电话{PHONE}")
    desk.deliver_until(lambda: states(desk, number) == ["delivered"] * 2)
    assert receiver.requests[-1].body["data"]["message"] == f"工单{number}查询码〔查询码〕,电话{PHONE}"


def test_a_failed_delivery_is_tried_again_under_the_same_id_and_signed_afresh(desk: Desk, receiver: Receiver) -> None:
    answers: Iterator[Answer] = iter([(503, {}), (200, {})])
    receiver.answer = lambda request: next(answers)
    number = desk.open()
    desk.deliver_until(lambda: states(desk, number) == ["delivered"])
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert [row["status"] for row in rows(desk.database, delivery_attempts)] == [503, 200]


def test_the_order_of_a_ticket_is_kept_while_it_fails_and_others_pass_it(desk: Desk, receiver: Receiver) -> None:
    desk = desk.with_settings(hotline_retry_seconds=[0.05] * 20)
    unlucky, lucky = with_three_messages(desk), with_three_messages(desk)
    receiver.answer = failing_for(unlucky)
    desk.deliver_until(lambda: states(desk, lucky) == ["delivered"] * 3)
    assert set(receiver.sequences(unlucky)) == {1}
    receiver.answer = lambda request: (200, {})
    desk.deliver_until(lambda: states(desk, unlucky) == ["delivered"] * 3)
    assert receiver.sequences(unlucky)[-3:] == [1, 2, 3]
    assert receiver.sequences(lucky) == [1, 2, 3]


def test_retries_follow_the_schedule_with_a_little_jitter(desk: Desk, receiver: Receiver, clock: Clock) -> None:
    desk = desk.with_settings(hotline_retry_seconds=[5, 30])
    receiver.answer = lambda request: (500, {})
    desk.open()
    for seconds in (5, 30):
        assert desk.deliver_due() == 1
        wait = (rows(desk.database, deliveries)[0]["due_at"] - clock.at).total_seconds()
        assert seconds * 0.9 <= wait <= seconds * 1.1
        clock.move(seconds=wait)
    desk.deliver_due()
    assert rows(desk.database, deliveries)[0]["state"] == "dead"


def test_retry_after_makes_the_wait_longer_but_never_shorter(desk: Desk, receiver: Receiver, clock: Clock) -> None:
    desk = desk.with_settings(hotline_retry_seconds=[60, 60])
    answers = iter([(503, {"retry-after": "600"}), (503, {"retry-after": "1"})])
    receiver.answer = lambda request: next(answers)
    desk.open()
    for shortest, longest in ((600, 600), (54, 66)):
        desk.deliver_due()
        wait = (rows(desk.database, deliveries)[0]["due_at"] - clock.at).total_seconds()
        assert shortest <= wait <= longest
        clock.move(seconds=wait)


def test_a_dead_letter_holds_its_tickets_later_ones_until_it_is_replayed(desk: Desk, receiver: Receiver) -> None:
    dead, other = with_three_messages(desk), desk.open()
    receiver.answer = failing_for(dead)
    desk.deliver_until(lambda: states(desk, dead) == ["dead", "held", "held"])
    assert len(receiver.sequences(dead)) == 4
    assert states(desk, other) == ["delivered"]
    receiver.answer = lambda request: (200, {})
    assert desk.deliver_due() == 0
    dead_id = rows(desk.database, deliveries)[0]["webhook_id"]
    assert repairing(desk, repair.replay, dead_id) is True
    assert repairing(desk, repair.replay, dead_id) is False
    desk.deliver_until(lambda: states(desk, dead) == ["delivered"] * 3)
    assert receiver.sequences(dead)[-3:] == [1, 2, 3]


def test_a_skipped_dead_letter_lets_the_later_ones_go(desk: Desk, receiver: Receiver) -> None:
    number = with_three_messages(desk)
    receiver.answer = lambda request: (500 if request.body["data"]["sequence"] == 1 else 200, {})
    desk.deliver_until(lambda: states(desk, number) == ["dead", "held", "held"])
    assert repairing(desk, repair.skip, rows(desk.database, deliveries)[0]["webhook_id"]) is True
    desk.deliver_until(lambda: states(desk, number) == ["skipped", "delivered", "delivered"])


def test_410_stops_the_destination_and_holds_everything_until_it_is_resumed(desk: Desk, receiver: Receiver) -> None:
    receiver.answer = lambda request: (410, {})
    number = with_three_messages(desk)
    desk.deliver_due()
    later = desk.open()
    assert desk.deliver_due() == 0
    assert states(desk, number) + states(desk, later) == ["stopped"] * 4
    receiver.answer = lambda request: (200, {})
    repairing(desk, repair.resume, "hotline")
    desk.deliver_until(lambda: states(desk, number) + states(desk, later) == ["delivered"] * 4)
    assert receiver.sequences(number) == [1, 1, 2, 3]


def test_a_receiver_that_is_down_costs_nothing_but_time(desk: Desk, receiver: Receiver) -> None:
    away = desk.with_settings(hotline_url="http://127.0.0.1:9/")
    number = away.open()
    away.deliver_due()
    attempt = rows(desk.database, delivery_attempts)[0]
    assert (attempt["status"], attempt["note"]) == (None, "ConnectionRefusedError")
    desk.deliver_until(lambda: states(desk, number) == ["delivered"])


def test_what_the_receiver_says_is_not_kept(desk: Desk, receiver: Receiver) -> None:
    receiver.answer = lambda request: (500, {"x-echo": PHONE, "retry-after": PHONE})
    desk.open(contact=desk.tokenized(PHONE))
    desk.deliver_due()
    assert PHONE not in everything_at_rest(desk.database)


def test_two_workers_never_hold_the_same_delivery(desk: Desk) -> None:
    for _ in range(12):
        desk.open()
    claims = in_threads(4, lambda place: desk.courier(f"worker-{place}").claim(12))
    claimed = sorted(delivery.id for some in claims for delivery in some)
    assert claimed == sorted(row["id"] for row in rows(desk.database, deliveries))


def test_a_claimed_delivery_holds_the_tickets_next_one(desk: Desk) -> None:
    with_three_messages(desk)
    assert len(desk.courier("first").claim(10)) == 1
    assert desk.courier("second").claim(10) == []


def test_a_worker_that_died_after_sending_leads_to_the_same_id_again(
    desk: Desk, receiver: Receiver, clock: Clock
) -> None:
    number = desk.open()
    died = desk.courier("died")
    [claimed] = died.claim(1)
    assert desk.deliver_due("other") == 0
    lease = rows(desk.database, deliveries)[0]["due_at"] - clock.at
    assert lease == timedelta(seconds=desk.settings.hotline_timeout_seconds) + LEASE_MARGIN
    clock.at += lease
    [taken] = desk.courier("other").claim(1)
    died.deliver(claimed)  # it was only slow: its result no longer counts
    assert states(desk, number) == ["sending"]
    desk.courier("other").deliver(taken)
    assert states(desk, number) == ["delivered"]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len(rows(desk.database, delivery_attempts)) == 2


def test_nothing_of_an_erased_ticket_is_delivered(desk: Desk, receiver: Receiver) -> None:
    number = desk.open(contact=desk.tokenized(f"李女士 {PHONE}"))
    with desk.database.writing() as connection:
        desk.vault.erase(connection, f"ticket:{number}")
    desk.deliver_due()
    assert (receiver.requests, states(desk, number)) == ([], ["skipped"])


def test_a_new_secret_signs_beside_the_old_one(desk: Desk, receiver: Receiver) -> None:
    other = HOTLINE_SECRET.replace("aGho", "aGhp")
    changing = desk.with_settings(hotline_secret=f"{other},{HOTLINE_SECRET}")
    changing.open()
    changing.deliver_due()
    assert len(receiver.requests[0].headers["webhook-signature"].split(" ")) == 2
