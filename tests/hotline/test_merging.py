"""Merging and splitting: nobody who waits is forgotten, and nothing is joined that must stay apart."""

from types import SimpleNamespace
from typing import Any

import pytest

from foundation.database import metadata
from hotline.desk import Actor
from hotline.desk import Desk as StaffDesk
from hotline.lifecycle import NotAllowed
from hotline.overdue import Overdue
from hotline.standing import Standing
from hotline.steps import StaleVersion, rebuilt_standing
from hotline.tables import ticket_counters, ticket_events, ticket_followers, tickets
from tests.hotline.clock import Clock, shanghai
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


def attend(desk: Desk) -> None:
    Overdue(desk.database, desk.vault, desk.settings).attend()


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


def test_nothing_is_merged_into_what_is_answered_for_its_citizen_would_hear_no_more_of_it(
    staff: StaffDesk, at_home: Desk
) -> None:
    number, answered = at_home.open(), at_home.open()
    at_home.staff(answered, "accept", "operator")
    at_home.staff(answered, "dispatch", "operator", department="parks")
    at_home.staff(answered, "answer", "officer", message="已修好")
    with pytest.raises(NotAllowed, match="state"):
        staff.merge(number, answered, OPERATOR, 1)
    assert row(at_home, number)["state"] == "submitted"


@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_who_was_merged_into_a_ticket_that_ends_without_an_answer_is_handled_alone_again(
    staff: StaffDesk, at_home: Desk, clock: Clock, end: str
) -> None:
    main, merged = at_home.open(conversation="c1"), public(staff, at_home, conversation="c2")
    at_home.tickets.join(merged, "c3")
    at_home.staff(merged, "accept", "operator")
    at_home.staff(merged, "dispatch", "operator", department="parks")
    staff.merge(merged, main, OPERATOR, 4)
    attend(at_home)
    assert row(at_home, merged)["state"] == "duplicate", "nothing has happened to the main one"
    clock.set("2026-10-19 09:00")  # long after the first limit
    if end == "withdraw":
        at_home.tickets.withdraw(main)
    else:
        staff.take(main, "reject", OPERATOR, {"reason": "not_ours", "instead": "请问邻市"}, 1)
    in_threads(3, lambda _: attend(at_home))
    own = row(at_home, merged)
    assert (own["state"], own["main"], own["department"], own["closed_at"]) == ("accepted", "", "", None)
    assert (own["contact_by"], own["handle_by"]) == (shanghai("2026-10-20 23:59:59"), shanghai("2026-10-28 23:59:59"))
    log = [event["step"] for event in rows(at_home.database, ticket_events) if event["ticket"] == merged]
    assert log.count("unmerge") == 1 and "supervise" not in log
    with at_home.database.reading() as connection:
        assert rebuilt_standing(connection, merged) == Standing.of(SimpleNamespace(**own))
    assert followers(at_home, main) == set() and followers(at_home, merged) == {"c3"}
    [view] = at_home.tickets.of_conversation("c2")
    assert "withdraw" in view.can
    assert view.events[-1]["text"] == (
        f"您的事原来并在工单 {main} 里。那张工单已经结束,您的事我们接着单独办。一般10月28日前给您答复。"
    )
    sent = at_home.bodies(merged)[-1]
    assert (sent["type"], sent["data"]["state"], sent["data"]["main"]) == ("ticket.changed", "accepted", main)


def test_of_a_chain_of_merged_tickets_only_the_one_below_the_end_is_let_go(staff: StaffDesk, at_home: Desk) -> None:
    first, second, third = (at_home.open(conversation=f"c{place}") for place in (1, 2, 3))
    staff.merge(first, second, OPERATOR, 1)
    staff.merge(second, third, OPERATOR, 1)
    at_home.tickets.withdraw(third)
    for _ in range(2):
        attend(at_home)
    assert [row(at_home, number)["state"] for number in (first, second)] == ["duplicate", "accepted"]
    assert (followers(at_home, third), followers(at_home, second)) == (set(), {"c1"})


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
