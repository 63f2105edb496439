"""Real Chromium on the running product."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chat_pages import Pages, served
from tests.browser.screen import CHROMIUM, PATIENCE_MS, Screen
from tests.service import Service

SIZES = [(375, 812), (1280, 800)]
PLACE: Any = {"latitude": 30.25, "longitude": 120.17, "accuracy": 18}
GIVEN = ["geolocation", "clipboard-read", "clipboard-write"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE_MS)  # a busy machine is no failure


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file: Playwright's event loop, left running, would stand in the way of other files' own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Screen]]:
    """Makes screens on any product; when the test is over, none may have seen trouble."""
    screens: list[Screen] = []

    def open_one(product: Service, *size: int, **options: Any) -> Screen:
        screens.append(Screen(chromium, product, *size, **options))
        return screens[-1]

    yield open_one
    for screen in screens:
        screen.context.close()
    assert [screen.troubles for screen in screens] == [[] for _ in screens]


@pytest.fixture
def open_screen(opened: Callable[..., Screen], service: Service) -> Callable[..., Screen]:
    """Makes screens on the running product."""
    return lambda *size, **options: opened(service, *size, **options)


@pytest.fixture
def phone(open_screen: Callable[..., Screen]) -> Screen:
    """A phone on its first visit."""
    return open_screen(375, 812)


@pytest.fixture
def chat_pages(tmp_path: Path) -> Iterator[Pages]:
    """The pages of citizens, with a stand-in for Rasa."""
    with served(tmp_path) as pages:
        yield pages


@pytest.fixture(params=SIZES, ids=["375", "1280"])
def screen(request: pytest.FixtureRequest, chat_pages: Pages, opened: Callable[..., Screen]) -> Screen:
    """One visit to them; the device knows where it is, and tells whoever asks."""
    return opened(chat_pages, *request.param, geolocation=PLACE, permissions=GIVEN)
