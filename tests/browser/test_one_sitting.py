"""One sitting: a wrong answer is seen, judged, corrected, checked, published by another, and right in the chat."""

import sys
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from commands.prepare import create_tables
from staff import accounts
from tests.browser.screen import Screen, needs_chromium
from tests.hotline.support import make_settings
from tests.service import Service, eventually

PASSWORD = "correct horse battery"
QUESTION = "身份证掉了咋补"
ENTRY = "id-card-lost"
LEAD = "您带上户口本，到就近的派出所就能补。不用回老家，也不用先登报。"
PUBLISHING_MS = 10 * 60_000  # a build on a busy machine
FOLLOWING_SECONDS = 20  # in which the processes that answer have seen and read what was published
TEAM = {"shen": ("小沈", ["operator"]), "bian": ("小边", ["editor"]), "fa": ("小法", ["publisher"])}

pytestmark = [needs_chromium, pytest.mark.prove]


def signed_in(screen: Screen, name: str, address: str) -> Page:
    """A member of staff on a page of theirs."""
    page = screen.page
    page.goto(f"{screen.service.url}{address}")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".desk-nav")).to_be_visible()
    return page


def answer(citizen: Screen) -> str:
    """What a citizen reads when asking the question once more."""
    citizen.say(QUESTION)
    return citizen.card.inner_text()


@pytest.mark.timeout(1200)
def test_a_wrong_answer_is_right_for_the_next_citizen(service: Service, opened: Callable[..., Screen]) -> None:
    database = create_tables(make_settings(f"sqlite:///{service.folder / 'wenzheng.db'}", service.folder))
    with database.writing() as connection:
        for name, (label, roles) in TEAM.items():
            accounts.add(connection, name, label, PASSWORD, roles)
    citizen = opened(service, 375, 812)
    assert LEAD not in answer(citizen)

    began = time.monotonic()
    desk = signed_in(opened(service, 1280, 900), "shen", "/desk/conversations")
    desk.get_by_role("link", name=QUESTION).first.click()
    desk.get_by_label("错", exact=True).check()
    desk.get_by_label("应当是哪个条目").fill("身份证丢了怎么补")
    desk.get_by_label("可以怎样说").fill(LEAD)
    desk.get_by_role("button", name="记下判断").click()
    expect(desk.get_by_role("status")).to_contain_text("判断已记下")

    editor = signed_in(opened(service, 1280, 900), "bian", f"/content/{ENTRY}")
    editor.locator("[name=lead]").fill(LEAD)
    expect(editor.locator("[data-preview] .card")).to_contain_text(LEAD)
    editor.get_by_role("button", name="交审").click()
    expect(editor.locator(".said").first).to_be_visible()

    publisher = signed_in(opened(service, 1280, 900), "fa", f"/content/{ENTRY}/review")
    publisher.get_by_role("button", name="批准发布").click()
    publisher.wait_for_url("**/content/publishing")
    publisher.goto(f"{service.url}/content/publishing")
    asked = time.monotonic()
    expect(publisher.locator("[data-jobs] .job").first).to_contain_text("已启用", timeout=PUBLISHING_MS)
    published = time.monotonic()

    later = opened(service, 375, 812)
    eventually(lambda: LEAD in answer(later), FOLLOWING_SECONDS)
    live = time.monotonic()
    desk.goto(f"{service.url}/desk/conversations/loop")
    expect(desk.locator("tbody tr").first).to_contain_text("身份证丢了怎么补")
    print(
        f"from the judgement to the right answer {live - began:.0f} s, of which the machine's publishing "
        f"{published - asked:.0f} s, and {live - published:.1f} s until the chat had read it",
        file=sys.stderr,
    )
