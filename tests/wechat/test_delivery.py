"""Each answer goes one way: back with a request, pushed, or kept; never two, never none, never beyond the quota."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.hotline.clock import Clock
from tests.hotline.support import everything_at_rest, in_threads, rows
from tests.wechat.account import OPENID
from tests.wechat.citizens import Citizens, a_message, states, text
from wechat.inbox import Answer
from wechat.tables import wechat_messages, wechat_pushes
from wechat.words import words


def test_the_same_message_is_worked_on_once_and_answered_to_the_last_request(citizens: Citizens, clock: Clock) -> None:
    message = a_message()
    requests = in_threads(6, lambda _: citizens.arrive(message))
    assert sorted(one.request for one in requests) == [1, 2, 3, 4, 5, 6]
    assert len({one.id for one in requests}) == 1 and sum(one.works for one in requests) == 1
    citizens.answers(requests[0], text("好。"))
    said = in_threads(6, lambda place: (requests[place].request, citizens.passive(requests[place])))
    assert sorted(said) == [*((number, None) for number in range(1, 6)), (6, "好。")]
    assert states(citizens) == []


def test_what_a_lost_connection_took_the_next_request_brings_again(citizens: Citizens) -> None:
    message = a_message()
    first = citizens.arrive(message)
    citizens.answers(first, text("好。", choices=[{"title": "一", "payload": "/a"}]))
    assert citizens.passive(first) == "好。\n1. 一"
    again = citizens.arrive(message)
    assert not again.works and citizens.passive(again) is None
    assert citizens.delivery.again(citizens.inbox.look(again.id)) == "好。\n1. 一"


def test_an_acknowledged_message_is_pushed_once_it_is_answered(citizens: Citizens) -> None:
    first = citizens.asks()
    citizens.inbox.acknowledge(first.id)
    assert citizens.push() == []
    citizens.answers(first, text("好。"))
    assert citizens.passive(first) is None
    [out] = citizens.push()
    assert (out.openid, out.text) == (OPENID, "好。")
    assert citizens.push() == [] and states(citizens) == ["sent"]
    citizens.inbox.finish(first.id, Answer(words="又一次"))
    assert states(citizens) == ["sent"]


def test_acknowledging_and_answering_at_the_same_moment_pushes_once(citizens: Citizens) -> None:
    for _ in range(8):
        arrival = citizens.asks()
        turn = citizens.turn(text("好。"))
        both: list[Callable[[], Any]] = [
            partial(citizens.inbox.acknowledge, arrival.id),
            partial(citizens.inbox.finish, arrival.id, Answer(turn=turn)),
        ]
        in_threads(2, partial(_do, both))
    assert len(rows(citizens.database, wechat_pushes)) == 8


def test_replying_and_acknowledging_at_the_same_moment_is_one_of_both(citizens: Citizens) -> None:
    for place in range(8):
        arrival = citizens.asks(f"user{place}")
        citizens.answers(arrival, text("好。"))
        both: list[Callable[[], Any]] = [
            partial(citizens.inbox.acknowledge, arrival.id),
            partial(citizens.passive, arrival, f"user{place}"),
        ]
        said = in_threads(2, partial(_do, both))
        pushed = [row for row in rows(citizens.database, wechat_pushes) if row["citizen"] == f"digest-user{place}"]
        assert (said.count("好。"), len(pushed)) in ((1, 0), (0, 1))


def test_five_answers_are_pushed_and_the_rest_comes_with_the_next_message(citizens: Citizens, clock: Clock) -> None:
    earlier = [citizens.asks() for _ in range(7)]
    for number, arrival in enumerate(earlier):
        citizens.inbox.acknowledge(arrival.id)
        citizens.answers(arrival, text(f"答{number}。"), question=f"问题{number}，" + "很长" * 20)
    assert [out.text for _ in range(8) for out in citizens.push()] == [f"答{number}。" for number in range(5)]
    assert states(citizens) == ["sent"] * 5 + ["kept"] * 2
    clock.move(seconds=60)
    after = citizens.asks()
    citizens.answers(after, text("新的。"))
    said = citizens.passive(after)
    assert said == (
        f"刚才您问的“{('问题5，' + '很长' * 20)[:20]}…”：\n\n答5。\n\n"
        f"刚才您问的“{('问题6，' + '很长' * 20)[:20]}…”：\n\n答6。\n\n新的。"
    )
    assert states(citizens) == ["sent"] * 5 + ["given"] * 2 and citizens.push() == []


def test_after_a_click_three_may_be_pushed_within_a_minute(citizens: Citizens, clock: Clock) -> None:
    clicks = [citizens.arrive(a_message(Event="CLICK", EventKey="x")) for _ in range(5)]
    for arrival in clicks[:4]:
        citizens.inbox.acknowledge(arrival.id)
        citizens.answers(arrival, text("好。"))
    assert len([out for _ in range(5) for out in citizens.push()]) == 3
    clock.move(seconds=61)
    citizens.inbox.acknowledge(clicks[4].id)
    citizens.answers(clicks[4], text("好。"))
    assert citizens.push() == [] and states(citizens) == ["sent"] * 3 + ["kept"] * 2


def test_after_two_days_nothing_is_pushed(citizens: Citizens, clock: Clock) -> None:
    arrival = citizens.asks()
    citizens.inbox.acknowledge(arrival.id)
    clock.move(hours=48)
    citizens.answers(arrival, text("好。"))
    assert citizens.push() == [] and states(citizens) == ["kept"]


def test_pushes_on_their_way_count_for_a_message_that_comes_meanwhile(citizens: Citizens, clock: Clock) -> None:
    for _ in range(3):
        citizens.late(text("好。"))
        assert len(citizens.push()) == 1
    for _ in range(4):  # the platform may have seen the message before those three
        arrival = citizens.asks()
        citizens.inbox.acknowledge(arrival.id)
    for number in range(arrival.id - 3, arrival.id + 1):
        citizens.inbox.finish(number, Answer(words="好。"))
    assert len([out for _ in range(5) for out in citizens.push()]) == 2
    assert states(citizens).count("kept") == 2


def test_what_does_not_fit_is_kept_and_given_for_more(citizens: Citizens) -> None:
    first = citizens.asks()
    whole = "".join(f"第{number}句话说完了。" for number in range(200))
    citizens.answers(first, text(whole, choices=[{"title": "一", "payload": "/a"}]))
    said = [citizens.passive(first) or ""]
    while said[-1].endswith(words().more):
        arrival = citizens.asks()
        citizens.inbox.finish(arrival.id, Answer(is_more=True))
        said.append(citizens.passive(arrival) or "")
    assert "".join(part.removesuffix("\n" + words().more) for part in said) == whole + "\n1. 一"
    assert all(len(part.encode()) < 2048 for part in said) and len(said) > 2
    arrival = citizens.asks()
    citizens.inbox.finish(arrival.id, Answer(is_more=True))
    assert citizens.passive(arrival) == words().no_more


def test_nothing_that_leads_to_the_citizen_or_was_said_lies_open(citizens: Citizens) -> None:
    first = citizens.asks()
    citizens.answers(first, text("查询码 AB3D5F7H。" * 100))
    citizens.passive(first)
    citizens.late(text("好。"))
    citizens.push()
    at_rest = everything_at_rest(citizens.database)
    assert OPENID not in at_rest.replace(f"digest-{OPENID}", "").replace(f"c-{OPENID}"[:32], "")
    assert "AB3D5F7H" not in at_rest


def test_more_than_twelve_messages_in_ten_seconds_are_refused_politely_and_once(
    citizens: Citizens, clock: Clock
) -> None:
    arrivals = [citizens.asks() for _ in range(30)]
    assert [one.works for one in arrivals] == [True] * 12 + [False] * 18
    assert citizens.passive(arrivals[12]) == words().too_fast
    assert {citizens.inbox.look(one.id).state for one in arrivals[13:]} == {"silent"}
    assert citizens.asks("other").works
    clock.move(seconds=11)
    assert citizens.asks().works


def test_whoever_answered_and_is_gone_is_replaced_by_the_next_request(citizens: Citizens, clock: Clock) -> None:
    message = a_message()
    first = citizens.arrive(message)
    clock.move(seconds=5)
    citizens.inbox.renew([first.id])
    assert not citizens.arrive(message).works
    assert not citizens.inbox.take_over(first.id)
    clock.move(seconds=7)
    assert citizens.inbox.take_over(first.id) and not citizens.inbox.take_over(first.id)
    clock.move(seconds=7)
    assert citizens.arrive(message).works
    assert rows(citizens.database, wechat_messages)[0]["requests"] == 3


def _do(works: list[Callable[[], Any]], place: int) -> Any:
    return works[place]()
