"""The chat page where its scripts do not run, although the browser runs scripts: it is a form, with what was said."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chat_pages import Pages
from tests.browser.screen import Screen, caught, needs_chromium, stop_clock

pytestmark = needs_chromium
CHAT = re.compile(r"/js/chat\.js$")
PATIENCE_MS = 4000  # as plain.js has it


def lost(route: Route) -> None:
    route.abort()


def not_understood(route: Route) -> None:
    """What an old browser makes of words that it does not know."""
    route.fulfill(content_type="text/javascript", body="a b")


@pytest.mark.parametrize(
    ("script", "happens", "trouble"),
    [
        (CHAT, lost, "ERR_FAILED"),
        (re.compile(r"/js/words\.js$"), lost, "ERR_FAILED"),
        (re.compile(r"/js/log\.js$"), not_understood, "Unexpected identifier"),
    ],
    ids=["the script is lost", "one of its modules is lost", "the browser is too old"],
)
def test_who_runs_scripts_and_not_ours_reads_the_answer(
    chat_pages: Pages,
    opened: Callable[..., Screen],
    script: re.Pattern[str],
    happens: Callable[[Route], None],
    trouble: str,
) -> None:
    screen = opened(chat_pages, 375, 812)
    screen.page.route(script, happens)
    screen.page.reload()
    screen.page.locator("#text").fill("身份证丢了")
    screen.press(screen.page.get_by_role("button", name="发送"))
    expect(screen.card).to_contain_text("不用回老家")
    expect(screen.own).to_be_in_viewport()
    screen.press(screen.page.locator(".choice", has_text="身份证快到期了"))
    expect(screen.own).to_have_count(2)
    assert not screen.too_wide()
    screen.forgive(trouble)


def test_who_runs_ours_never_sees_the_plain_page(chat_pages: Pages, opened: Callable[..., Screen]) -> None:
    screen = opened(chat_pages, 375, 812)
    screen.say("身份证丢了")
    held = list[Route]()
    stop_clock(screen.page)
    screen.page.route(CHAT, lambda route: held.append(route))
    screen.page.reload(wait_until="commit")
    expect(screen.page.locator("#composer")).to_be_visible()
    expect(screen.page.locator("#plain .card")).to_have_count(1)
    expect(screen.page.locator("#plain .card")).to_be_hidden()
    assert "居民身份证" not in screen.page.locator("#log").aria_snapshot(), "read twice"
    caught(screen.page, held).continue_()
    expect(screen.page.locator("#plain")).to_have_count(0)
    expect(screen.page.locator("#log .card")).to_have_count(1)


def test_a_script_that_hangs_on_the_line_holds_the_answer_back_for_seconds_only(
    chat_pages: Pages, opened: Callable[..., Screen]
) -> None:
    screen = opened(chat_pages, 375, 812)
    screen.say("身份证丢了")
    held = list[Route]()
    stop_clock(screen.page)
    screen.page.route(CHAT, lambda route: held.append(route))
    screen.page.reload(wait_until="commit")
    expect(screen.page.locator("#plain .card")).to_have_count(1)
    screen.page.clock.run_for(PATIENCE_MS)
    expect(screen.page.locator("#plain .card")).to_be_visible()
    caught(screen.page, held).continue_()
    expect(screen.page.locator("#plain")).to_have_count(0)
