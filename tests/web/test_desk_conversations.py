"""The list of turns and a whole conversation: what is found, how it is shown, and what stays hidden."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from conversations import ratings, record
from conversations.ratings import Rating
from conversations.review import facts
from conversations.review.tables import turn_facts, turn_pairs
from conversations.tables import conversations, turns
from foundation.clock import now
from knowledge.store import Store
from tests.hotline.support import PHONE, Desk, rows
from tests.service import ROOT
from tests.web.talk import begin, say
from tests.web.visitor import Visitor, signed_in

LOST = ROOT / "knowledge/corpus/户口与身份证/id-card-lost.md"
NASTY = "<script>alert(1)</script>\"'><b>x</b>{{ 7 * 7 }}"


@pytest.fixture
def operator(desk: Desk) -> Visitor:
    Store(desk.database).seed(LOST.read_text(encoding="utf-8"))
    return signed_in(desk, "operator")


def listed(page: str) -> list[str]:
    """The conversations on a page of the list, in order."""
    return re.findall(r'<a href="/desk/conversations/(\w{32})/turns/\d+', page)


def following(page: str) -> str:
    [address] = re.findall(r'href="([^"]+)" rel="next"', page)
    return str(address).replace("&amp;", "&")


def test_each_filter_finds_its_turns_and_nothing_else(desk: Desk, operator: Visitor) -> None:
    plain, _ = say(desk, "身份证丢了怎么办")
    report, _ = say(desk, "路灯坏了", outcome="collecting", intent="report", probability=0.02)
    unsure, _ = say(desk, "户口本呢", outcome="no_answer", probability=0.2, channel="wechat")
    old, _ = say(desk, "社保卡怎么领", at=datetime(2026, 3, 5, 4, tzinfo=UTC), entry="social-card")
    rated, turn = say(desk, "还是不明白", entry="social-card")
    with desk.database.writing() as connection:
        ratings.rate(connection, desk.vault, rated, turn, Rating(up=False, reason="unclear"))
    expected = {
        "": {plain, report, unsure, old, rated},
        "outcome=collecting": {report},
        "intent=report": {report},
        "band=low": {unsure},
        "band=sure": {plain, old, rated},
        "domain=户口与身份证": {plain, unsure},
        "channel=wechat": {unsure},
        "thumb=down": {rated},
        "thumb=up": set(),
        "reviewed=yes": set(),
        "reviewed=no&band=sure&domain=户口与身份证": {plain},
        "words=社保": {old},
        "words=社保卡 怎么": {old},
        "words=卡": {old},
        "words=身份证&outcome=collecting": set(),
        "since=2026-03-05&until=2026-03-05": {old},
        "since=2026-03-06": {plain, report, unsure, rated},
        "domain=-": {report, old, rated},
        "entry=social-card": {old, rated},
        "entry=social-card&thumb=down": {rated},
        "outcome=collecting,no_answer,collecting": {report, unsure},
        "outcome=collecting,no_answer&words=户口": {unsure},
        "outcome=nonsense": set(),
        "channel=a-key-that-is-gone": set(),
        "domain=nothing": set(),
        "band=%00&entry=%00&since=never&reviewed=nonsense&each=nonsense": {plain, report, unsure, old, rated},
        "words=%25": set(),
    }
    for query, wanted in expected.items():
        page = operator.see(f"/desk/conversations?{query}")
        assert operator.status == 200
        assert sorted(listed(page)) == sorted(wanted), query


def test_the_newest_stand_first_and_pages_follow_each_other(desk: Desk, operator: Visitor) -> None:
    conversation, start = begin(desk), now() - timedelta(days=1)
    for place in range(120):
        say(desk, f"第{place}句", conversation, at=start + timedelta(seconds=place))
    page, seen = operator.see("/desk/conversations"), []
    for _ in range(2):
        seen += re.findall(r"第(\d+)句", page)
        page = operator.see(following(page))
    seen += re.findall(r"第(\d+)句", page)
    assert [int(place) for place in seen] == list(reversed(range(120)))
    assert "更早的 50 轮" not in page and "回到第一页" in page
    for after in ("nonsense", "-1", "9" * 30, "%00", "９"):
        operator.see(f"/desk/conversations?after={after}")
        assert operator.status == 302


def test_a_conversation_may_stand_there_once_a_day_with_its_latest_turn_that_fits(
    desk: Desk, operator: Visitor
) -> None:
    noon = datetime(2026, 11, 20, 4, tzinfo=UTC)
    first, other = begin(desk), begin(desk)
    for hours, outcome in ((-24, "answered"), (0, "answered"), (1, "no_answer"), (11.9, "answered"), (12, "answered")):
        say(desk, f"第{hours}小时", first, at=noon + timedelta(hours=hours), outcome=outcome)
    say(desk, "第0小时", other, at=noon, outcome="answered")
    page = operator.see("/desk/conversations?each=conversation")
    assert re.findall(r"第(\S+)小时", page) == ["12", "11.9", "0", "-24"] and listed(page).count(other) == 1
    page = operator.see("/desk/conversations?each=conversation&outcome=no_answer&until=2026-11-20")
    assert re.findall(r"第(\S+)小时", page) == ["1"]


def test_turns_of_the_same_moment_are_all_there(desk: Desk) -> None:
    conversation, at = begin(desk), now()
    for place in range(60):
        say(desk, f"第{place}句", conversation, at=at)
    assert len({row["key"] for row in rows(desk.database, turn_facts)}) == 60


def test_numbers_are_hints_in_the_list_and_in_the_conversation_and_codes_are_hidden(
    desk: Desk, operator: Visitor
) -> None:
    conversation, _ = say(desk, f"我的电话{PHONE},工单20261123-000123查询码K7M2P9QX")
    for address in (
        "/desk/conversations",
        f"/desk/conversations/{conversation}",
        f"/desk/conversations/{conversation}/turns/1",
    ):
        page = operator.see(address)
        assert "138****5678" in page and "〔查询码〕" in page, address
        assert PHONE not in page and "K7M2P9QX" not in page


def test_html_in_a_message_is_shown_as_text(desk: Desk, operator: Visitor) -> None:
    conversation, turn = say(desk, NASTY)
    with desk.database.writing() as connection:
        ratings.rate(connection, desk.vault, conversation, turn, Rating(up=False, reason="other", text=NASTY))
        harmful = [{"type": "text", "text": NASTY, "choices": [{"title": NASTY, "payload": NASTY}]}]
        record.end_turn(connection, conversation, turn, replies=harmful, outcome="answered")
    addresses = ["/desk/conversations", "/desk/conversations?words=%3Cscript%3Ealert(1)%3C/script%3E"]
    addresses += [f"/desk/conversations/{conversation}", f"/desk/conversations/{conversation}/turns/{turn}"]
    for address in addresses:
        page = operator.see(address)
        assert "<script>alert" not in page and "<b>x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "{{ 7 * 7 }}" in page, address


def test_a_conversation_of_two_thousand_turns_is_read_in_pages(desk: Desk, operator: Visitor) -> None:
    conversation = begin(desk)
    said = {"conversation": conversation, "sender": "citizen", "at": now(), "outcome": "small_talk"}
    with desk.database.writing() as connection:
        connection.execute(insert(turns), [said | {"turn": n, "text": f"第{n}句"} for n in range(1, 2001)])
        connection.execute(update(conversations).values(last_turn=2000))
    last = operator.see(f"/desk/conversations/{conversation}")
    assert "第2000句" in last and "第1951句" in last and "第1950句" not in last and 'rel="next"' not in last
    middle = operator.see(f"/desk/conversations/{conversation}?turn=1234")
    assert "第1234句" in middle and middle.count('id="turn-') == 50
    assert 'rel="next"' in middle and 'rel="prev"' in middle
    assert "第2000句" in operator.see(f"/desk/conversations/{conversation}?turn=999999999")


def test_the_entry_is_shown_as_it_was_at_the_time(desk: Desk, operator: Visitor) -> None:
    conversation, turn = say(desk, "身份证丢了怎么办")
    Store(desk.database).seed(
        LOST.read_text(encoding="utf-8").replace("title: 身份证丢了怎么补", "title: 身份证丢了新的写法")
    )
    page = operator.see(f"/desk/conversations/{conversation}/turns/{turn}")
    address = "/desk/conversations/entries/id-card-lost/1"
    assert address in page
    was = operator.see(address)
    assert "身份证丢了怎么补" in was and "新的写法" not in was and "{{" not in was
    assert "新的写法" in operator.see(address[:-1] + "2")
    for unknown in ("id-card-lost/3", "nothing/1", f"id-card-lost/{2**31 - 1}"):
        assert "没有这个版本" in operator.see(f"/desk/conversations/entries/{unknown}")
        assert operator.status == 404


def test_what_was_erased_is_nowhere_and_what_never_was_reads_the_same(desk: Desk, operator: Visitor) -> None:
    conversation, _ = say(desk, f"身份证丢了,电话{PHONE}")
    with desk.database.writing() as connection:
        record.erase(connection, conversation)
        desk.vault.erase(connection, f"conversation:{conversation}")
    for unknown in (conversation, "nothing", "%00"):
        for address in (f"/desk/conversations/{unknown}", f"/desk/conversations/{unknown}/turns/1"):
            operator.see(address)
            assert operator.status in (400, 404)
    assert not listed(operator.see("/desk/conversations?words=身份证"))
    assert not rows(desk.database, turn_facts) and not rows(desk.database, turn_pairs)


def test_turns_of_before_come_into_the_list_once(desk: Desk, operator: Visitor) -> None:
    expected = {say(desk, f"第{place}个老问题")[0] for place in range(3)}
    with desk.database.writing() as connection:
        connection.execute(turn_facts.delete())
        connection.execute(turn_pairs.delete())
    assert not listed(operator.see("/desk/conversations"))
    assert (facts.fill_missing(desk.database), facts.fill_missing(desk.database)) == (3, 0)
    assert set(listed(operator.see("/desk/conversations?words=老问题&domain=户口与身份证"))) == expected


def test_a_turn_that_is_tried_again_stands_there_once(desk: Desk, operator: Visitor) -> None:
    conversation, turn = say(desk, "身份证丢了", outcome="unavailable")
    with desk.database.writing() as connection:
        record.end_turn(connection, conversation, turn, outcome="answered")
    assert listed(operator.see("/desk/conversations")) == [conversation]
    assert "已回答" in operator.see("/desk/conversations?outcome=answered&words=身份")
    assert not listed(operator.see("/desk/conversations?outcome=unavailable"))
