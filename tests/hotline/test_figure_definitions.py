"""What single figures mean: at the edges of limits and months, in ranks, medians and files."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from commands.figures import figures
from foundation.sheet import sheet
from hotline.desk import Actor
from hotline.figures import Report, Rollup, Selection, definitions, live, report
from hotline.figures.definitions import Count, Rate, Stage
from hotline.figures.hours import median, tenths
from hotline.figures.measures import conditions
from hotline.figures.sheet import table
from hotline.steps import rebuilt_standing
from tests.hotline.clock import Clock, clock_at, shanghai
from tests.hotline.counting import keep, ticket
from tests.hotline.support import Desk
from tests.service import eventually
from worker.figures import Figures

SUPERVISOR = Actor("s", ("supervisor",))
NOVEMBER = Selection("2026-11", "2026-11")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_at("2026-11-20 10:00") as clock:
        yield clock


def counted(desk: Desk, *found: dict[str, Any], selection: Selection = NOVEMBER) -> Report:
    """The figures of these tickets."""
    if found:
        keep(desk.database, list(found))
    with desk.database.reading() as connection:
        return live(connection, selection, SUPERVISOR, "Asia/Shanghai")


def test_a_ticket_that_ended_before_its_limit_is_not_missing_a_contact(desk: Desk, clock: Clock) -> None:
    opened, limit = clock.at - timedelta(days=5), clock.at - timedelta(days=4)
    before, after = limit - timedelta(minutes=1), limit + timedelta(minutes=1)
    rated = counted(
        desk,
        ticket(opened_at=opened, contact_by=limit, state="withdrawn", closed_at=before),
        ticket(opened_at=opened, contact_by=limit, state="rejected", closed_at=after),
        ticket(opened_at=opened, contact_by=limit, state="dispatched"),
        ticket(opened_at=opened, contact_by=limit, state="closed", contacted_at=after, closed_at=after),
        ticket(opened_at=opened, contact_by=limit, state="closed", contacted_at=limit, closed_at=after),
        ticket(opened_at=opened, contact_by=clock.at + timedelta(minutes=1)),
    ).total
    assert (rated.counts["contacted_in_time"], rated.counts["contact_due"]) == (1, 4)
    assert rated.rate(definitions().rates["response"]) == 0.25


def test_a_ticket_counts_in_the_month_that_the_citys_clocks_show(desk: Desk, clock: Clock) -> None:
    moments = [shanghai(text) for text in ("2026-10-31 23:59", "2026-11-01 00:00", "2026-11-19 08:00")]
    season = Selection("2026-10", "2026-11", "month")
    found = counted(desk, *(ticket(opened_at=moment) for moment in moments), selection=season)
    assert {row.value: row.cell.counts["opened"] for row in found.rows} == {"2026-10": 1, "2026-11": 2}


def test_departments_with_fewer_than_ten_tickets_are_shown_and_not_ranked(desk: Desk, clock: Clock) -> None:
    def answered(department: str, solved: int, asked: int) -> list[dict[str, Any]]:
        told = {"opened_at": clock.at, "department": department, "state": "closed", "satisfaction": "fair"}
        return [ticket(**told, solved=place < solved) for place in range(asked)]

    few, many = answered("police", 9, 9), answered("parks", 5, 10) + answered("market", 5, 10) + answered("tax", 4, 12)
    unasked = [ticket(opened_at=clock.at, department="health") for _ in range(30)]
    found = counted(desk, *few, *many, *answered("", 10, 10), *unasked)
    ranks = {row.value: row.ranks.get("solution") for row in found.rows}
    assert ranks == {"parks": 1, "market": 1, "tax": 3, "police": None, "health": None, "": None}
    assert not counted(desk, selection=Selection("2026-11", "2026-11", "kind")).rows[0].ranks


def test_lengths_keep_two_significant_digits() -> None:
    lengths = {0.04: 0, 0.06: 1, 0.5: 5, 9.94: 99, 9.96: 100, 47.4: 470, 99.6: 1000, 124: 1200, 1260: 13000, -3: 0}
    assert {hours: tenths(timedelta(hours=hours)) for hours in lengths} == lengths


def test_a_median_lies_in_the_middle_of_all_lengths() -> None:
    assert median(Counter()) is None
    assert median(Counter({"30": 1, "5": 1, "470": 1})) == 3
    assert median(Counter({"5": 3, "30": 1, "40": 2})) == 1.75


def test_the_first_acceptance_and_dispatch_are_kept_and_can_be_rebuilt(desk: Desk, clock: Clock) -> None:
    number = desk.with_settings(handling="local").open()
    for step, role, fields in [
        ("accept", "operator", {}),
        ("dispatch", "operator", {"department": "parks"}),
        ("return", "officer", {"reason": "不归我们"}),
        ("dispatch", "operator", {"department": "police"}),
    ]:
        clock.move(hours=2)
        desk.staff(number, step, role, **fields)
    with desk.database.reading() as connection:
        standing = rebuilt_standing(connection, number)
    assert standing.accepted_at == clock.at - timedelta(hours=6)
    assert standing.dispatched_at == clock.at - timedelta(hours=4)
    found = counted(desk, selection=NOVEMBER)
    assert (found.rows[0].value, found.total.counts["returns"]) == ("police", 1)
    assert (found.total.median("to_accepted"), found.total.median("to_dispatched")) == (2, 4)


def test_a_file_begins_with_its_mark_and_no_cell_begins_a_formula(desk: Desk, clock: Clock) -> None:
    found = counted(desk, ticket(opened_at=clock.at, department='=HYPERLINK("http://x";"y")'))
    for name in ("rates", "counts", "stages"):
        file = sheet(table(name, found))
        assert file.startswith(b"\xef\xbb\xbf")
        heads, row, total = csv.reader(io.StringIO(file.decode("utf-8-sig")))
        assert len(heads) == len(row) == len(total)
        assert row[0] == '\'=HYPERLINK("http://x";"y")'
    assert sheet([["\t=1", "+1", "-1", "@a", 5, None, "a=b"]])[3:] == b"'\t=1,'+1,'-1,'@a,5,,a=b\r\n"


def test_every_figure_is_counted_and_has_a_name_and_a_meaning(clock: Clock) -> None:
    known = definitions()
    assert {*known.counts, *known.parts} == set(conditions(clock.at))
    assert {part for rate in known.rates.values() for part in (rate.part, rate.of)} == set(known.parts)
    groups: list[Mapping[str, Rate | Count | Stage]] = [known.rates, known.counts, known.stages]
    for one in (one for group in groups for one in group.values()):
        assert one.label and one.definition.endswith("。")


def test_the_worker_refreshes_in_its_own_thread_and_says_what_failed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.figures.FIRST_SECONDS", 0)
    with clock_at("2026-11-20 10:00") as clock:
        keep(desk.database, [ticket(opened_at=clock.at)])
        job = Figures(desk.database, desk.settings)
        job.run()
        job.close()
        with desk.database.reading() as connection:
            found = report(connection, NOVEMBER, SUPERVISOR, "Asia/Shanghai")
        assert (found.total.counts["opened"], found.at) == (1, clock.at)
    monkeypatch.setattr(Rollup, "refresh", lambda self: 1 / 0)
    failing = Figures(desk.database, desk.settings)
    failing.run()
    with pytest.raises(ZeroDivisionError):
        eventually(failing.run)
    failing.close()


def test_the_command_counts_at_this_moment(desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(desk.database, [ticket(opened_at=clock.at, department="parks", state="closed", solved=True)])
    monkeypatch.setattr("commands.figures.load_settings", lambda: desk.settings)
    said = CliRunner().invoke(figures, ["--month", "2026-11", "--json"])
    found = json.loads(said.stdout)
    assert found["rows"][0]["label"] == "园林绿化局"
    assert found["total"]["rates"]["solution"] == {"part": 1, "of": 1, "rate": 1.0}
    assert "园林绿化局\t100.0\t1\t1" in CliRunner().invoke(figures, ["--month", "2026-11"]).stdout.replace(
        "\t\t0\t0", ""
    )
    refused = CliRunner().invoke(figures, ["--month", "November"])
    assert refused.exit_code == 1 and "2026-11" in refused.stderr
