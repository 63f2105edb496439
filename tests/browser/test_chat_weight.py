"""How much a first visit to the chat page brings over the line, and what its first text waits for."""

import re
from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.browser.chat_pages import Pages
from tests.browser.screen import Screen, needs_chromium
from tests.service import eventually

LIMIT_BYTES = 120 * 1024
pytestmark = needs_chromium


def test_a_first_visit_brings_at_most_120_kilobytes(chat_pages: Pages, opened: Callable[..., Screen]) -> None:
    screen = opened(chat_pages, 375, 812)
    screen.context.clear_cookies()
    page = screen.context.new_page()
    wire, brought, addresses = screen.context.new_cdp_session(page), list[float](), list[str]()
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.on("Network.loadingFinished", lambda event: brought.append(event["encodedDataLength"]))
    wire.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
    page.goto(f"{chat_pages.url}/chat")  # every module is there then; a busy machine may rest before
    page.wait_for_load_state("networkidle")
    print(f"first visit: {len(addresses)} requests, {sum(brought) / 1024:.1f} KB with headers")
    assert len(brought) > 20 and 10_000 < sum(brought) <= LIMIT_BYTES


def test_the_first_text_waits_for_no_module(chat_pages: Pages, opened: Callable[..., Screen]) -> None:
    screen = opened(chat_pages, 375, 812)
    held: list[Route] = []
    screen.page.route(re.compile(r"/js/(?!text_size|plain).*\.js"), lambda route: held.append(route))
    screen.page.goto(f"{chat_pages.url}/chat", wait_until="commit")
    expect(screen.page.locator("#log")).to_contain_text("您好，我是问政通")
    eventually(lambda: screen.page.evaluate("performance.getEntriesByName('first-contentful-paint').length"))
    assert held, "no script was held back"
    for route in held:
        route.continue_()
