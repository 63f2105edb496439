"""Figures: the kept cells, the tickets behind every number, and who sees what."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hotline.desk import Actor
from hotline.figures import Refused, Report, Rollup, Selection, counted, definitions, live, report
from hotline.figures.rollup import LONG_AGO, _keep
from hotline.figures.selection import selection_from
from hotline.lifecycle import NotAllowed
from hotline.tables import figure_cells, figure_months, tickets
from tests.hotline.clock import Clock, clock_at
from tests.hotline.counting import DEPARTMENTS, anything, by_hand, keep, ticket, value
from tests.hotline.support import Desk, in_threads, rows

SUPERVISOR, OPERATOR = Actor("s", ("supervisor",)), Actor("o", ("operator",))
OFFICER = Actor("p", ("officer",), "parks")
NOW = "2026-11-20 10:00"
SEASON = ("2026-09", "2026-11")
DAYS = ("2026-09-28", "2026-11-03")  # the end of a month, a whole one, and the beginning of another
STEPS: list[tuple[str, str, dict[str, Any]]] = [
    ("accept", "operator", {}),
    ("dispatch", "operator", {"department": "parks"}),
    ("contact", "officer", {}),
    ("answer", "operator", {"message": "修好了"}),
    ("return", "officer", {"reason": "不归我们"}),
    ("rate", "citizen", {"solved": True, "satisfaction": "very_satisfied"}),
    ("reopen", "citizen", {"reason": "又坏了"}),
    ("withdraw", "citizen", {}),
    ("amend", "operator", {"district": "north", "category": "trees"}),
    ("extend", "supervisor", {"reason": "缺件", "deadline": "2026-12-20T10:00:00+08:00"}),
]


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_at(NOW) as clock:
        yield clock


def refresh(desk: Desk) -> list[str]:
    return Rollup(desk.database, "Asia/Shanghai").refresh()


def shown(desk: Desk, selection: Selection, actor: Actor = SUPERVISOR, how: Any = report) -> Report:
    with desk.database.reading() as connection:
        found: Report = how(connection, selection, actor, "Asia/Shanghai")
        return found


def plain(found: Report) -> dict[str, dict[str, Any]]:
    """A report in the form of a count by hand."""
    return {
        row.value: {
            "counts": {name: n for name, n in row.cell.counts.items() if n},
            "medians": {
                name: round(hours, 6) for name in definitions().stages if (hours := row.cell.median(name)) is not None
            },
        }
        for row in found.rows
    }


def compare(desk: Desk, clock: Clock) -> None:
    """Every grouping of one month and of three, from cells and from tickets, equals what is counted by hand."""
    everything = rows(desk.database, tickets)
    for by in definitions().dimensions:
        for first, last in (SEASON, ("2026-10", "2026-10"), DAYS) if by != "day" else (DAYS,):
            for actor in (SUPERVISOR, OPERATOR):
                mine = [row for row in everything if first <= value(row, "day") <= f"{last}-99"]
                mine = [row for row in mine if actor is SUPERVISOR or row["audience"] == ""]
                expected = by_hand(mine, by, clock.at)
                for how in (report, live):
                    assert plain(shown(desk, Selection(first, last, by), actor, how)) == expected, (by, first, how)


def test_kept_cells_equal_a_count_by_hand_also_after_more_steps(desk: Desk, clock: Clock) -> None:
    chance = random.Random(3)
    keep(desk.database, [anything(chance, clock.at) for _ in range(120)])
    assert refresh(desk) == ["2026-09", "2026-10", "2026-11"]
    compare(desk, clock)
    clock.move(days=2)
    taken = 0
    for row in rows(desk.database, tickets):
        step, role, fields = chance.choice(STEPS)
        try:
            desk.staff(row["number"], step, role, **fields)
            taken += 1
        except NotAllowed:
            continue
    assert taken > 20
    refresh(desk)
    compare(desk, clock)


def test_only_months_whose_tickets_changed_are_computed_again(desk: Desk, clock: Clock) -> None:
    september, october = clock.at - timedelta(days=60), clock.at - timedelta(days=30)
    old = ticket(opened_at=september, handle_by=clock.at + timedelta(days=90))
    keep(desk.database, [old, ticket(opened_at=october, state="closed", closed_at=october)])
    assert refresh(desk) == ["2026-09", "2026-10"]
    clock.move(hours=1)
    assert refresh(desk) == []
    desk.staff(old["number"], "accept", "operator")
    assert refresh(desk) == ["2026-09"]


def test_a_limit_that_passes_is_counted_though_nothing_happened(desk: Desk, clock: Clock) -> None:
    keep(desk.database, [ticket(opened_at=clock.at, contact_by=clock.at + timedelta(hours=3))])
    refresh(desk)
    month = Selection("2026-11", "2026-11", "month")
    assert shown(desk, month).total.counts["contact_due"] == 0
    clock.move(hours=4)
    refresh(desk)
    assert shown(desk, month).total.counts["contact_due"] == 1
    assert shown(desk, month).total.counts["overdue"] == 0
    clock.move(days=9)
    refresh(desk)
    assert shown(desk, month).total.counts["overdue"] == 1


def test_workers_that_refresh_at_the_same_moment_leave_each_cell_once(desk: Desk, clock: Clock) -> None:
    chance = random.Random(5)
    keep(desk.database, [anything(chance, clock.at) for _ in range(40)])
    in_threads(4, lambda _: refresh(desk))
    compare(desk, clock)


def test_a_worker_that_was_slow_does_not_undo_later_cells(desk: Desk, clock: Clock) -> None:
    keep(desk.database, [ticket(opened_at=clock.at)])
    refresh(desk)
    before = rows(desk.database, figure_cells)
    with desk.database.writing() as connection:
        _keep(connection, "2026-11", {}, clock.at - timedelta(seconds=1))
    assert rows(desk.database, figure_cells) == before
    with desk.database.writing() as connection:
        _keep(connection, "2026-11", {}, clock.at + timedelta(seconds=1))
    assert rows(desk.database, figure_cells) == []


def test_a_refresh_that_was_cut_short_is_made_up_for(desk: Desk, clock: Clock) -> None:
    keep(desk.database, [ticket(opened_at=clock.at - timedelta(days=days)) for days in (0, 40)])
    with desk.database.writing() as connection:  # it died after the first month
        _keep(connection, "2026-10", {}, clock.at)
    assert refresh(desk) == ["2026-11"]
    with desk.database.reading() as connection:
        assert min(connection.execute(select(figure_months.c.at)).scalars()) > LONG_AGO


@pytest.mark.parametrize("by", ["department", "top", "category", "district", "channel", "kind", "month"])
def test_every_number_has_exactly_its_tickets_behind_it(desk: Desk, clock: Clock, by: str) -> None:
    chance = random.Random(7)
    keep(desk.database, [anything(chance, clock.at) for _ in range(60)])
    refresh(desk)
    selection = Selection(*SEASON, by)
    known = definitions()
    for actor in (SUPERVISOR, OPERATOR):
        found = shown(desk, selection, actor)
        parts = [(selection.only(row.value), row.cell) for row in found.rows] + [(selection, found.total)]
        for part, cell in parts:
            for name in (*known.counts, *known.parts, *known.stages):
                number = cell.stages[name].total() if name in known.stages else cell.counts[name]
                listed = everything_behind(desk, name, part, actor)
                assert len({one.number for one in listed}) == len(listed) == number, (name, part)
                rate = known.rate_over(name)
                assert sum(bool(one.in_part) for one in listed) == (cell.counts[rate.part] if rate else 0)


def everything_behind(desk: Desk, name: str, selection: Selection, actor: Actor) -> list[Any]:
    """The tickets of all pages."""
    listed, after = [], ""
    with desk.database.reading() as connection:
        while True:
            page = counted(connection, name, selection, actor, "Asia/Shanghai", after, limit=7)
            listed += page.tickets
            if not page.next:
                assert page.count == len(listed)
                return listed
            after = page.next


def test_officers_have_the_figures_of_their_department_only(desk: Desk, clock: Clock) -> None:
    keep(desk.database, [ticket(opened_at=clock.at, department=name) for name in DEPARTMENTS])
    keep(desk.database, [ticket(opened_at=clock.at, department="parks", audience="supervisors")])
    refresh(desk)
    for by in definitions().dimensions:
        wanted = Selection("2026-11", "2026-11", by, {"department": "police"})
        assert shown(desk, wanted, OFFICER).total.counts["opened"] == 1
        assert shown(desk, wanted, SUPERVISOR).total.counts["opened"] == 1
        assert len(everything_behind(desk, "opened", wanted, OFFICER)) == 1
        assert everything_behind(desk, "opened", wanted, OFFICER)[0].department == "园林绿化局"


def test_what_goes_to_supervisors_is_in_no_other_figures(desk: Desk, clock: Clock) -> None:
    keep(desk.database, [ticket(opened_at=clock.at, audience=audience) for audience in ("", "supervisors")])
    refresh(desk)
    seen = {actor.name: shown(desk, Selection("2026-11", "2026-11"), actor).total for actor in (SUPERVISOR, OPERATOR)}
    assert {name: total.counts["opened"] for name, total in seen.items()} == {"s": 2, "o": 1}


def test_crossed_conditions_are_counted_from_tickets_and_bounded(desk: Desk, clock: Clock) -> None:
    chance = random.Random(9)
    keep(desk.database, [anything(chance, clock.at) for _ in range(60)])
    refresh(desk)
    everything = rows(desk.database, tickets)
    crossed = Selection(*SEASON, "kind", {"district": "east", "top": "street"})
    mine = [row for row in everything if row["district"] == "east" and value(row, "top") == "street"]
    assert plain(shown(desk, crossed)) == by_hand(mine, "kind", clock.at)
    with pytest.raises(Refused, match="3 个月"):
        shown(desk, Selection("2026-08", "2026-11", "kind", {"district": "east"}))
    with pytest.raises(Refused, match="92 天"):
        shown(desk, Selection("2026-08", "2026-11", "day"))
    of_department = Selection("2026-01", "2026-11", "kind", {"department": ""})
    mine = [row for row in everything if row["department"] == ""]
    assert plain(shown(desk, of_department)) == by_hand(mine, "kind", clock.at)


@pytest.mark.parametrize(
    "given",
    [
        {"from": "2026-13"},
        {"from": "2026-12", "to": "2026-11"},
        {"from": "2024-01", "to": "2026-11"},
        {"from": "2026-11-31"},
        {"from": "2026-11-20", "to": "2026-11-19"},
        {"from": "2100-01-01"},
        {"from": "2026-W48-1"},
        {"by": "age"},
        {"order": "name"},
    ],
)
def test_a_selection_that_makes_no_sense_is_refused_in_words(given: dict[str, str]) -> None:
    with pytest.raises(Refused, match="。$"):
        selection_from(given, "2026-11")
