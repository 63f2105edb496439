"""The page of figures: numbers that lead to their tickets, files, and who sees what."""

import csv
import html
import io
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from hotline.figures import Rollup
from staff import accounts, sessions
from tests.hotline.clock import Clock, clock_at
from tests.hotline.counting import anything, keep, ticket
from tests.hotline.support import Desk
from tests.web.visitor import Visitor, signed_in
from web import create_app
from web.desk.access import COOKIE

LINK = re.compile(r'<a(?: class="figures-sum")? href="(/desk/figures/tickets\?[^"]*)">(\d+)(?: 件)?</a>')
LISTED = re.compile(r'<th scope="row"><a href="/desk/tickets/([\d-]+)">')
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def clock(desk: Desk) -> Iterator[Clock]:
    with clock_at("2026-11-20 10:00") as clock:
        yield clock


def kept(desk: Desk, *found: dict[str, Any]) -> None:
    keep(desk.database, list(found))
    Rollup(desk.database, "Asia/Shanghai").refresh()


def behind(visitor: Visitor, address: str) -> list[str]:
    """The numbers of all pages of a list."""
    listed: list[str] = []
    page = visitor.see(address)
    while True:
        listed += LISTED.findall(page)
        onward = re.search(r'href="([^"]+&amp;after=[^"]+)"', page)
        if not onward:
            return listed
        page = visitor.see(html.unescape(onward[1]))


def test_every_number_on_the_page_leads_to_so_many_tickets(desk: Desk, clock: Clock) -> None:
    chance = random.Random(1)
    kept(desk, *(anything(chance, clock.at, days=19) for _ in range(70)))
    visitor = signed_in(desk, "supervisor")
    page = visitor.see("/desk/figures?by=kind")
    links = LINK.findall(page)
    assert len(links) > 60
    for address, number in links:
        assert len(set(behind(visitor, html.unescape(address)))) == int(number), address


def test_a_page_reads_kept_cells_and_no_tickets(desk: Desk, clock: Clock) -> None:
    chance = random.Random(1)
    kept(desk, *(anything(chance, clock.at) for _ in range(30)))
    app = create_app(desk.settings)
    database = app.extensions["wenzheng"].database
    with database.writing() as connection:
        accounts.add(connection, "boss", "督办", "correct horse battery", ["supervisor"])
        secret = sessions.begin(connection, "boss")
    client = app.test_client()
    client.set_cookie(COOKIE, secret)
    said: list[str] = []
    event.listen(database._engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    for by in ("department", "top", "district", "channel", "kind", "month"):
        assert "截至 11月20日 10:00" in client.get(f"/desk/figures?from=2026-09&by={by}").text
    assert [one for one in said if "figure_cells" in one]
    assert not [one for one in said if "FROM tickets" in one]


def test_a_rate_is_shown_with_its_parts_and_its_meaning(desk: Desk, clock: Clock) -> None:
    told = {"opened_at": clock.at, "department": "parks", "state": "closed"}
    kept(desk, *(ticket(**told, solved=place < 9) for place in range(12)), ticket(opened_at=clock.at, department="tax"))
    visitor = signed_in(desk, "auditor")
    page = visitor.see("/desk/figures")
    assert "75.0%" in page and "第 1 名" in page and "不足 10 件,不排名" in page
    assert "市民说&#34;已解决&#34;的工单,占所有回答了" in page
    listed = visitor.see("/desk/figures/tickets?department=parks&figure=asked_solved")
    assert (listed.count("<td>是</td>"), listed.count("<td>否</td>")) == (9, 3)
    assert "其中计入分子的有" in listed and "市民说:没有解决" in listed


def test_an_officer_sees_the_own_department_only(desk: Desk, clock: Clock) -> None:
    kept(
        desk,
        *(ticket(opened_at=clock.at, department=name, district="east") for name in ("parks", "police", "police")),
        ticket(opened_at=clock.at, department="parks", audience="supervisors"),
    )
    visitor = signed_in(desk, "officer", "parks")
    for address in ("/desk/figures", "/desk/figures?by=district&department=police", "/desk/figures?by=department"):
        page = visitor.see(address)
        assert "统计:园林绿化局" in page and "公安局" not in page
        for link, number in LINK.findall(page):
            assert number == "1" == str(len(behind(visitor, html.unescape(link)))), link
    assert "公安局" not in visitor.see("/desk/figures/rates.csv?by=department&department=police")
    assert len(behind(visitor, "/desk/figures/tickets?department=police&figure=opened")) == 1


@pytest.mark.parametrize("role", ["editor", "publisher", "administrator"])
def test_roles_without_the_permission_are_refused(desk: Desk, role: str) -> None:
    visitor = signed_in(desk, role)
    for address in ("", "/rates.csv", "/tickets?figure=opened", "/tickets.csv?figure=opened"):
        visitor.see(f"/desk/figures{address}")
        assert visitor.status == 403


def test_files_hold_what_the_tables_and_lists_show(desk: Desk, clock: Clock) -> None:
    kept(desk, *(ticket(opened_at=clock.at, department=name) for name in ("parks", "parks", "=1+1")))
    client = signed_in(desk, "supervisor")
    table = list(csv.reader(io.StringIO(client.see("/desk/figures/counts.csv").removeprefix("\ufeff"))))
    assert [line[:2] for line in table] == [["部门", "提交"], ["园林绿化局", "2"], ["'=1+1", "1"], ["合计", "3"]]
    listed = list(csv.reader(io.StringIO(client.see("/desk/figures/tickets.csv?figure=opened").removeprefix("\ufeff"))))
    assert len(listed) == 4 and {line[2] for line in listed[1:]} == {"园林绿化局", "'=1+1"}


def test_names_that_the_hotline_gave_are_text_on_every_page(desk: Desk, clock: Clock) -> None:
    kept(desk, ticket(opened_at=clock.at, department=HOSTILE))
    visitor = signed_in(desk, "operator")
    for address in ("/desk/figures", "/desk/figures/tickets?figure=opened", f"/desk/figures?department={HOSTILE}"):
        page = visitor.see(address)
        assert visitor.status == 200 and HOSTILE not in page and html.escape(HOSTILE) in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("?from=2026-99", 422),
        ("?by=age", 422),
        ("?department=%00", 422),
        ("?from=2026-01&by=kind&district=east", 422),
        ("?department=nobody&kind=-", 200),
        ("/rates.csv?from=x", 400),
        ("/rates.csv?from=2026-01&by=kind&district=east", 400),
        ("/ages.csv", 404),
        ("/tickets?figure=age", 404),
        ("/tickets?figure=opened&after=%00", 400),
        ("/tickets?figure=opened&after=nobody", 200),
        ("/tickets.csv", 404),
    ],
)
def test_addresses_that_make_no_sense_are_answered_in_words(
    desk: Desk, clock: Clock, address: str, status: int
) -> None:
    visitor = signed_in(desk, "supervisor")
    page = visitor.see(f"/desk/figures{address}")
    assert visitor.status == status
    assert "Traceback" not in page and "。" in page or status == 200


def test_before_the_first_count_the_page_says_so_and_later_that_it_is_stale(desk: Desk, clock: Clock) -> None:
    keep(desk.database, [ticket(opened_at=clock.at)])
    visitor = signed_in(desk, "supervisor")
    assert "统计还没有算过" in visitor.see("/desk/figures")
    Rollup(desk.database, "Asia/Shanghai").refresh()
    assert "没有更新" not in visitor.see("/desk/figures")
    clock.move(minutes=11)
    assert "没有更新" in visitor.see("/desk/figures")
