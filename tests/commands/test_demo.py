"""The demonstration: a city in every state, plainly marked, that sends nothing and leaves nothing behind."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from commands.demonstration import play
from commands.demonstration.filling import Refused, fill, take_away
from commands.demonstration.people import PREFIX
from commands.demonstration.removal import ROOTS, _made_up
from conversations.figures import ConversationRollup
from conversations.handover.tables import handovers
from conversations.tables import turns
from foundation.audit import Audit
from foundation.audit import log as audit_log
from foundation.database import metadata
from foundation.demonstration import CONVERSATION, TICKET
from hotline.desk import Actor
from hotline.desk import Desk as TicketDesk
from hotline.dispatch.confirmed import confirmed
from hotline.figures import Rollup
from hotline.overdue import RUNNING, Overdue
from hotline.standing import Standing
from hotline.steps import rebuilt_standing
from hotline.tables import deliveries, event_notices, ticket_counters, tickets
from knowledge.tables import entries
from staff import accounts
from tests.commands.city import PASSWORD, a_city, everything, filled, know, pictures
from tests.hotline.clock import Clock, clock_at
from tests.hotline.conftest import database, desk
from tests.hotline.support import Desk, rows
from tests.web.talking import say, talk
from tests.web.visitor import signed_in

__all__ = ["database", "desk"]
COUNT = 15
NOW = "2026-11-27 16:00"


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_at(NOW) as clock:
        yield clock


@pytest.fixture
def empty(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """A city without anything but some entries."""
    with a_city(tmp_path) as desk:
        yield desk


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A city with demonstration data, for tests that change nothing which another one looks at."""
    with clock_at(NOW), a_city(tmp_path_factory.mktemp("full")) as desk:
        filled(desk, 60)
        yield desk


def refresh(desk: Desk) -> None:
    for rollup in (Rollup, ConversationRollup):
        rollup(desk.database, "Asia/Shanghai").refresh()


def test_it_is_removed_without_a_trace_but_two_lines_in_the_log(desk: Desk, clock: Clock) -> None:
    city = desk
    know(city)
    number = city.open(what="真的路灯坏了", contact="13912345678")
    mine = talk(city.database, clock.at)
    say(city.database, mine, clock.at, "answered", answer="id-card-lost")
    with city.database.writing() as connection:
        accounts.add(connection, "real", "真人", PASSWORD, ["operator"])
    refresh(city)
    before = everything(city)
    made = filled(city)
    refresh(city)
    during = everything(city)
    assert made[TICKET] >= COUNT and made[CONVERSATION] > COUNT and len(pictures(city)) >= 2 * made["upload"] > 0
    for name in ("tickets", "turns", "vault_keys", "deliveries", "uploads", "staff_accounts", "gaps", "turn_ratings"):
        assert len(during[name]) > len(before[name]), name
    assert take_away(city.database, city.settings) == (made, [])
    refresh(city)
    after = everything(city)
    assert [name for name in before if after[name] != before[name]] == []
    assert pictures(city) == []
    logged = [(row["actor"], row["act"], row["at"]) for row in rows(city.database, audit_log)]
    assert logged == [("command", act, clock.at) for act in ("demo.fill", "demo.remove")], "at the time of writing"
    with city.database.reading() as connection:
        assert list(Audit(city.settings.secret_key).broken(connection)) == []
    assert city.open() > number


def test_tickets_are_in_many_states_and_what_their_events_lead_to(full: Desk, clock: Clock) -> None:
    found = rows(full.database, tickets)
    states = Counter(row["state"] for row in found)
    assert {"submitted", "in_progress", "answered", "closed"} <= states.keys() and len(states) >= 6
    assert all(row["opened_at"] <= clock.at and row["changed_at"] <= clock.at for row in found)
    assert sum(row["summary"].startswith("【演示】") for row in found) > 5
    assert all(row["summary"] == "" or row["kind"] != "举报" for row in found)
    assert {"web", "wechat", "report", "phone"} <= {row["channel"] for row in found}
    with full.database.reading() as connection:
        for row in connection.execute(select(tickets)).all():
            assert rebuilt_standing(connection, row.number) == Standing.of(row)
        assert connection.execute(select(event_notices)).first() is None
        assert confirmed(connection) == []  # the dispatch model learns nothing from it


def test_conversations_rest_on_real_entries_and_their_evidence(full: Desk, clock: Clock) -> None:
    with full.database.reading() as connection:
        answered = connection.execute(select(turns).where(turns.c.outcome == "answered")).all()
        outcomes = set(connection.execute(select(turns.c.outcome)).scalars())
    assert {"answered", "answered_facet", "no_answer", "ticket_opened", "collecting"} <= outcomes
    for row in answered:
        first = row.evidence["knowledge"]["candidates"][0]
        assert row.replies[0]["origin"]["id"] == first["entry"] and 0.5 < first["probability"] < 1
    texts = "".join(str(row["text"]) for row in rows(full.database, turns))
    assert "1380000" not in texts and "〔电话1〕" in texts


PAGES = ("/", "/chat", "/board", "/report", "/nowhere", "/desk/tickets", "/desk/figures", "/desk/figures/service")


def test_every_page_says_so_while_it_is_there(full: Desk, clock: Clock) -> None:
    visitor = signed_in(full, "supervisor")
    for address in PAGES:
        assert "演示数据" in visitor.see(address) or visitor.status == 302, address


ALIVE = {  # pages, and what stands on them only while something is there
    "/desk/conversations/sample": ("两个人判断，一致的占",),
    "/desk/conversations/loop": ("中位数",),
    "/desk/conversations/unanswered": ("问得",),
    "/content/publishing": ("在写的草稿", "已启用", "没通过", "从发现答错到改好上线"),
    "/content/reviews": ("【演示】",),
    "/content/gaps": ("人</strong>问过", "不写：", "写成了"),
}


def test_the_pages_of_the_desks_are_alive(full: Desk) -> None:
    publisher = signed_in(full, "publisher")
    pages = {address: publisher.see(address) for address in ALIVE}
    assert [(address, word) for address, words in ALIVE.items() for word in words if word not in pages[address]] == []
    assert [row["taken_by"] for row in rows(full.database, handovers) if row["state"] == "taken"] == ["demo-operator"]
    assert signed_in(full, "operator").see("/desk/waiting").count("接这一位") >= 4


def test_no_page_says_so_where_there_is_none(empty: Desk) -> None:
    visitor = signed_in(empty, "supervisor")
    assert "演示数据" not in "".join(visitor.see(address) for address in PAGES)


def test_it_is_put_in_once(full: Desk, clock: Clock) -> None:
    with pytest.raises(Refused, match="已经有"):
        filled(full, 3)


def test_nothing_leaves_neither_at_once_nor_after_staff_and_limits_move_it(full: Desk, clock: Clock) -> None:
    """The last one that uses the full city: it moves it."""
    with full.database.reading() as connection:
        open_ones = select(tickets).where(tickets.c.state.in_(RUNNING), tickets.c.handled_by == "local")
        row = connection.execute(open_ones).first()
    assert row is not None
    assert {one["state"] for one in rows(full.database, deliveries)} == {"skipped"}
    counter = TicketDesk(full.database, full.vault, full.settings)
    counter.take(row.number, "supervise", Actor("one", ("supervisor",)), {"reason": "请快一点"}, row.version)
    before = len(rows(full.database, deliveries))
    clock.move(days=30)
    while Overdue(full.database, full.vault, full.settings).attend():
        pass
    found = rows(full.database, deliveries)
    assert len(found) > before
    assert {one["state"] for one in found} == {"skipped"} and all(one["finished_at"] for one in found)
    real = full.open()
    assert [claimed.ticket for claimed in full.courier().claim(100)] == [real]


def test_there_must_be_some_to_be_taken_away(empty: Desk) -> None:
    with pytest.raises(Refused, match="现在没有"):
        take_away(empty.database, empty.settings)


def test_an_account_of_the_city_is_never_taken_for_one_of_the_demonstration(empty: Desk) -> None:
    with empty.database.writing() as connection:
        accounts.add(connection, f"{PREFIX}auditor", "真人", PASSWORD, ["auditor"])
    before = everything(empty)
    with pytest.raises(Refused, match="demo-auditor"):
        filled(empty, 3)
    assert everything(empty) == before


def test_what_was_begun_before_a_crash_is_removed_as_well(
    empty: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(empty)
    monkeypatch.setattr(play, "AT_ONCE", 20)
    times = iter(range(3))

    def told(share: float) -> None:
        if next(times, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(empty.database, empty.settings, PASSWORD, COUNT, 42, told)
    assert {one["state"] for one in rows(empty.database, deliveries)} <= {"skipped"}
    take_away(empty.database, empty.settings)
    assert everything(empty) == before


def test_without_knowledge_it_says_what_to_do_first(empty: Desk) -> None:
    with empty.database.writing() as connection:
        connection.execute(update(entries).values(published_revision=None))
    with pytest.raises(Refused, match="wenzheng prepare"):
        filled(empty, 3)


def test_numbers_of_real_tickets_are_never_given_twice(empty: Desk, clock: Clock) -> None:
    filled(empty, 5)
    last = empty.open()
    take_away(empty.database, empty.settings)
    assert rows(empty.database, ticket_counters) == [{"day": last[:8], "last": int(last[9:])}]
    assert empty.open() == f"{last[:9]}{int(last[9:]) + 1:06d}"


def test_every_table_that_leads_to_a_ticket_or_a_conversation_is_cleared() -> None:
    for table in metadata.sorted_tables:
        roots = {root.table for root in ROOTS.values()}
        leads = any(key.column.table in roots for column in table.columns for key in column.foreign_keys)
        if leads or table in roots or {"ticket", "conversation"} & set(table.c.keys()):
            assert _made_up(table) is not None, table.name


@pytest.mark.prove
def test_the_whole_city_is_there_within_two_minutes(empty: Desk, clock: Clock) -> None:
    before, started = everything(empty), time.monotonic()
    made = filled(empty, 800)
    took = time.monotonic() - started
    print(f"{made}: {took:.0f} s")
    assert took < 120
    found = rows(empty.database, tickets)
    assert len({row["category"] for row in found}) > 120 and len({row["department"] for row in found}) > 20
    assert len({row["state"] for row in found}) == 10
    for name in ("returns", "reopens", "urges", "extensions"):
        assert sum(row[name] > 0 for row in found) > 5, name
    take_away(empty.database, empty.settings)
    assert everything(empty) == before
