"""What the chat page offers beyond asking and answering, on a phone and on a wide screen, with a stand-in for Rasa."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from conversations.tables import turn_ratings, turns
from tests.browser.chat_pages import ANSWERED, Pages, suggested, tool
from tests.browser.screen import Screen, needs_chromium
from tests.hotline.support import rows

pytestmark = needs_chromium


def menu(screen: Screen, entry: str) -> None:
    screen.press(screen.page.locator("#menu summary"))
    screen.press(screen.page.locator("#menu").get_by_text(entry))


def test_suggestions_are_chosen_with_the_arrows_and_closed_with_escape(screen: Screen) -> None:
    field, options = screen.page.locator("#text"), suggested(screen, "身份证")
    assert 2 <= options.count() <= 5
    expect(field).to_have_attribute("aria-expanded", "true")
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-1")
    expect(screen.page.locator("#suggestions-note")).to_contain_text("个相近的问题")
    assert not screen.too_wide()
    screen.page.keyboard.press("Escape")
    expect(screen.page.locator("#suggestions")).to_be_hidden()
    expect(field).to_have_value("身份证")
    text = suggested(screen, "sfz").first.inner_text()
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("Enter")
    expect(screen.own.last).to_contain_text(text)
    expect(screen.card).to_be_visible()


def test_a_suggestion_is_one_press_away(screen: Screen) -> None:
    options = suggested(screen, "身份证")
    text = options.last.inner_text()
    screen.press(options.last)
    expect(screen.own.last).to_contain_text(text)
    expect(screen.page.locator("#suggestions")).to_be_hidden()


@pytest.mark.parametrize("text", ["我的身份证号 330102199001011234", "身份证" + "很长的一件事" * 4])
def test_numbers_and_stories_are_looked_up_nowhere(screen: Screen, text: str) -> None:
    suggested(screen, "身份证")
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.page.locator("#text").fill(text)
    screen.page.wait_for_timeout(600)
    assert not [url for url in asked if "suggestions" in url]
    expect(screen.page.locator("#suggestions")).to_be_hidden()


def test_thumbs_and_a_reason_outlast_a_reload(screen: Screen, chat_pages: Pages) -> None:
    screen.say("身份证丢了")
    screen.press(tool(screen, "up"))
    expect(tool(screen, "up")).to_have_attribute("aria-pressed", "true")
    screen.press(tool(screen, "down"))
    screen.press(screen.page.get_by_text("看不懂"))
    screen.page.get_by_label("想补充的话").fill("电话 13812345678 没人接")
    assert not screen.too_wide()
    screen.press(screen.page.get_by_role("button", name="提交评价"))
    expect(screen.turns.last.locator(".tools-note")).to_have_text("谢谢，我们会改")
    [row] = rows(chat_pages.database, turn_ratings)
    assert (row["turn"], row["up"], row["reason"], row["text"]) == (1, False, "unclear", "电话 〔电话1〕 没人接")
    screen.page.reload()
    expect(tool(screen, "down")).to_have_attribute("aria-pressed", "true")
    expect(tool(screen, "up")).to_have_attribute("aria-pressed", "false")
    screen.press(tool(screen, "down"))
    expect(screen.page.get_by_label("看不懂")).to_be_checked()


def test_an_answer_is_copied(screen: Screen) -> None:
    screen.say("身份证丢了")
    screen.press(tool(screen, "copy"))
    expect(screen.turns.last.locator(".tools-note")).to_have_text("已复制")
    assert screen.page.evaluate("navigator.clipboard.readText()").startswith("身份证丢了怎么补\n不用回老家")


def test_the_conversation_is_ended_and_rated(screen: Screen, chat_pages: Pages) -> None:
    screen.say("身份证丢了")
    menu(screen, "结束并评价")
    screen.page.get_by_label("还想说点什么").fill("窗口没人")
    screen.press(screen.page.get_by_role("button", name="结束对话"))
    expect(screen.page.locator("#end-dialog .problem")).to_contain_text("请先选")
    assert not rows(chat_pages.database, turn_ratings) and not screen.too_wide()
    screen.press(screen.page.get_by_text("没帮到", exact=True))
    screen.press(screen.page.get_by_role("button", name="结束对话"))
    expect(screen.turns).to_have_count(1)
    screen.arrive(f"{chat_pages.url}/chat")
    [row] = rows(chat_pages.database, turn_ratings)
    assert (row["turn"], row["up"], row["text"]) == (0, False, "窗口没人")
    screen.say("还有一件事")
    assert len({row["conversation"] for row in rows(chat_pages.database, turns)}) == 2


def test_the_conversation_is_taken_along_and_then_deleted(screen: Screen, chat_pages: Pages) -> None:
    screen.say("身份证丢了")
    with screen.page.expect_download() as download:
        menu(screen, "下载这次对话")
    assert re.fullmatch(r"wenzheng-\d{8}-\d{4}\.txt", download.value.suggested_filename)
    assert "身份证丢了怎么补" in Path(download.value.path()).read_text(encoding="utf-8")
    menu(screen, "删除这次对话")
    screen.press(screen.page.get_by_role("button", name="不删"))
    assert rows(chat_pages.database, turns)
    menu(screen, "删除这次对话")
    screen.press(screen.page.get_by_role("button", name="删掉"))
    expect(screen.turns).to_have_count(1)
    assert not rows(chat_pages.database, turns)


def test_a_ticket_card_shows_what_came_later(screen: Screen, chat_pages: Pages) -> None:
    def ticket(state: str) -> dict[str, Any]:
        reply = {"type": "ticket", "text": f"现在是{state}", "number": "20261128-000001", "state": state, "events": []}
        return {**ANSWERED, "messages": [{**reply, "origin": {"kind": "hotline", "id": "x", "revision": None}}]}

    chat_pages.rasa.answer = ticket("已提交")
    screen.say("查工单")
    expect(screen.page.locator(".ticket-state")).to_have_text(["已提交"])
    chat_pages.rasa.answer = ticket("办理中")
    screen.say("查工单")
    expect(screen.page.locator(".ticket-state")).to_have_text(["办理中", "办理中"])


def test_without_a_network_the_page_says_what_to_do(screen: Screen, chat_pages: Pages) -> None:
    screen.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    screen.context.set_offline(True)
    screen.page.goto(f"{chat_pages.url}/chat")
    expect(screen.page.get_by_role("heading")).to_have_text("现在没有网络")
    expect(screen.page.get_by_role("link", name="12345")).to_have_attribute("href", "tel:12345")
    assert screen.page.locator("body").evaluate("one => getComputedStyle(one).margin") == "0px", "its style is missing"
    kept = screen.page.evaluate("async () => (await (await caches.open('wenzheng-1')).keys()).map((one) => one.url)")
    assert kept and not [url for url in kept if "/static/" not in url]
    screen.context.set_offline(False)
    screen.press(screen.page.get_by_role("link", name="再试一次"))
    expect(screen.page.locator("#text")).to_be_visible()
    screen.troubles[:] = [trouble for trouble in screen.troubles if "ERR_INTERNET_DISCONNECTED" not in trouble]


def test_without_javascript_it_is_a_form(chat_pages: Pages, opened: Callable[..., Screen]) -> None:
    screen = opened(chat_pages, 375, 812, java_script_enabled=False)
    screen.page.locator("#text").fill("身份证丢了")
    screen.press(screen.page.get_by_role("button", name="发送"))
    expect(screen.card).to_contain_text("不用回老家")
    screen.press(screen.card.get_by_text("带什么"))
    expect(screen.card.get_by_text("本人到场")).to_be_visible()
    screen.press(screen.page.locator(".choice", has_text="身份证快到期了"))
    expect(screen.own).to_have_count(2)
    screen.press(screen.page.locator(".chip").first)
    expect(screen.own).to_have_count(3)
    screen.page.get_by_label("我确定要删掉").check()
    screen.press(screen.page.get_by_role("button", name="删除"))
    expect(screen.own).to_have_count(0)


@pytest.mark.parametrize(("width", "large"), [(320, False), (320, True), (1920, False)])
def test_everything_fits_the_narrowest_and_the_widest_screen(
    chat_pages: Pages, opened: Callable[..., Screen], width: int, large: bool
) -> None:
    screen = opened(chat_pages, width, 900)
    if large:
        screen.press(screen.page.get_by_role("button", name="大字"))
    suggested(screen, "身份证")
    assert not screen.too_wide()
    screen.say("身份证丢了")
    screen.press(tool(screen, "down"))
    screen.press(screen.page.locator("#more"))
    assert not screen.too_wide()
    screen.press(screen.page.locator("#menu summary"))
    assert not screen.too_wide()
    screen.press(screen.page.locator("#menu-end"))
    expect(screen.page.get_by_role("button", name="结束对话")).to_be_in_viewport()
    assert not screen.too_wide()
