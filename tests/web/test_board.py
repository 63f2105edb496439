"""The public board over HTTP: what stands on it, what never does, how it is narrowed, and following one report."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, update

from conversations import keys, record
from hotline.board import PAGE, Board, Filters, words
from hotline.lifecycle import lifecycle
from hotline.tables import ticket_followers, tickets, uploads
from tests.hotline.clock import Clock
from tests.hotline.support import PHONE, Desk, rows
from web import create_app

SECRET = "张三说王局长吃拿卡要"


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return browser(desk)


def browser(desk: Desk, **settings: Any) -> FlaskClient:
    return create_app(desk.settings.copy(update={"messages_per_minute": 0} | settings)).test_client()


def shown(desk: Desk, summary: str = "幸福路路灯不亮", **other: Any) -> str:
    """The number of a ticket whose summary is approved."""
    number = desk.open(**{"what": SECRET, "place": f"湖滨街道幸福路3号 {PHONE}"} | other)
    desk.staff(number, "publish", role="operator", summary=summary)
    return number


def listed(client: FlaskClient, query: str = "") -> list[str]:
    """The numbers on a page of the list, in order."""
    return re.findall(r'<h2><a href="/board/([\d-]+)"', client.get(f"/board{query}").text)


def act(client: FlaskClient, number: str, name: str) -> tuple[int, str]:
    token = re.findall(r'name="form_token" value="([^"]+)"', client.get(f"/board/{number}").text)
    data = {"form_token": token[0] if token else ""}
    answer = client.post(f"/board/{number}/{name}", data=data, follow_redirects=True)
    return answer.status_code, html.unescape(answer.text)


def set_columns(desk: Desk, number: str, **values: Any) -> None:
    with desk.database.writing() as connection:
        connection.execute(update(tickets).where(tickets.c.number == number).values(**values))


def test_only_what_staff_approved_stands_there_the_latest_first(desk: Desk, client: FlaskClient) -> None:
    first, hidden = shown(desk, "一号楼前路灯不亮"), desk.open()
    last = shown(desk, "学府路井盖松动")
    assert listed(client) == [last, first]
    assert client.get(f"/board/{hidden}").status_code == 404
    desk.staff(first, "hide", role="operator")
    assert listed(client) == [last] and client.get(f"/board/{first}").status_code == 404


@pytest.mark.parametrize("values", [{"kind": "举报"}, {"audience": "supervisors"}, {"category": "discipline-x"}])
def test_what_may_not_be_public_is_not_shown_even_with_a_summary(
    desk: Desk, client: FlaskClient, values: dict[str, str]
) -> None:
    number = shown(desk)
    set_columns(desk, number, **values)
    assert listed(client) == [] and client.get(f"/board/{number}").status_code == 404
    assert act(client, number, "follow")[0] in (403, 404) and rows(desk.database, ticket_followers) == []


def test_nobodys_words_and_no_number_ever_stand_there(desk: Desk, client: FlaskClient) -> None:
    number = shown(desk, f"幸福路路灯不亮，请打{PHONE}")
    desk.staff(number, "accept", department="市城管局", message="李四已到现场")
    desk.tickets.supplement(number, "我家在三单元501")
    desk.tickets.urge(number, "快点")
    desk.staff(number, "answer", message=f"请找王师傅 {PHONE}")
    desk.tickets.rate(number, False, "dissatisfied", "根本没修")
    for page in (client.get("/board").text, client.get(f"/board/{number}").text):
        assert "路灯不亮" in page and "号码已隐去" in page
        for private in (
            PHONE,
            SECRET,
            "3号",
            "李四",
            "501",
            "快点",
            "王师傅",
            "根本没修",
            "〔",
            "不满意",
            "您补充",
            "催办",
        ):
            assert private not in page


def test_a_report_says_where_it_is_who_has_it_and_its_public_steps(
    desk: Desk, client: FlaskClient, clock: Clock
) -> None:
    number = shown(desk, category="street-light")
    desk.staff(number, "dispatch", department="市城管局", message="x")
    desk.staff(number, "answer", message="x")
    page = client.get(f"/board/{number}").text
    for told in ("东湖区湖滨街道", "市城管局", "路灯", "9月21日", "已答复", "1 人"):
        assert told in page
    steps = re.findall(r'timeline-label">([^<]+)</span><span class="board-day">([^<]+)<', page)
    assert steps == [("已答复", "9月21日"), ("已派单", "9月21日"), ("已提交", "9月21日")]


def test_overdue_and_answered_ones_are_marked_and_found(desk: Desk, client: FlaskClient, clock: Clock) -> None:
    late, answered = shown(desk, "迟了的"), shown(desk, "答了的")
    desk.staff(answered, "answer", message="x")
    clock.set("2026-11-20 09:00")
    fresh = shown(desk, "新的")
    page = client.get("/board").text
    assert page.count("board-overdue") == page.count("board-answered") == 1
    assert listed(client, "?group=overdue") == [late]
    assert listed(client, "?group=answered") == [answered]
    assert listed(client, "?group=open") == [fresh, late]


def test_the_list_is_narrowed_by_district_topic_and_words(desk: Desk, client: FlaskClient) -> None:
    light = shown(desk, "湖滨路灯不亮", category="street-light")
    other = shown(desk, "青石镇井盖松动", place="青石镇", category="manhole")
    assert listed(client, "?district=east") == [light] and listed(client, "?district=west") == [other]
    topic = re.findall(r'<option value="([\w-]+)"', client.get("/board").text.partition("哪一类")[2])
    assert sorted(number for one in topic for number in listed(client, f"?topic={one}")) == sorted([light, other])
    assert listed(client, "?words=井盖") == [other] and listed(client, "?words=路灯 湖滨") == [light]
    assert listed(client, "?words=路灯 井盖") == [] and "没有找到" in client.get("/board?words=%25").text
    assert listed(client, f"?words={other}") == [other]


@pytest.mark.parametrize("query", ["?district=x", "?topic='", "?group=all", "?after=x", "?after=../..", "?words=%00"])
def test_a_choice_that_does_not_exist_is_none(desk: Desk, client: FlaskClient, query: str) -> None:
    number = shown(desk)
    assert listed(client, query) == [number]


def test_an_empty_board_is_no_search_without_finds(desk: Desk, client: FlaskClient) -> None:
    assert "还没有公开的反映" in client.get("/board").text
    assert "没有找到" in client.get("/board?words=路灯").text


def test_pages_follow_each_other_without_gap_or_double(desk: Desk, client: FlaskClient) -> None:
    numbers = [shown(desk, f"第{place}件") for place in range(PAGE + 3)]
    first = client.get("/board?district=east").text
    following = html.unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0])
    assert "district=east" in following
    rest = listed(client, following.removeprefix("/board"))
    assert listed(client, "?district=east") + rest == numbers[::-1]
    assert 'rel="next"' not in client.get(following).text


def test_summaries_are_text_never_markup(desk: Desk, client: FlaskClient) -> None:
    number = shown(desk, "<script>alert(1)</script>路灯")
    for address in ("/board", f"/board/{number}", "/board?words=<script>"):
        assert "<script>alert" not in client.get(address).text


def test_a_browser_follows_is_told_and_leaves_again(desk: Desk, client: FlaskClient) -> None:
    number = shown(desk)
    assert "已经帮您跟进" in act(client, number, "follow")[1]
    assert act(client, number, "follow")[0] == 200 and len(rows(desk.database, ticket_followers)) == 1
    assert "2 人" in client.get(f"/board/{number}").text and "您在跟进" in client.get(f"/board/{number}").text
    assert "您在跟进" not in browser(desk).get(f"/board/{number}").text
    assert "不再跟进" in act(client, number, "unfollow")[1]
    assert rows(desk.database, ticket_followers) == []


def test_no_other_site_can_make_a_browser_follow(desk: Desk, client: FlaskClient) -> None:
    number = shown(desk)
    client.get(f"/board/{number}")
    for data in ({}, {"form_token": "x"}):
        assert client.post(f"/board/{number}/follow", data=data).status_code == 403
    assert rows(desk.database, ticket_followers) == []


def test_what_is_over_cannot_be_followed(desk: Desk, client: FlaskClient) -> None:
    number, other = shown(desk), shown(desk)
    desk.staff(number, "reject", reason="不归本市管")
    page = client.get(f"/board/{other}").text
    token = re.findall(r'name="form_token" value="([^"]+)"', page)[0]
    answer = client.post(f"/board/{number}/follow", data={"form_token": token})
    assert answer.status_code == 409 and "不用再跟进" in answer.text
    assert "/follow" not in client.get(f"/board/{number}").text


def test_its_own_citizen_is_told_that_it_is_theirs(desk: Desk, client: FlaskClient) -> None:
    with desk.database.writing() as connection:
        own = record.start(connection, "a-value-of-its-own", record.Caller(keys.WEB))
    with client.session_transaction() as session:
        session["conversation"] = "a-value-of-its-own"
    assert "这是您反映的" in client.get(f"/board/{shown(desk, conversation=own)}").text


def test_looking_around_begins_no_conversation(desk: Desk, client: FlaskClient) -> None:
    number = shown(desk)
    client.get("/board"), client.get(f"/board/{number}")
    with client.session_transaction() as session:
        assert "conversation" not in session


def test_only_pictures_that_staff_approved_are_named(desk: Desk, client: FlaskClient) -> None:
    number = shown(desk)
    about = {"uploader": "u", "ticket": number, "width": 1, "height": 1, "digest": "x"}
    at = rows(desk.database, tickets)[0]["opened_at"]
    with desk.database.writing() as connection:
        for name, visibility in (("open", "public"), ("shut", "staff"), ("gone", "hidden")):
            connection.execute(insert(uploads).values(id=name, visibility=visibility, at=at, **about))
    for address in ("/board", f"/board/{number}"):
        page = client.get(address).text
        assert "/pictures/open/thumb" in page and "shut" not in page and "gone" not in page


def test_every_step_of_the_board_is_one_and_no_internal_one() -> None:
    assert all(not lifecycle().steps[step].internal for step in words()["steps"])
    assert words()["states"].keys() == lifecycle().states.keys()
    assert not re.search("您|你", str(words()))


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(district="east"), Filters(group="overdue"), Filters(words="路灯")]
)
def test_the_list_is_read_along_its_own_index(desk: Desk, filters: Filters) -> None:
    if not desk.database.on_sqlite:
        pytest.skip("with so few rows PostgreSQL reads them all")
    seen: list[tuple[str, Any]] = []
    with desk.database.reading() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", lambda c, cu, statement, p, x, m: seen.append((statement, p)))
    Board(desk.database, desk.settings).page(filters, "20261123-000009")
    statement, parameters = next(one for one in seen if "FROM tickets" in one[0] and "summary > ''" in one[0])
    with desk.database.reading() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
    assert "tickets_on_board" in plan and "TEMP B-TREE" not in plan, plan
