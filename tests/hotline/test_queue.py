"""The staff's list: its order, its pages, its filters, its counts, and that it stays quick."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from hotline.desk import Actor
from hotline.filters import Filters
from hotline.lifecycle import lifecycle
from hotline.order import UNANSWERED_STATES
from hotline.queue import MOST_COUNTED, OF_OFFICERS, OF_OTHERS, PAGE, QUEUES, counts, page
from hotline.tables import assignments, tickets
from tests.hotline.clock import Clock
from tests.hotline.support import Desk

ZONE = "Asia/Shanghai"
OPERATOR = Actor("operator", ("operator",))
SUPERVISOR = Actor("supervisor", ("supervisor",))
OFFICER = Actor("officer", ("officer",), "parks")
Rows = list[dict[str, Any]]


@pytest.fixture
def home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


@pytest.fixture
def connection(home: Desk) -> Iterator[Connection]:
    with home.database.reading() as connection:
        yield connection


def copies(desk: Desk, *changes: dict[str, Any]) -> list[str]:
    """Numbers of tickets that are like a real one but for some columns."""
    number = desk.open()
    with desk.database.writing() as connection:
        real = dict(connection.execute(select(tickets).where(tickets.c.number == number)).one()._mapping)
        made: Rows = []
        for place, change in enumerate(changes):
            own = {"number": f"20261123-{place:06d}", "instance": f"i{place}", "token_digest": f"t{place}"}
            made.append({**real, **own, **change})
        connection.execute(update(tickets).values(state="withdrawn", opened_at=now() - timedelta(days=900)))
        connection.execute(insert(tickets), made)
        shares = [
            {"ticket": row["number"], "department": name, "leading": name == row["department"]}
            for row in made
            for name in (row["department"], *row["joint"])
            if name
        ]
        if shares:
            connection.execute(insert(assignments), shares)
    return [row["number"] for row in made]


def walked(connection: Connection, actor: Actor, filters: Filters) -> list[str]:
    """The numbers of the whole list, page by page."""
    found, after = [], ""
    while True:
        one = page(connection, actor, filters, ZONE, after)
        found += [ticket.number for ticket in one.tickets]
        if not one.after:
            return found
        assert len(one.tickets) == PAGE
        after = one.after


def test_the_most_urgent_come_first_and_then_those_with_the_least_time(home: Desk, connection: Connection) -> None:
    early, late = now() + timedelta(days=1), now() + timedelta(days=2)
    numbers = copies(
        home,
        {"urgency": "normal", "handle_by": late},
        {"urgency": "normal", "handle_by": None},
        {"urgency": "normal", "handle_by": early},
        {"urgency": "urgent", "handle_by": late},
        {"urgency": "critical", "handle_by": late},
        {"urgency": "critical", "handle_by": early},
    )
    assert walked(connection, OPERATOR, Filters()) == [numbers[place] for place in (5, 4, 3, 2, 0, 1)]


@pytest.mark.parametrize("state", ["open", "all"])
def test_pages_neither_skip_nor_repeat_a_ticket(home: Desk, connection: Connection, state: str) -> None:
    at = now()
    numbers = copies(
        home,
        *(
            {
                "urgency": ("normal", "urgent", "critical", "")[n % 4],
                "handle_by": None if n % 5 == 0 else at + timedelta(hours=n % 3),
            }
            for n in range(2 * PAGE + 20)
        ),
    )
    found = walked(connection, SUPERVISOR, Filters(state=state))
    assert len(found) == len(set(found))
    assert set(numbers) <= set(found)


def test_what_is_over_is_listed_by_age(home: Desk, connection: Connection) -> None:
    numbers = copies(home, *({"state": "closed"} for _ in range(3)), {"state": "answered"})
    assert walked(connection, OPERATOR, Filters(state="closed")) == numbers[2::-1]


def test_a_place_that_no_page_gave_is_refused(connection: Connection) -> None:
    for after in (
        "x",
        "normal~2",
        "normal~never~20261123-000001",
        "one~~20261123-000001",
        "normal~2026-11-23~20261123-000001",
    ):
        for filters in (Filters(), Filters(state="all")):
            with pytest.raises(ValueError):
                page(connection, OPERATOR, filters, ZONE, after)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"state": "submitted"}, "plain other public"),
        ({"state": "at_department"}, "parks joint late soon asks by_clock hours"),
        ({"state": "all", "department": "parks"}, "parks joint closed"),
        ({"category": "park"}, "parks"),
        ({"category": "street"}, "parks public"),
        ({"district": "east"}, "other"),
        ({"kind": "建议"}, "other"),
        ({"urgency": "urgent"}, "other"),
        ({"channel": "phone"}, "other"),
        ({"limit": "overdue"}, "late"),
        ({"limit": "soon"}, "soon hours"),
        ({"limit": "contact"}, "late"),
        ({"mark": "returned"}, "back"),
        ({"mark": "reopened"}, "again"),
        ({"mark": "extension"}, "asks"),
        ({"mark": "unpublished"}, "public"),
        ({"words": "百分之百%_"}, "other"),
        ({"words": "青石镇"}, "other"),
        ({"words": "20261123-000001"}, "other"),
        ({"words": "没有人说过"}, ""),
        ({"state": "all", "until": date(2026, 11, 22)}, ""),
        ({"state": "closed", "since": date(2026, 11, 23), "until": date(2026, 11, 23)}, "closed"),
    ],
)
def test_each_filter_finds_what_it_names(home: Desk, connection: Connection, filters: Any, found: str) -> None:
    at, far = now(), now() + timedelta(days=60)
    calm: dict[str, Any] = {"handle_by": far, "contact_by": far, "contacted_at": None, "joint": [], "department": ""}
    other = {"district": "east", "kind": "建议", "urgency": "urgent", "channel": "phone", "place": "青石镇"}
    made: dict[str, dict[str, Any]] = {
        "plain": {},
        "other": {**other, "what": "百分之百%_"},
        "parks": {"state": "dispatched", "department": "parks", "category": "park", "summary": "公园"},
        "joint": {"state": "in_progress", "department": "police", "joint": ["parks"]},
        "late": {
            "state": "in_progress",
            "handle_by": at - timedelta(hours=1),
            "contact_by": at,
            "department": "police",
        },
        "soon": {"state": "dispatched", "handle_by": at + timedelta(hours=1), "department": "police"},
        "by_clock": {"state": "dispatched", "handle_by": at + timedelta(hours=7), "urgency": "critical"},
        "hours": {"state": "dispatched", "handle_by": at + timedelta(hours=5), "urgency": "critical"},
        "asks": {"state": "in_progress", "department": "police", "extension_asked": far},
        "back": {"state": "accepted", "returns": 1},
        "again": {"state": "accepted", "reopens": 1},
        "public": {"category": "street-light"},
        "secret": {"category": "street-light", "kind": "举报", "state": "accepted"},
        "closed": {"state": "closed", "department": "parks", "returns": 2, "handle_by": at - timedelta(days=9)},
    }
    if filters.get("category") == "street":
        found += " secret"
    numbers = dict(zip(copies(home, *(calm | one for one in made.values())), made, strict=True))
    assert {numbers[number] for number in walked(connection, SUPERVISOR, Filters(**filters))} == set(found.split())


def test_days_are_those_of_the_city_and_of_the_number(home: Desk, connection: Connection, clock: Clock) -> None:
    clock.set("2026-09-22 00:10")  # still the day before in UTC
    number, day = home.open(), date(2026, 9, 22)
    assert number.startswith("20260922")
    assert walked(connection, OPERATOR, Filters(since=day, until=day)) == [number]
    assert walked(connection, OPERATOR, Filters(since=day + timedelta(days=1))) == []


def test_everybody_sees_their_own_and_each_count_is_the_length_of_its_list(home: Desk, connection: Connection) -> None:
    at = now()
    shares = [("parks", []), ("police", ["parks"]), ("police", []), ("", [])]
    copies(
        home,
        *(
            {
                "state": state,
                "department": department,
                "joint": joint,
                "audience": audience,
                "handle_by": at + timedelta(hours=hours),
                "extension_asked": at if hours < 0 else None,
                "returns": int(hours > 99),
            }
            for state in ("submitted", "accepted", "dispatched", "in_progress", "waiting_for_citizen", "closed")
            for department, joint in shares
            for audience in ("", "supervisors")
            for hours in (-5, 5, 500)
        ),
    )
    everything = Filters(state="all")
    seen = {actor.name: len(walked(connection, actor, everything)) for actor in (SUPERVISOR, OPERATOR, OFFICER)}
    assert seen == {"supervisor": 145, "operator": 73, "officer": 36}
    assert walked(connection, Actor("editor", ("editor",)), everything) == []
    both, writer = Actor("both", ("operator", "officer"), "parks"), Actor("w", ("editor", "officer"), "parks")
    for actor, names in (
        (SUPERVISOR, OF_OTHERS),
        (OPERATOR, OF_OTHERS),
        (both, OF_OTHERS),
        (OFFICER, OF_OFFICERS),
        (writer, OF_OFFICERS),
    ):
        counted = counts(connection, actor, ZONE)
        assert tuple(counted) == names
        assert counted == {name: len(walked(connection, actor, QUEUES[name])) for name in names}
        assert sum(counted.values())


def test_counting_stops_at_a_thousand(home: Desk, connection: Connection) -> None:
    copies(home, *({"state": "accepted"} for _ in range(MOST_COUNTED + 30)))
    assert counts(connection, OPERATOR, ZONE)["accepted"] == MOST_COUNTED + 1


def test_the_list_knows_the_same_states_without_an_answer_as_the_table_of_steps() -> None:
    assert set(UNANSWERED_STATES) == lifecycle().steps["supplement"].rules["local"].states
