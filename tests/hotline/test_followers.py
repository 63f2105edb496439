"""Who follows somebody else's ticket, and what they see of it."""

import pytest

from hotline import followers
from hotline.access import wrong_codes
from hotline.lifecycle import NotAllowed
from hotline.steps import UnknownTicket
from hotline.tables import ticket_events, ticket_followers
from hotline.ticket import Appeal
from tests.hotline.support import PHONE, Desk, in_threads, rows


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


@pytest.fixture
def number(at_home: Desk) -> str:
    """A public ticket of the conversation c1."""
    number = at_home.open(what=at_home.tokenized(f"路灯坏了,请打 {PHONE}"), place="东湖区幸福路12号")
    at_home.staff(number, "publish", "operator", summary="东湖区一处路灯不亮")
    return number


def counted(desk: Desk, number: str) -> int:
    with desk.database.reading() as connection:
        return followers.count(connection, number)


def test_a_follower_sees_the_approved_summary_and_how_far_it_is_and_no_ones_words(at_home: Desk, number: str) -> None:
    at_home.tickets.join(number, "c2")
    at_home.staff(number, "accept", "operator", message="我们去看看")
    at_home.staff(number, "dispatch", "operator", department="urban-management")
    [view] = at_home.tickets.of_conversation("c2")
    assert (view.number, view.what, view.place) == (number, "东湖区一处路灯不亮", "东湖区")
    assert (view.state, view.department) == ("dispatched", "城市管理局")
    assert (view.events, view.link, view.can) == ([], "", ())


@pytest.mark.parametrize("step", ["urge", "withdraw", "supplement", "rate", "reopen"])
def test_only_the_conversation_that_opened_a_ticket_or_has_its_code_takes_a_step(at_home: Desk, step: str) -> None:
    opened = at_home.tickets.open(Appeal("once", kind="投诉", what="路灯坏了", place="幸福路", conversation="c1"))
    number, told = opened.view.number, (True,) if step == "rate" else ("又坏了",)
    at_home.staff(number, "publish", "operator", summary="一处路灯不亮")
    assert at_home.tickets.join(number, "c2").followed
    if step in ("rate", "reopen"):
        at_home.staff(number, "accept", "operator")
        at_home.staff(number, "dispatch", "operator", department="urban-management")
        at_home.staff(number, "answer", "officer", message="已修好")
    take, before = getattr(at_home.tickets, step), rows(at_home.database, ticket_events)
    for other, code in (("c2", ""), ("c3", ""), ("c2", "ABCD2345")):
        with pytest.raises(NotAllowed, match="role"):
            take(number, *told, conversation=other, code=code)
    assert rows(at_home.database, ticket_events) == before
    assert [row["failures"] for row in rows(at_home.database, wrong_codes)] == [1], "only a code that was given counts"
    assert take(number, *told, conversation="c2", code=opened.code).number == number


def test_following_twice_or_from_eight_threads_at_once_is_following_once(at_home: Desk, number: str) -> None:
    at_home.tickets.join(number, "c2")
    in_threads(8, lambda _: at_home.tickets.join(number, "c3"))
    at_home.tickets.join(number, "c2")
    assert counted(at_home, number) == len(rows(at_home.database, ticket_followers)) == 2


def test_ones_own_ticket_is_not_followed(at_home: Desk, number: str) -> None:
    assert at_home.tickets.join(number, "c1").number == number
    assert counted(at_home, number) == 0
    assert len(at_home.tickets.of_conversation("c1")) == 1


def test_ones_own_anonymous_ticket_is_listed_once(at_home: Desk) -> None:
    number = at_home.open(anonymous=True)
    at_home.staff(number, "publish", "operator", summary="一处路灯不亮")
    at_home.tickets.join(number, "c1")
    assert [view.what for view in at_home.tickets.of_conversation("c1")] == ["路灯坏了"]


def test_what_is_not_public_cannot_be_followed(at_home: Desk, number: str) -> None:
    at_home.staff(number, "hide", "operator")
    for unknown in (number, at_home.open(), "20200101-000001"):
        with pytest.raises(UnknownTicket):
            at_home.tickets.join(unknown, "c2")
    assert rows(at_home.database, ticket_followers) == []


def test_what_is_over_cannot_be_followed_and_who_followed_before_still_sees_it(at_home: Desk, number: str) -> None:
    at_home.tickets.join(number, "c2")
    at_home.tickets.withdraw(number)
    with pytest.raises(NotAllowed, match="state"):
        at_home.tickets.join(number, "c3")
    assert [view.state for view in at_home.tickets.of_conversation("c2")] == ["withdrawn"]


def test_an_erased_conversation_follows_nothing(at_home: Desk, number: str) -> None:
    at_home.tickets.join(number, "c2")
    at_home.tickets.join(number, "c3")
    with at_home.database.writing() as connection:
        followers.forget(connection, "c2")
        assert followers.followers(connection, number) == ["c3"]
        assert [row.number for row in followers.followed(connection, "c3")] == [number]
    assert at_home.tickets.of_conversation("c2") == []
