"""Who gets to a ticket's page, and who may act there: links, codes, forms, and how often one may guess."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from foundation.clock import now
from hotline.access import wrong_codes
from tests.hotline.support import Desk, everything_at_rest, in_threads, rows
from tests.web.ticket_page import Page, opened
from web import ticket_acts


@pytest.fixture
def page(desk: Desk) -> Page:
    return Page(desk, opened(desk))


def test_the_code_is_asked_for_once_and_remembered_for_half_an_hour(page: Page, monkeypatch: Any) -> None:
    refused = page.act("urge")
    assert refused.status_code == 403 and "查询码不对" in refused.text
    page.with_code("supplement", text="第三盏")
    assert 'name="code"' not in page.show()
    assert page.act("supplement", text="第四盏").status_code == 200
    other = page.app.test_client()
    assert 'name="code"' in other.get(page.path).text, "only this browser is remembered"
    second = Page(page.desk, opened(page.desk))
    assert 'name="code"' in page.browser.get(second.path).text, "only this ticket is opened"
    monkeypatch.setattr(ticket_acts, "time", lambda: now().timestamp() + 31 * 60)
    assert 'name="code"' in page.show() and page.act("urge").status_code == 403


def test_fifty_tries_never_get_through_and_the_page_says_that_it_is_shut(page: Page) -> None:
    answers = in_threads(50, lambda place: page.act_in(page.app.test_client(), "urge", code=f"AAAAAA{place:02}"))
    assert {answer.status_code for answer in answers} == {403}
    assert sum("查询码不对" in answer.text for answer in answers) == 10
    assert sum("锁一小时" in answer.text for answer in answers) == 40
    right = page.with_code("urge")
    assert right.status_code == 403 and "锁一小时" in right.text and page.row()["urges"] == 0


def test_the_link_does_not_show_the_code_that_its_citizen_wrote(page: Page) -> None:
    page.with_code("supplement", text=f"工单{page.number}查询码{page.opened.code}还没人管")
    [view] = page.desk.tickets.of_conversation("c1")
    for shown in (page.app.test_client().get(page.path).text, str(view)):
        assert page.opened.code not in shown and f"工单{page.number}查询码〔查询码〕还没人管" in shown


def test_a_form_from_elsewhere_is_refused(page: Page) -> None:
    page.with_code("supplement", text="第三盏")
    for token in ("", "guessed"):
        forged = page.browser.post(f"{page.path}/withdraw", data={"form_token": token, "sure": "yes"})
        assert forged.status_code == 403 and "请再按一次" in forged.text
    stranger = page.app.test_client()
    foreign = re.findall(r'name="form_token" value="([^"]+)"', stranger.get(page.path).text)[0]
    forged = page.browser.post(f"{page.path}/withdraw", data={"form_token": foreign, "sure": "yes"})
    assert forged.status_code == 403 and page.state() == "submitted"


def test_number_and_code_lead_to_the_page_and_wrong_ones_are_told_alike_and_counted(page: Page) -> None:
    def look_up(number: str, code: str) -> TestResponse:
        return looked_up(page, number, code)

    unknown, wrong = look_up("20200101-000001", page.opened.code), look_up(page.number, "AAAAAAAA")
    assert unknown.status_code == wrong.status_code == 403
    assert unknown.text.replace("20200101-000001", page.number) == wrong.text
    [counted] = rows(page.desk.database, wrong_codes)
    assert (counted["ticket"], counted["failures"]) == (page.number, 1)
    right = look_up(f" {page.number} ", f" {page.opened.code.lower()[:4]} {page.opened.code[4:]} ")
    assert (right.status_code, right.location) == (303, page.path)
    assert 'name="code"' not in page.show(), "the code was just given"
    for _ in range(10):
        shut = look_up(page.number, "AAAAAAAA")
    shut = look_up(page.number, page.opened.code)
    assert shut.status_code == 403 and shut.text == wrong.text
    assert page.browser.post("/t", data={"number": page.number, "code": page.opened.code}).status_code == 403


def test_who_takes_a_number_from_the_board_locks_nobody_out_but_themselves(page: Page) -> None:
    answers = [looked_up(page, page.number, f"AAAAAA{place:02}", "203.0.113.9") for place in range(50)]
    assert {answer.status_code for answer in answers} == {403}
    assert looked_up(page, page.number, page.opened.code, "203.0.113.9").status_code == 403, "fifty are too many"
    assert page.with_code("urge").status_code == 200 and page.row()["urges"] == 1, "the link is counted apart"
    right = looked_up(page, page.number, page.opened.code, "198.51.100.7")
    assert (right.status_code, right.location) == (303, page.path)
    assert "203.0.113.9" not in everything_at_rest(page.desk.database)


def looked_up(page: Page, number: str, code: str, address: str = "127.0.0.1") -> TestResponse:
    """The form for whoever has a number and a code, sent from an address."""
    token = re.findall(r'name="form_token" value="([^"]+)"', page.browser.get("/t").text)[0]
    given = {"form_token": token, "number": number, "code": code}
    return page.browser.post("/t", data=given, environ_base={"REMOTE_ADDR": address})


def test_a_guessed_link_is_not_found_and_guessing_is_limited(desk: Desk) -> None:
    page = Page(desk, opened(desk), messages_per_minute=5)
    assert page.browser.get(f"{page.path}x").status_code == 404
    assert page.browser.post(f"{page.path}x/urge").status_code == 404
    assert page.browser.post(f"{page.path}/close").status_code == 404, "not a citizen's step"
    assert page.browser.get(f"{page.path[:-1]}").status_code == 404
    statuses = [page.browser.get(f"/t/guess{turn}").status_code for turn in range(4)]
    assert statuses[-1] == 429 and page.browser.get(page.path).status_code == 429


def test_the_page_is_kept_by_nobody_and_found_by_no_search(page: Page) -> None:
    answer = page.browser.get(page.path)
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in answer.text
