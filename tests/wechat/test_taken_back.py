"""A reply that nobody waited for any more: whatever else happens at that moment, the citizen gets it once."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from foundation.clock import now
from tests.hotline.support import in_threads, rows
from tests.wechat.account import OPENID
from tests.wechat.citizens import Citizens, a_message, states, text
from wechat import inbox, users
from wechat.inbox import Answer, Arrival
from wechat.message import Message
from wechat.tables import wechat_messages, wechat_users
from wechat.words import words

CITIZEN = f"digest-{OPENID}"


def requests(citizens: Citizens, message: Message, number: int) -> Arrival:
    """The last of so many requests of a message that was answered before the first."""
    first = citizens.arrive(message)
    citizens.answers(first, text("好。", choices=[{"title": "一", "payload": "/a"}]))
    return [first, *(citizens.arrive(message) for _ in range(number - 1))][-1]


def lost(citizens: Citizens, arrival: Arrival) -> str:
    """The reply of a request whose connection was closed before it was written."""
    reply = citizens.delivery.passive(arrival.id, CITIZEN, arrival.request)
    assert reply
    citizens.delivery.take_back(arrival.id, CITIZEN, arrival.request, reply)
    return reply.text


def left_lying(citizens: Citizens) -> None:
    """No request comes any more."""
    with citizens.database.writing() as connection:
        inbox.hand_over(connection, now())


def one_of(acts: Sequence[Callable[[], Any]], place: int) -> Any:
    return acts[place]()


def test_the_next_request_brings_it(citizens: Citizens) -> None:
    message = a_message()
    lost(citizens, requests(citizens, message, 1))
    assert citizens.push() == []
    assert citizens.passive(citizens.arrive(message)) == "好。\n1. 一"
    left_lying(citizens)
    assert states(citizens) == []


def test_where_no_further_request_comes_the_worker_pushes_it(citizens: Citizens) -> None:
    message = a_message()
    lost(citizens, requests(citizens, message, 2))
    left_lying(citizens)
    left_lying(citizens)
    assert [out.text for _ in range(2) for out in citizens.push()] == ["好。\n1. 一"]
    late = citizens.arrive(message)
    assert citizens.inbox.look(late.id).state == "pushed" and citizens.passive(late) is None


def test_after_the_last_request_it_is_pushed_at_once(citizens: Citizens) -> None:
    message = a_message()
    last = requests(citizens, message, 3)
    lost(citizens, last)
    assert [out.text for _ in range(2) for out in citizens.push()] == ["好。\n1. 一"]
    citizens.inbox.acknowledge(last.id)
    left_lying(citizens)
    assert citizens.passive(citizens.arrive(message)) is None and states(citizens) == ["sent"]


def test_a_request_that_came_meanwhile_gives_it_again_and_nothing_is_taken_back(citizens: Citizens) -> None:
    message = a_message()
    first = requests(citizens, message, 1)
    reply = citizens.delivery.passive(first.id, CITIZEN, first.request)
    assert reply
    second = citizens.arrive(message)
    citizens.delivery.take_back(first.id, CITIZEN, first.request, reply)
    row = citizens.inbox.look(second.id)
    assert row.state == "passive" and citizens.delivery.again(row) == reply.text
    left_lying(citizens)
    assert states(citizens) == []


def test_taking_back_and_a_new_request_at_the_same_moment(citizens: Citizens) -> None:
    for _ in range(8):
        message = a_message()
        first = requests(citizens, message, 1)
        reply = citizens.delivery.passive(first.id, CITIZEN, first.request)
        assert reply
        both: list[Callable[[], Any]] = [
            partial(citizens.arrive, message),
            partial(citizens.delivery.take_back, first.id, CITIZEN, first.request, reply),
        ]
        [second] = [one for one in in_threads(2, partial(one_of, both)) if one]
        row = citizens.inbox.look(second.id)
        said = citizens.delivery.again(row) if row.state == "passive" else citizens.passive(second)
        assert said == reply.text
    left_lying(citizens)
    assert states(citizens) == []


def test_taking_back_and_acknowledging_a_copy_at_the_same_moment_pushes_once(citizens: Citizens) -> None:
    for _ in range(8):
        arrival = requests(citizens, a_message(), 1)
        reply = citizens.delivery.passive(arrival.id, CITIZEN, arrival.request)
        assert reply
        both: list[Callable[[], Any]] = [
            partial(citizens.inbox.acknowledge, arrival.id),
            partial(citizens.delivery.take_back, arrival.id, CITIZEN, arrival.request, reply),
        ]
        in_threads(2, partial(one_of, both))
    left_lying(citizens)
    assert len(states(citizens)) == 8


def test_taking_back_twice_pushes_once(citizens: Citizens) -> None:
    last = requests(citizens, a_message(), 3)
    reply = citizens.delivery.passive(last.id, CITIZEN, last.request)
    assert reply
    take_back = partial(citizens.delivery.take_back, last.id, CITIZEN, last.request, reply)
    in_threads(3, lambda _: take_back())
    assert len(states(citizens)) == 1


def test_what_was_kept_comes_again_with_it(citizens: Citizens) -> None:
    citizens.late(text("早些时候的。"), question="问")
    assert citizens.push(48001) == [] and states(citizens) == ["kept"]
    message = a_message()
    said = lost(citizens, requests(citizens, message, 1))
    assert said == "刚才您问的“问”：\n\n早些时候的。\n\n好。\n1. 一"
    assert states(citizens) == ["kept"]
    assert citizens.passive(citizens.arrive(message)) == said and states(citizens) == ["given"]


def test_what_was_kept_comes_again_with_its_push(citizens: Citizens) -> None:
    citizens.late(text("早些时候的。"), question="问")
    assert citizens.push(48001) == []
    said = lost(citizens, requests(citizens, a_message(), 3))
    assert [out.text for out in citizens.push()] == [said] and states(citizens) == ["given", "sent"]


def test_the_rest_of_a_long_answer_is_not_lost(citizens: Citizens) -> None:
    whole = "".join(f"第{number}句话说完了。" for number in range(200))
    first = citizens.asks()
    citizens.answers(first, text(whole))
    said = [citizens.passive(first) or ""]
    while said[-1].endswith(words().more):
        message = a_message()
        arrival = citizens.arrive(message)
        citizens.inbox.finish(arrival.id, Answer(is_more=True))
        lost(citizens, arrival)
        said.append(citizens.passive(citizens.arrive(message)) or "")
    assert "".join(part.removesuffix("\n" + words().more) for part in said) == whole and len(said) > 2


def test_what_was_shown_since_stays(citizens: Citizens) -> None:
    first = requests(citizens, a_message(), 1)
    reply = citizens.delivery.passive(first.id, CITIZEN, first.request)
    assert reply
    second = citizens.asks()
    citizens.answers(second, text("很长。" * 400))
    shown = citizens.delivery.passive(second.id, CITIZEN, second.request)
    citizens.delivery.take_back(first.id, CITIZEN, first.request, reply)
    [user] = rows(citizens.database, wechat_users)
    assert shown and user["more"] == shown.more_after is not None


def test_after_an_erasure_nothing_comes_back(citizens: Citizens) -> None:
    first = citizens.asks()
    citizens.answers(first, text("很长。" * 400))
    citizens.passive(first)
    arrival = citizens.asks()
    citizens.inbox.finish(arrival.id, Answer(is_more=True))
    reply = citizens.delivery.passive(arrival.id, CITIZEN, arrival.request)
    assert reply and reply.more_before
    with citizens.database.writing() as connection:
        users.forget(connection, connection.execute(select(wechat_users.c.conversation)).scalar_one())
    citizens.delivery.take_back(arrival.id, CITIZEN, arrival.request, reply)
    [user] = rows(citizens.database, wechat_users)
    assert user["more"] is None
    assert [row["sent"] for row in rows(citizens.database, wechat_messages)] == [None, None]
