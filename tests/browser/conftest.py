"""Real Chromium on the running product."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.screen import CHROMIUM, Screen
from tests.service import Service

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file: Playwright's event loop, left running, would stand in the way of other files' own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_screen(chromium: Browser, service: Service) -> Iterator[Callable[..., Screen]]:
    """Makes screens; when the test is over, none may have seen an error, a forbidden script or a foreign address."""
    screens: list[Screen] = []

    def open_one(*size: int, **options: Any) -> Screen:
        screens.append(Screen(chromium, service, *size, **options))
        return screens[-1]

    yield open_one
    for screen in screens:
        screen.context.close()
    assert [screen.troubles for screen in screens] == [[] for _ in screens]


@pytest.fixture
def phone(open_screen: Callable[..., Screen]) -> Screen:
    """A phone on its first visit."""
    return open_screen(375, 812)
