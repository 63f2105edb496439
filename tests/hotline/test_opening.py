"""Opening a ticket once, and who finds it again."""

import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from foundation.clock import now
from hotline import access, outbox
from hotline.access import wrong_codes
from hotline.lifecycle import NotAllowed
from hotline.tables import deliveries, ticket_events, tickets
from hotline.ticket import Appeal, Opened
from tests.hotline.clock import Clock
from tests.hotline.support import PHONE, Desk, everything_at_rest, in_threads, rows


def test_an_opened_ticket_has_a_number_a_code_and_a_link(desk: Desk, clock: Clock) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了", "幸福路", conversation="c1"))
    assert opened.view.number == "20260921-000001"
    assert re.fullmatch(r"[A-Z2-9]{8}", opened.code)
    assert re.fullmatch(r"https://wenzheng\.example/t/[\w-]{22}", opened.view.link)
    assert (opened.view.state, opened.view.state_label) == ("submitted", "已提交")
    [event] = opened.view.events
    assert event["label"] == "已提交"
    assert event["text"] == "我们已收到您反映的事。一般10月8日前给您答复。"
    assert event["at"].endswith("+08:00")


def test_the_same_instance_again_gives_the_same_ticket_and_code(desk: Desk) -> None:
    appeal = Appeal("i1", "投诉", "路灯坏了")
    assert desk.tickets.open(appeal) == desk.tickets.open(appeal)
    assert [len(rows(desk.database, table)) for table in (tickets, ticket_events, deliveries)] == [1, 1, 1]


def test_one_instance_from_eight_threads_at_once_opens_one_ticket(desk: Desk) -> None:
    opened: list[Opened] = in_threads(8, lambda _: desk.tickets.open(Appeal("i1", "投诉", "路灯坏了")))
    assert len({(one.view.number, one.code) for one in opened}) == 1
    assert [len(rows(desk.database, table)) for table in (tickets, ticket_events, deliveries)] == [1, 1, 1]


def test_eight_threads_number_their_tickets_without_gap_or_double(desk: Desk, clock: Clock) -> None:
    numbers = in_threads(8, lambda place: [desk.open(f"{place}-{turn}") for turn in range(3)])
    counters = sorted(int(number.partition("-")[2]) for some in numbers for number in some)
    assert counters == list(range(1, 25))


def test_three_processes_number_their_tickets_without_gap_or_double_and_share_an_instance(desk: Desk) -> None:
    """On one day, whatever the clock on the wall shows: with each day the numbers begin again."""
    program = f"""
import sys
from pathlib import Path
from foundation.database import Database
from foundation.privacy import Vault
from hotline.ticket import Appeal, Tickets
from tests.hotline.clock import clock_at
from tests.hotline.support import DATA_KEYS, make_settings
url = {desk.settings.database_url!r}
tickets = Tickets(Database(url), Vault(DATA_KEYS), make_settings(url, Path()))
with clock_at("2026-09-21 09:00"):
    for turn in range(5):
        print(tickets.open(Appeal(sys.argv[1] + str(turn), "投诉", "路灯坏了")).view.number)
        tickets.open(Appeal("shared", "投诉", "路灯坏了"))
"""
    command = [sys.executable, "-c", program]
    running = [subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True) for name in "abc"]
    printed = [number for process in running for number in process.communicate()[0].split()]
    counters = sorted(int(row["number"].partition("-")[2]) for row in rows(desk.database, tickets))
    assert len(printed) == len(set(printed)) == 15
    assert counters == list(range(1, 17))


def test_when_the_delivery_cannot_be_written_there_is_no_ticket(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(outbox, "add", fail)
    with pytest.raises(RuntimeError):
        desk.open("i1")
    assert not rows(desk.database, tickets)
    monkeypatch.undo()
    assert desk.open("i1").endswith("-000001")


@pytest.mark.parametrize(
    "wrong", [{"kind": "抱怨"}, {"what": "  "}, {"instance": ""}, {"anonymous": True, "contact": "李女士"}]
)
def test_an_appeal_that_makes_no_ticket_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Appeal(**({"instance": "i", "kind": "投诉", "what": "路灯坏了"} | wrong))


def test_a_phone_is_nowhere_at_rest_whether_it_comes_as_a_token_or_raw(desk: Desk) -> None:
    said = {"what": f"路灯坏了,找 {PHONE}", "contact": f"李女士 {PHONE}"}
    number = desk.open(**{name: desk.tokenized(text) for name, text in said.items()})
    raw = desk.open(conversation="", channel="phone", **said)
    desk.tickets.supplement(number, desk.tokenized("也可打 010-87654321"), "c1")
    desk.tickets.urge(raw, f"快点,{PHONE}")
    assert "路灯坏了" in everything_at_rest(desk.database)
    assert PHONE not in everything_at_rest(desk.database)
    assert "87654321" not in everything_at_rest(desk.database)
    assert desk.tickets.of_conversation("c1")[0].what == "路灯坏了,找 138****5678"
    assert desk.bodies(number)[0]["data"]["contact"] == "李女士 〔电话1〕"


@pytest.mark.parametrize("phone", ["65123456", "(010)65123456", "010—65123456", "0571 8888 1234", "138--1234-5678"])
def test_a_phone_stands_nowhere_in_clear_however_it_was_written(desk: Desk, phone: str) -> None:
    number = desk.open(what=desk.tokenized(f"路灯坏了,请打{phone}"), place=f"幸福路,电话{phone}")
    desk.tickets.urge(number, f"快点,打{phone}")
    assert phone not in everything_at_rest(desk.database)
    assert desk.tickets.of_conversation("c1")[0].what.startswith("路灯坏了,请打")


def test_the_code_opens_the_ticket_and_ten_wrong_ones_shut_it_for_an_hour(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了"))
    number, tickets_of_desk = opened.view.number, desk.tickets
    assert tickets_of_desk.by_number_and_code(number, f" {opened.code.lower()} ") == opened.view
    assert tickets_of_desk.by_number_and_code("20200101-000001", opened.code) is None
    for _ in range(9):
        assert tickets_of_desk.by_number_and_code(number, "AAAAAAAA") is None
    assert tickets_of_desk.by_number_and_code(number, opened.code) == opened.view
    for _ in range(10):
        assert tickets_of_desk.by_number_and_code(number, "错的") is None
    assert tickets_of_desk.by_number_and_code(number, opened.code) is None
    with desk.database.writing() as connection:
        connection.execute(update(wrong_codes).values(failed_at=now() - timedelta(minutes=61)))
    assert tickets_of_desk.by_number_and_code(number, opened.code) == opened.view
    assert rows(desk.database, wrong_codes) == [], "no address is kept longer than it counts"


def test_wrong_codes_behind_the_link_shut_it_for_an_hour_and_the_bare_number_counts_for_itself(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了"))
    number = opened.view.number
    assert [desk.tickets.try_code(number, "AAAAAAAA") for _ in range(12)] == ["wrong"] * 10 + ["shut"] * 2
    assert desk.tickets.try_code(number, opened.code) == "shut"
    assert desk.tickets.by_number_and_code(number, opened.code, "198.51.100.7") == opened.view
    with desk.database.writing() as connection:
        connection.execute(update(tickets).values(code_failed_at=now() - timedelta(minutes=61)))
    assert desk.tickets.try_code(number, opened.code) == "right"


def test_many_addresses_together_cannot_guess_a_code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "FAILURES_OF_ALL", 25)
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了"))
    number = opened.view.number
    for place in range(40):
        assert desk.tickets.by_number_and_code(number, "AAAAAAAA", f"203.0.113.{place}") is None
    assert sum(row["failures"] for row in rows(desk.database, wrong_codes)) == 25
    assert desk.tickets.by_number_and_code(number, opened.code, "198.51.100.7") is None
    assert desk.tickets.try_code(number, opened.code) == "right", "the link still opens it"


def test_ten_wrong_codes_of_acts_shut_the_ticket_to_where_they_came_from_only(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了", conversation="c1"))
    number, tickets_of_desk = opened.view.number, desk.tickets
    stranger, citizen = access.source_of_user("key", "wechat", "o1"), access.source_of_user("key", "wechat", "o2")
    for place in range(10):
        with pytest.raises(NotAllowed):
            tickets_of_desk.urge(number, conversation=f"s{place}", code="AAAAAAAA", source=stranger)
    with pytest.raises(NotAllowed):
        tickets_of_desk.supplement(number, "第三盏", conversation="s1", code=opened.code, source=stranger)
    for take in (tickets_of_desk.supplement, tickets_of_desk.urge, tickets_of_desk.withdraw):
        assert take(number, "第三盏", conversation="c9", code=opened.code, source=citizen).number == number


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.2", False),
        ("203.0.113.1", "203.0.113.2", False),
        ("unix", "unix", True),
    ],
)
def test_a_source_is_an_address_or_the_network_behind_it(one: str, other: str, same: bool) -> None:
    assert (access.source("key", one) == access.source("key", other)) is same
    assert access.source("key", one) != access.source("another", one)


def test_wrong_codes_from_many_threads_are_all_counted(desk: Desk) -> None:
    number = desk.open("i1")
    in_threads(12, lambda _: desk.tickets.by_number_and_code(number, "AAAAAAAA"))
    assert [row["failures"] for row in rows(desk.database, wrong_codes)] == [10]


def test_the_link_shows_the_ticket_and_a_wrong_one_nothing(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了"))
    token = opened.view.link.rpartition("/")[2]
    assert desk.tickets.by_token(token) == opened.view
    assert desk.tickets.by_token(token[:-1]) is None
    assert token not in everything_at_rest(desk.database)
    assert opened.code not in everything_at_rest(desk.database)


def test_the_link_shows_a_number_that_the_hotline_wrote_but_never_the_citizens_own(desk: Desk) -> None:
    number = desk.open(contact=desk.tokenized(PHONE))
    desk.staff(number, "progress", message="请拨打 010-87654321")
    desk.staff(number, "answer", message=f"已联系 {PHONE}")
    in_chat = desk.tickets.of_conversation("c1")[0]
    by_link = desk.tickets.by_token(in_chat.link.rpartition("/")[2])
    assert by_link is not None
    assert [event["text"] for event in in_chat.events[1:]] == ["请拨打 010****4321。", "已联系 138****5678。"]
    assert [event["text"] for event in by_link.events[1:]] == ["请拨打 010-87654321。", "已联系 138****5678。"]


def test_a_conversation_finds_its_own_tickets_the_latest_first(desk: Desk) -> None:
    numbers = [desk.open("i1"), desk.open("i2")]
    desk.open("i3", conversation="c2")
    assert [view.number for view in desk.tickets.of_conversation("c1")] == numbers[::-1]
    assert desk.tickets.of_conversation("") == []


def test_an_anonymous_ticket_is_found_by_its_conversation_but_does_not_lead_back(desk: Desk) -> None:
    number = desk.open("conversation-77:1", conversation="conversation-77", anonymous=True)
    assert [view.number for view in desk.tickets.of_conversation("conversation-77")] == [number]
    assert "conversation-77" not in everything_at_rest(desk.database)


def test_an_erased_ticket_shows_no_number_and_opens_to_no_code(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", f"找 {PHONE}", conversation="c1"))
    with desk.database.writing() as connection:
        desk.vault.erase(connection, f"ticket:{opened.view.number}")
    view = desk.tickets.of_conversation("c1")[0]
    assert (view.what, view.link) == ("找 ", "")
    assert desk.tickets.by_number_and_code(opened.view.number, opened.code) is None
