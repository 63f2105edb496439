"""The supervisors' overview: what it shows, to whom, as a picture and as a table, and where its numbers lead."""

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert

from conversations.figures import ConversationRollup
from conversations.handover.tables import handovers
from hotline.figures import Rollup
from knowledge.gaps import Gaps
from tests.hotline.clock import Clock, clock_at
from tests.hotline.counting import keep, ticket
from tests.hotline.support import Desk
from tests.web.talking import know, say, talk, thumb
from tests.web.visitor import Visitor, signed_in
from web.desk import charts

HOSTILE = "<script>alert(1)</script>"
PAGE = "/desk/figures/service"
NUMBER = re.compile(r'<a(?: class="figures-sum")? href="(/desk/[^"]+)">(\d+)(?: 件)?</a>')


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_at("2026-11-20 10:00") as clock:
        yield clock


def refresh(desk: Desk) -> None:
    ConversationRollup(desk.database, "Asia/Shanghai").refresh()
    Rollup(desk.database, "Asia/Shanghai").refresh()


def some_talk(desk: Desk, clock: Clock) -> None:
    know(desk.database, lost="户口", fund="公积金")
    for channel in ("web", "wechat", HOSTILE):
        mine = talk(desk.database, clock.at, channel)
        say(desk.database, mine, clock.at, "answered", answer="lost", up=True)
        say(desk.database, mine, clock.at, "answered", answer="fund", up=False)
        say(desk.database, mine, clock.at, "no_answer", likeliest="fund")
        say(desk.database, mine, clock.at, "waiting_for_person")
    refresh(desk)


def test_the_overview_shows_conversations_and_tickets_together(desk: Desk, clock: Clock) -> None:
    some_talk(desk, clock)
    keep(desk.database, [ticket(opened_at=clock.at, department="parks", state="closed", solved=True) for _ in range(3)])
    refresh(desk)
    Gaps(desk.database).note(f"{HOSTILE}怎么办", "c1")
    page = signed_in(desk, "supervisor").see(PAGE)
    said = re.sub(r"<[^>]+>", "", page)
    assert "66.7%" in said and "6 / 9" in said  # answers
    assert "3 / 3" in said and "100.0%" in said  # every conversation came to a person; solved
    assert "50.0%" in said and "有用 3，没用 3" in said
    assert "园林绿化局" in page and "条目lost" in page and "截至 11月20日 10:00" in page
    assert HOSTILE not in page and "&lt;script&gt;alert(1)&lt;/script&gt;怎么办" in page


def test_how_often_a_question_was_asked_leads_to_each_time(desk: Desk, clock: Clock) -> None:
    some_talk(desk, clock)
    mine = talk(desk.database, clock.at, "web")
    for question in ("遛狗要牵绳吗", "请问遛狗要牵绳吗", "遛狗要牵绳吗"):
        Gaps(desk.database).note(question, mine)
    Gaps(desk.database).note(f"{HOSTILE}怎么办", "c1")
    supervisor = signed_in(desk, "supervisor")
    [address] = re.findall(r'<a href="([^"]+/gaps/[^"]+)">3</a>', supervisor.see(PAGE))
    page = supervisor.see(html.unescape(address))
    assert "没有答案：3 次" in page
    assert (page.count("<td>遛狗要牵绳吗</td>"), page.count("<td>请问遛狗要牵绳吗</td>")) == (2, 1)
    assert page.count(f'href="/desk/conversations/{mine}"') == 3
    assert "/desk/conversations/" not in signed_in(desk, "administrator").see(html.unescape(address))
    supervisor.see(f"{address.partition('?')[0]}?from=2026-11-01&to=2026-11-02")
    assert supervisor.status == 404


def test_every_picture_has_words_and_a_table_behind_it(desk: Desk, clock: Clock) -> None:
    some_talk(desk, clock)
    page = signed_in(desk, "auditor").see(PAGE)
    figures = re.findall(r"<figure class=\"chart\">.*?</figure>", page, re.DOTALL)
    assert len(figures) == 11
    for figure in figures:
        assert re.search(r"<title[^>]*>\S+", figure) and re.search(r"<desc[^>]*>\S+", figure)
        assert "<details>" in figure and 'role="img"' in figure
        assert "<table" in figure.partition("</details>")[2], "what is closed on the screen has to be printed"


def test_who_may_not_see_figures_of_tickets_sees_those_of_conversations(desk: Desk, clock: Clock) -> None:
    some_talk(desk, clock)
    keep(desk.database, [ticket(opened_at=clock.at, department="parks")])
    refresh(desk)
    page = signed_in(desk, "publisher").see(PAGE)
    assert "回答率" in page and "园林绿化局" not in page and "响应率" not in page


def a_city(desk: Desk, clock: Clock) -> None:
    """Three days with everything that a number may miss the rows of."""
    know(desk.database, lost="户口", fund="公积金")
    for days, channel in enumerate(("web", "wechat", "a-key-that-is-gone")):
        at = clock.at - timedelta(days=days)
        mine, other = talk(desk.database, at, channel), talk(desk.database, at, channel)
        for outcome in ("answered_facet", "calculated", "clarifying", "small_talk", "ticket_opened", "ticket_joined"):
            say(desk.database, mine, at, outcome, likeliest="lost", up=outcome == "calculated")
        say(desk.database, mine, at, "answered", answer="lost", up=False)
        say(desk.database, mine, at - timedelta(days=1), "handed_over")
        say(desk.database, other, at, "no_answer", likeliest="fund", probability=0.01)
        say(desk.database, other, at, "waiting_for_person", likeliest="fund")
        say(desk.database, other, at, "handed_over", likeliest="fund")
        thumb(desk.database, other, 0, at, up=True)  # of the whole conversation
        waited = {"conversation": other, "channel": channel, "state": "ended", "asked_at": at, "asked_turn": 2}
        with desk.database.writing() as connection:
            connection.execute(insert(handovers).values(**waited, first_taken_at=at, waited_seconds=30))
        keep(desk.database, [ticket(opened_at=at, department="parks", state="closed", solved=True, returns=days)])
    refresh(desk)


def behind(visitor: Visitor, address: str) -> int:
    """How many rows the pages behind a link hold."""
    page, rows = visitor.see(address), 0
    if not address.startswith("/desk/conversations"):
        return int(re.findall(r"<h1>[^<]+：?:?(\d+) [件次]</h1>", page)[0])
    while True:
        rows += len(re.findall(r'<a href="/desk/conversations/\w{32}/turns/', page))
        onward = re.search(r'href="([^"]+)" rel="next"', page)
        if not onward:
            return rows
        page = visitor.see(html.unescape(onward[1]))


def test_every_number_leads_to_so_many_rows(desk: Desk, clock: Clock) -> None:
    a_city(desk, clock)
    visitor, links = signed_in(desk, "supervisor"), set[tuple[str, str]]()
    for chosen in ("", "&channel=a-key-that-is-gone", "&domain=-"):
        links |= set(NUMBER.findall(visitor.see(f"{PAGE}?from=2026-11-18&to=2026-11-20{chosen}")))
    assert len(links) > 60
    assert not {address: number for address, number in links if behind(visitor, html.unescape(address)) != int(number)}


@pytest.mark.parametrize("role", ["operator", "officer"])
def test_roles_without_the_permission_are_refused(desk: Desk, role: str) -> None:
    visitor = signed_in(desk, role, "parks" if role == "officer" else "")
    for address in (PAGE, f"{PAGE}/days.csv"):
        visitor.see(address)
        assert visitor.status == 403


def test_a_channel_and_a_domain_narrow_it_down(desk: Desk, clock: Clock) -> None:
    some_talk(desk, clock)
    visitor = signed_in(desk, "supervisor")
    said = re.sub(r"<[^>]+>", "", visitor.see(f"{PAGE}?channel=wechat"))
    assert "2 / 3" in said and "6 / 9" not in said and "微信，全部领域" in said
    page = visitor.see(f"{PAGE}?domain=公积金")
    assert "3 / 6" in re.sub(r"<[^>]+>", "", page) and "转人工率" not in page
    assert "没有对应的领域" in visitor.see(f"{PAGE}?domain=-")


def test_files_hold_what_the_tables_show_and_no_formula(desk: Desk, clock: Clock) -> None:
    know(desk.database, lost="=1+1")
    mine = talk(desk.database, clock.at)
    say(desk.database, mine, clock.at, "answered", answer="lost", up=True)
    refresh(desk)
    visitor = signed_in(desk, "supervisor")

    def lines(name: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(visitor.see(f"{PAGE}/{name}.csv").removeprefix("\ufeff"))))

    assert lines("domains")[1:] == [
        [first, "1", "1", "1", "100.0", "0", "1", "0", "100.0"] for first in ("'=1+1", "合计")
    ]
    assert lines("outcomes") == [["结果", "消息"], ["已回答", "1"]]
    assert lines("asked")[1] == ["条目lost", "lost", "1", "0"]
    assert len(lines("days")) == 32 and lines("channels")[1][0] == "网页"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("?from=x", 422),
        ("?from=2026-11-20&to=2026-11-01", 422),
        ("?from=2020-01-01&to=2026-11-01", 422),
        ("?channel=%00", 422),
        ("?channel=nobody&domain=nothing", 200),
        ("/days.csv?from=x", 400),
        ("/ages.csv", 404),
    ],
)
def test_addresses_that_make_no_sense_are_answered_in_words(
    desk: Desk, clock: Clock, address: str, status: int
) -> None:
    visitor = signed_in(desk, "supervisor")
    page = visitor.see(f"{PAGE}{address}")
    assert visitor.status == status and "Traceback" not in page


def test_before_the_first_count_and_when_the_worker_stopped_the_page_says_so(desk: Desk, clock: Clock) -> None:
    visitor = signed_in(desk, "supervisor")
    assert "统计还没有算过" in visitor.see(PAGE)
    refresh(desk)
    assert "没有更新" not in visitor.see(PAGE)
    clock.move(minutes=11)
    assert "没有更新" in visitor.see(PAGE)


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (3, 5), (6, 10), (11, 20), (999, 1000), (20_001, 50_000)])
def test_a_scale_ends_at_a_round_number_that_holds_everything(most: int, top: int) -> None:
    assert charts.ceiling(most) == top


def test_a_line_is_broken_where_there_is_nothing(desk: Desk) -> None:
    drawn = charts.lines([("1", [0.5]), ("2", [None]), ("3", [1.0]), ("4", [0.0])])
    assert [len(points.split()) for points in drawn.lines] == [2, 2]
    assert drawn.lines[1].split()[0].endswith(f",{charts.TOP:.1f}")


def test_blocks_stay_in_the_picture() -> None:
    for drawn in (
        charts.columns([("a", 7, 3), ("b", 0, 0)]),
        charts.bars([("很长很长很长很长的名字", 7, 3), ("b", 0, 0)]),
    ):
        for one in drawn.blocks:
            assert 0 <= one.x and one.x + one.width <= drawn.width and 0 <= one.y and one.y + one.height <= drawn.height
    assert not (charts.columns([]).blocks or charts.bars([]).blocks or charts.lines([]).lines)
