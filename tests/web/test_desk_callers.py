"""Callers known again: by a digest that only the secret makes, for those who may reach them, gone with the original."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from foundation.audit import Audit, log
from foundation.privacy import vault_items
from hotline.callers import callers, digest
from tests.hotline.clock import Clock, clock_at
from tests.hotline.support import PHONE, Desk, everything_at_rest, rows
from tests.web.desk_pages import PARKS, dispatched
from tests.web.visitor import signed_in

NEW = "/desk/tickets/new"
SAID = "这个电话 90 天内反映过"


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_at("2026-11-20 10:00") as clock:
        yield clock


def counted(page: str) -> int:
    """How many tickets a page says that the phone stands behind; 0 where it says nothing."""
    found = re.search(rf"{SAID} (\d+) 件", page)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(
    "written",
    ["138 1234 5678", "+86 13812345678", "86-138-1234-5678", "张先生 13812345678，晚上打", "幺三八幺二三四五六七八"],
)
def test_a_phone_is_known_again_however_it_is_written(desk: Desk, clock: Clock, written: str) -> None:
    desk.open(contact=PHONE, conversation="")
    number = desk.open(contact=written, conversation="")
    assert counted(signed_in(desk, "operator").see(f"/desk/tickets/{number}")) == 2


def test_a_ticket_of_a_conversation_counts_too_and_another_phone_does_not(desk: Desk, clock: Clock) -> None:
    number = desk.open(contact=desk.tokenized(PHONE))
    desk.open(contact="0551-62345678", conversation="")
    visitor = signed_in(desk, "operator")
    assert counted(visitor.see(f"/desk/tickets/{number}")) == 0
    abroad = desk.open(contact="+1 381 234 5678", conversation="")
    assert counted(visitor.see(f"/desk/tickets/{abroad}")) == 0
    other = desk.open(contact=PHONE, conversation="")
    page = visitor.see(f"/desk/tickets/{number}")
    assert counted(page) == 2 and f'href="/desk/tickets/{other}"' in page


def test_what_is_older_than_ninety_days_no_longer_counts(desk: Desk, clock: Clock) -> None:
    desk.open(contact=PHONE, conversation="")
    clock.move(days=91)
    number = desk.open(contact=PHONE, conversation="")
    assert counted(signed_in(desk, "operator").see(f"/desk/tickets/{number}")) == 0


def test_no_phone_stands_anywhere_and_no_digest_can_be_made_without_the_secret(desk: Desk, clock: Clock) -> None:
    desk.open(contact=PHONE, conversation="")
    assert PHONE not in everything_at_rest(desk.database)
    [kept] = rows(desk.database, callers)
    assert kept["digest"] == digest("secret", PHONE) != digest("another", PHONE)


def test_anonymous_tickets_are_never_known_again(desk: Desk, clock: Clock) -> None:
    desk.open(contact=PHONE, conversation="")
    number = desk.open(anonymous=True, what=f"打我电话 {PHONE}", conversation="")
    assert len(rows(desk.database, callers)) == 1
    assert counted(signed_in(desk, "supervisor").see(f"/desk/tickets/{number}")) == 0


def test_a_digest_goes_with_the_original(desk: Desk, clock: Clock) -> None:
    erased, thinned = desk.open(contact=PHONE, conversation=""), desk.open(contact=PHONE, conversation="")
    with desk.database.writing() as connection:
        desk.vault.erase(connection, f"ticket:{erased}")
    assert [row["ticket"] for row in rows(desk.database, callers)] == [thinned]
    with desk.database.writing() as connection:
        connection.execute(delete(vault_items))
    assert rows(desk.database, callers) == []


def test_only_who_may_reach_the_citizen_is_told(desk: Desk, clock: Clock) -> None:
    local = desk.with_settings(handling="local")
    numbers = [dispatched(local, contact=PHONE, conversation="") for _ in range(2)]
    elsewhere = dispatched(local, to="police", contact=PHONE, conversation="")
    assert counted(signed_in(desk, "auditor").see(f"/desk/tickets/{numbers[0]}")) == 0
    page = signed_in(desk, "officer", PARKS).see(f"/desk/tickets/{numbers[0]}")
    assert counted(page) == 3 and numbers[1] in page and elsewhere not in page


def test_what_only_supervisors_see_is_counted_for_nobody_else(desk: Desk, clock: Clock) -> None:
    numbers = [desk.open(contact=PHONE, conversation="", audience=audience) for audience in ("", "", "supervisors")]
    assert counted(signed_in(desk, "operator").see(f"/desk/tickets/{numbers[0]}")) == 2
    assert counted(signed_in(desk, "supervisor").see(f"/desk/tickets/{numbers[0]}")) == 3


def test_a_phone_is_looked_up_while_it_is_entered_and_nothing_typed_is_lost(desk: Desk, clock: Clock) -> None:
    first = desk.open(contact=PHONE, conversation="")
    visitor = signed_in(desk, "operator")
    page = visitor.send(f"{NEW}/caller", NEW, what="又坏了", contact="张先生 138-1234-5678", instance="a1")
    assert visitor.status == 200 and counted(page) == 1 and f'href="/desk/tickets/{first}"' in page
    assert "又坏了" in page and 'value="a1"' in page and len(rows(desk.database, callers)) == 1
    assert "没有反映过" in visitor.send(f"{NEW}/caller", NEW, contact="13900000000")
    assert "联系方式里没有电话" in visitor.send(f"{NEW}/caller", NEW, contact="<script>alert(1)</script>")
    assert SAID not in visitor.send(f"{NEW}/caller", NEW, contact=PHONE, anonymous="1")


def test_who_looks_a_phone_up_stands_in_the_trace_and_the_phone_does_not(desk: Desk, clock: Clock) -> None:
    desk.open(contact=PHONE, conversation="")
    visitor = signed_in(desk, "operator")
    for contact in (PHONE, "138-1234-5678", "13900000000", "没有电话"):
        visitor.send(f"{NEW}/caller", NEW, contact=contact)
    looks = [row for row in rows(desk.database, log) if row["act"] == "ticket.caller_look"]
    assert [(row["actor"], row["facts"]["tickets"]) for row in looks] == [("one-operator", one) for one in (1, 1, 0)]
    first, again, other = (row["facts"]["content"] for row in looks)
    assert first == again == Audit("secret").digest_of(PHONE) != other
    assert PHONE not in everything_at_rest(desk.database)
