"""Merging and splitting: nobody who waits is forgotten, and nothing is joined that must stay apart."""

from typing import Any

import pytest

from foundation.database import metadata
from hotline.desk import Actor
from hotline.desk import Desk as StaffDesk
from hotline.lifecycle import NotAllowed
from hotline.steps import StaleVersion
from hotline.tables import ticket_counters, ticket_events, ticket_followers, tickets
from tests.hotline.support import PHONE, Desk, everything_at_rest, in_threads, rows

OPERATOR, SUPERVISOR = Actor("li", ("operator",)), Actor("wang", ("supervisor",))


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


@pytest.fixture
def staff(at_home: Desk) -> StaffDesk:
    return StaffDesk(at_home.database, at_home.vault, at_home.settings)


def row(desk: Desk, number: str) -> dict[str, Any]:
    return next(one for one in rows(desk.database, tickets) if one["number"] == number)


def everything(desk: Desk) -> dict[str, Any]:
    return {table.name: rows(desk.database, table) for table in metadata.sorted_tables}


def followers(desk: Desk, number: str) -> set[str]:
    return {one["conversation"] for one in rows(desk.database, ticket_followers) if one["ticket"] == number}


def public(staff: StaffDesk, desk: Desk, **told: Any) -> str:
    number = desk.open(**told)
    staff.take(number, "publish", OPERATOR, {"summary": "幸福路路灯不亮"}, 1)
    return number


def test_a_merged_ticket_ends_and_everybody_who_waits_for_it_follows_the_main_one(
    staff: StaffDesk, at_home: Desk
) -> None:
    main, merged = at_home.open(conversation="c1"), public(staff, at_home, conversation="c2")
    at_home.tickets.join(merged, "c3")
    staff.merge(merged, main, OPERATOR, 2)
    assert (row(at_home, merged)["state"], row(at_home, merged)["main"]) == ("duplicate", main)
    assert followers(at_home, main) == {"c2", "c3"}
    assert [view.number for view in at_home.tickets.of_conversation("c2")] == [merged, main]
    told = at_home.tickets.of_conversation("c2")[0].events[-1]["text"]
    assert told == f"您反映的事正在工单 {main} 里一起办理,请看那张工单的进展。"
    assert at_home.bodies(merged)[-1]["data"]["main"] == main
    assert row(at_home, main)["version"] == 1, "the main one's own citizen is not disturbed"


def test_who_follows_a_ticket_that_is_merged_on_follows_on(staff: StaffDesk, at_home: Desk) -> None:
    first, second, third = (at_home.open(conversation=f"c{place}") for place in (1, 2, 3))
    staff.merge(first, second, OPERATOR, 1)
    staff.merge(second, third, OPERATOR, 1)
    assert followers(at_home, third) == {"c1", "c2"}


def test_a_citizen_follows_no_own_ticket(staff: StaffDesk, at_home: Desk) -> None:
    main, again = at_home.open(conversation="c1"), at_home.open(conversation="c1")
    staff.merge(again, main, OPERATOR, 1)
    assert followers(at_home, main) == set()
    assert [view.number for view in at_home.tickets.of_conversation("c1")] == [again, main]


def test_an_anonymous_citizen_leaves_no_trace_among_the_followers(staff: StaffDesk, at_home: Desk) -> None:
    main, secret = at_home.open(conversation="c1"), at_home.open(conversation="hidden-one", anonymous=True)
    staff.merge(secret, main, OPERATOR, 1)
    assert followers(at_home, main) == set()
    assert "hidden-one" not in everything_at_rest(at_home.database)
    seen = at_home.tickets.main_of(secret)
    assert seen is not None and seen.number == main


@pytest.mark.parametrize(
    ("merged", "main"),
    [
        ({"kind": "举报"}, {}),
        ({}, {"kind": "举报"}),
        ({"audience": "supervisors"}, {}),
        ({}, {"audience": "supervisors"}),
    ],
)
def test_what_must_stay_apart_is_never_merged(
    staff: StaffDesk, at_home: Desk, merged: dict[str, str], main: dict[str, str]
) -> None:
    number, target = at_home.open(**merged), at_home.open(**main)
    before = everything(at_home)
    with pytest.raises(NotAllowed, match="kind"):
        staff.merge(number, target, SUPERVISOR, 1)
    assert everything(at_home) == before


def test_nothing_is_merged_into_itself_into_what_is_over_or_by_an_old_look(staff: StaffDesk, at_home: Desk) -> None:
    number, over, other = at_home.open(), at_home.open(), at_home.open()
    at_home.tickets.withdraw(over)
    before = everything(at_home)
    for main in (number, over):
        with pytest.raises(NotAllowed, match="state"):
            staff.merge(number, main, OPERATOR, 1)
    with pytest.raises(StaleVersion):
        staff.merge(number, other, OPERATOR, 0)
    assert everything(at_home) == before


def test_two_tickets_are_never_merged_into_each_other(staff: StaffDesk, at_home: Desk) -> None:
    for _ in range(5):
        pair = at_home.open(), at_home.open()

        def merge(place: int, pair: tuple[str, str] = pair) -> str:
            try:
                staff.merge(pair[place], pair[1 - place], OPERATOR, 1)
            except NotAllowed as refused:
                return refused.reason
            return "merged"

        assert sorted(in_threads(2, merge)) == ["merged", "state"]
        assert sorted(row(at_home, number)["state"] for number in pair) == ["duplicate", "submitted"]


def test_a_part_becomes_a_ticket_of_the_same_citizen(staff: StaffDesk, at_home: Desk) -> None:
    contact = at_home.tokenized(f"李女士 {PHONE}")
    whole = at_home.open(contact=contact, what="路灯坏了,还有噪音", place="东湖区幸福路")
    child = staff.split(whole, f"工地夜里施工,请打 {PHONE}", "park", SUPERVISOR, 1)
    part = row(at_home, child)
    assert (part["parent"], part["conversation"], part["category"]) == (whole, "c1", "park")
    assert (part["district"], part["street"], part["kind"]) == ("east", row(at_home, whole)["street"], "投诉")
    [body] = at_home.bodies(child)
    assert (body["data"]["parent"], body["data"]["conversation"]) == (whole, "c1")
    with at_home.database.reading() as connection:
        assert at_home.vault.reveal(connection, f"ticket:{child}", part["contact"]) == f"李女士 {PHONE}"
        assert at_home.vault.reveal(connection, f"ticket:{child}", part["what"]) == f"工地夜里施工,请打 {PHONE}"
    assert PHONE not in everything_at_rest(at_home.database)
    assert {view.number for view in at_home.tickets.of_conversation("c1")} == {whole, child}
    told = next(view for view in at_home.tickets.of_conversation("c1") if view.number == whole).events[-1]["text"]
    assert told == f"其中一件事另开了工单 {child},分开办理。"
    signed = [(event["step"], event["actor"]) for event in rows(at_home.database, ticket_events) if event["actor"]]
    assert sorted(signed) == [("split", "wang"), ("submit", "wang")]


def test_words_taken_over_from_the_whole_keep_their_numbers(staff: StaffDesk, at_home: Desk) -> None:
    whole = at_home.open(what=at_home.tokenized(f"店主电话 {PHONE}"))
    child = staff.split(whole, row(at_home, whole)["what"], "", OPERATOR, 1)
    with at_home.database.reading() as connection:
        original = at_home.vault.reveal(connection, f"ticket:{child}", row(at_home, child)["what"])
    assert original == f"店主电话 {PHONE}"


def test_a_part_of_an_anonymous_ticket_is_anonymous_and_its_citizens_own(staff: StaffDesk, at_home: Desk) -> None:
    whole = at_home.open(conversation="hidden-one", anonymous=True)
    child = staff.split(whole, "还有噪音", "", OPERATOR, 1)
    assert {view.number for view in at_home.tickets.of_conversation("hidden-one")} == {whole, child}
    assert row(at_home, child)["anonymous"]
    assert "conversation" not in at_home.bodies(child)[0]["data"]
    assert "hidden-one" not in everything_at_rest(at_home.database)


def test_a_refused_split_leaves_no_half_ticket_and_uses_up_no_number(staff: StaffDesk, at_home: Desk) -> None:
    whole = at_home.open()
    before = everything(at_home)
    for part, category, version, error in [
        ("还有噪音", "", 0, StaleVersion),
        ("还有噪音", "nothing", 1, ValueError),
        ("  ", "", 1, ValueError),
    ]:
        with pytest.raises(error):
            staff.split(whole, part, category, OPERATOR, version)
    at_home.tickets.withdraw(whole)
    with pytest.raises(NotAllowed, match="state"):
        staff.split(whole, "还有噪音", "", OPERATOR, 2)
    assert len(everything(at_home)["tickets"]) == len(before["tickets"]) == 1
    assert [one["last"] for one in rows(at_home.database, ticket_counters)] == [1]
