"""A ticket's own page through the real application: what it shows, and what it lets its citizen do."""

import re
from datetime import timedelta
from typing import Any

import pytest

from foundation.clock import now
from hotline.desk import Actor
from hotline.desk import Desk as StaffDesk
from hotline.tables import tickets, uploads
from tests.hotline.support import PHONE, Desk, everything_at_rest
from tests.web.ticket_page import Page, opened

OPERATOR = Actor("wang", ("operator",))


@pytest.fixture
def page(desk: Desk) -> Page:
    return Page(desk, opened(desk))


def test_the_page_says_who_has_it_until_when_and_what_was_said_the_newest_first(page: Page) -> None:
    page.desk.staff(page.number, "dispatch", department="市政维修队", deadline="2026-12-01T18:00:00+08:00")
    page.desk.staff(page.number, "progress", message="已派人查看线路")
    shown = page.show()
    assert re.search(r'"ticket-now">市政维修队正在办。<br>\d+月\d+日前给您答复。</p>', shown)
    assert shown.index("已派人查看线路") < shown.index("预计12月1日 18:00前答复您。") < shown.index("我们已收到")
    page.desk.staff(page.number, "answer", message="修好了吗？修好了！")
    shown = page.show()
    assert re.search('"ticket-now">市政维修队答复了。[^<]*</p>', shown), "nobody has it any more"
    assert "修好了！</p>" in shown


def test_pictures_are_only_counted(page: Page) -> None:
    assert "照片" not in page.show()
    with page.desk.database.writing() as connection:
        for name in ("first", "second"):
            known = {"id": name, "uploader": "u", "width": 1, "height": 1, "digest": name, "at": now()}
            connection.execute(uploads.insert().values(ticket=page.number, **known))
    assert "2 张，办理的人能看到" in page.show() and "first" not in page.show()


def test_a_number_that_staff_gave_is_whole_and_the_citizens_own_only_a_hint(desk: Desk) -> None:
    page = Page(desk, opened(desk, contact=desk.tokenized(PHONE)))
    with desk.database.writing() as connection:
        connection.execute(tickets.update().values(handled_by="local"))
    version = page.row()["version"]
    StaffDesk(desk.database, desk.vault, desk.settings).take(
        page.number, "supplement", OPERATOR, {"message": "她的另一个号 13987654321"}, version
    )
    desk.staff(page.number, "accept", "operator", message=f"请打 010-87654321,或等我们打 {PHONE}")
    desk.staff(page.number, "dispatch", "operator", department="城管局", message="请打 010-87654321")
    desk.staff(page.number, "progress", "officer", message="厂家电话 +1 345 678 9012")
    shown = page.show()
    assert '请打 <a class="whole" href="tel:01087654321">010-87654321</a>。' in shown
    assert '<a class="whole" href="tel:+13456789012">+1 345 678 9012</a>。' in shown
    assert "请打 010****4321,或等我们打 138****5678。" in shown
    assert PHONE not in shown and "13987654321" not in shown


def test_only_the_steps_that_can_be_taken_are_offered(page: Page) -> None:
    def offered() -> set[str]:
        return set(re.findall(rf'action="{page.path}/(\w+)#\1"', page.show()))

    assert offered() == {"supplement", "urge", "withdraw"}
    page.desk.staff(page.number, "answer", message="已修好")
    assert offered() == {"rate"}
    page.desk.tickets.rate(page.number, True)
    assert offered() == {"reopen"}
    page.desk.tickets.reopen(page.number, "又坏了")
    page.desk.tickets.withdraw(page.number)
    assert offered() == set() and "您可以" not in page.show()


def test_every_act_works_with_the_code_and_is_told_in_words(page: Page) -> None:
    assert "已经补充" in page.with_code("supplement", text="第三盏,电话１３８１２３４５６７８").text
    assert "已经帮您催了" in page.act("urge", text="天黑了").text
    page.desk.staff(page.number, "answer", message="已修好")
    told = page.act("rate", solved="no", satisfaction="dissatisfied", text="还是不亮").text
    assert "会重新办理" in told and page.state() == "dispatched"
    page.desk.staff(page.number, "answer", message="真修好了")
    assert "谢谢您的评价" in page.act("rate", solved="yes", satisfaction="very_satisfied").text
    assert (page.state(), page.row()["solved"], page.row()["satisfaction"]) == ("closed", True, "very_satisfied")
    assert "重新打开" in page.act("reopen", text="又坏了").text and page.state() == "dispatched"
    assert PHONE not in everything_at_rest(page.desk.database), "numbers written here go to the vault too"


def test_withdrawing_asks_once_more(page: Page) -> None:
    asked = page.with_code("withdraw", text="自己<修>好了")
    assert "真的要撤回吗？" in asked.text and page.state() == "submitted"
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert form["text"] == "自己&lt;修&gt;好了"
    done = page.browser.post(f"{page.path}/withdraw", data=form | {"text": "自己修好了"}, follow_redirects=True)
    assert "不再办理" in done.text and "您说:自己修好了。" in done.text and page.state() == "withdrawn"


def test_a_slip_costs_no_try_and_loses_no_words(page: Page) -> None:
    page.desk.staff(page.number, "answer", message="已修好")
    slips: list[tuple[dict[str, str], str]] = [
        ({}, "请先选"),
        ({"solved": "no", "satisfaction": "dissatisfied"}, "请写下哪里没有解决"),
        ({"solved": "yes", "satisfaction": "great"}, "请从五个里选一个"),
        ({"solved": "yes", "text": "好" * 1001}, "不要超过 1000 个字"),
        ({"solved": "maybe"}, "请先选"),
    ]
    for fields, words in slips:
        refused = page.act("rate", code="错的", **fields)
        assert refused.status_code == 422 and words in refused.text, fields
    kept = page.act("rate", code="错的", solved="yes", satisfaction="satisfied", text="挺好").text
    assert "查询码不对" in kept and ">挺好</textarea>" in kept
    assert re.search(r'value="satisfied" checked', kept) and page.row()["code_failures"] == 1
    assert page.state() == "answered"


def test_too_soon_too_late_and_out_of_turn_are_refused_kindly(page: Page, monkeypatch: Any) -> None:
    assert page.with_code("urge").status_code == 200
    again = page.act("urge")
    assert again.status_code == 409 and "24 小时内已经催过一次" in again.text
    early = page.act("rate", solved="yes")
    assert early.status_code == 409 and "“已提交”，这一步做不了" in early.text
    page.desk.staff(page.number, "answer", message="已修好")
    page.act("rate", solved="yes")
    later = now() + timedelta(days=366)
    monkeypatch.setattr("hotline.steps.now", lambda: later)
    late = page.act("reopen", text="又坏了")
    assert late.status_code == 409 and "超过 15 天" in late.text and page.state() == "closed"


def test_a_merged_ticket_shows_how_far_the_main_one_is_and_nobodys_words(desk: Desk) -> None:
    at_home = desk.with_settings(handling="local")
    page, main, last = Page(at_home, opened(at_home)), at_home.open(conversation="c2"), at_home.open(conversation="c3")
    staff = StaffDesk(at_home.database, at_home.vault, at_home.settings)
    assert "一起办的工单" not in page.show()
    staff.merge(page.number, main, OPERATOR, 1)
    staff.merge(main, last, OPERATOR, 1)
    staff.take(last, "publish", OPERATOR, {"summary": "幸福路路灯不亮"}, 1)
    staff.take(last, "accept", OPERATOR, {"message": "李女士家门口的灯"}, 2)
    staff.take(last, "dispatch", OPERATOR, {"department": "urban-management"}, 3)
    shown = page.show()
    assert f"{last}</span>：已派单" in shown and "幸福路路灯不亮" in shown
    assert "李女士" not in shown and re.search(r"在办，\d+月\d+日前答复。", shown)


def test_from_an_anonymous_ticket_nothing_leads_to_the_conversation(desk: Desk) -> None:
    page = Page(desk, opened(desk, conversation="conversation-77", anonymous=True))
    answer = page.browser.get(page.path)
    assert "conversation-77" not in answer.text + str(answer.headers)
    page.with_code("supplement", text="第三盏")
    assert "conversation-77" not in everything_at_rest(desk.database)


def test_words_are_shown_as_words(desk: Desk) -> None:
    page = Page(desk, opened(desk, what="<script>alert(1)</script>"))
    page.with_code("supplement", text='<img src="x"> 010-87654321 <b>')
    shown = page.show()
    assert "&lt;script&gt;" in shown and "&lt;img" in shown and "&lt;b&gt;" in shown
    assert "<img src=" not in shown.partition("<main")[2] and "<b>" not in shown and "<script>" not in shown
