"""axe-core finds nothing serious or critical on any page that citizens see."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from foundation.privacy import Vault
from tests.browser.chat_pages import Pages, suggested, tool
from tests.browser.screen import Screen, needs_chromium
from tests.hotline.support import DATA_KEYS, Desk, make_settings

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
RUN = "() => axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"

pytestmark = needs_chromium


def grave(page: Page) -> list[str]:
    """What axe-core holds against a page, with the places."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    "address", ["/chat", "/report", "/t", "/board", "/developers", "/static/offline.html", "/no-such-page"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(375, 812), (1280, 800)], ids=["375", "1280"])
def test_a_page_has_no_grave_finding(
    chat_pages: Pages, opened: Callable[..., Screen], size: tuple[int, int], scheme: str, address: str
) -> None:
    screen = opened(chat_pages, *size, color_scheme=scheme)
    screen.page.goto(f"{chat_pages.url}{address}")
    assert not grave(screen.page)
    screen.troubles[:] = [trouble for trouble in screen.troubles if "404" not in trouble]


def test_the_page_of_a_ticket_has_no_grave_finding(screen: Screen, chat_pages: Pages, tmp_path: Path) -> None:
    settings = make_settings(chat_pages.database.url.render_as_string(), tmp_path)
    desk = Desk(chat_pages.database, Vault(DATA_KEYS), settings)
    number = desk.open()
    desk.staff(number, "progress", message="已派人查看")
    [ticket] = desk.tickets.of_conversation("c1")
    screen.page.goto(chat_pages.url + ticket.link.removeprefix(settings.site))
    expect(screen.page.locator(".sheet").first).to_contain_text(number)
    assert not grave(screen.page)


def test_the_chat_in_use_has_no_grave_finding(screen: Screen) -> None:
    screen.say("身份证丢了")
    for summary in screen.card.locator("summary").all():
        screen.press(summary)
    screen.press(tool(screen, "down"))
    expect(screen.page.get_by_label("看不懂")).to_be_visible()  # the reasons take the focus when they come
    screen.press(screen.page.locator("#more"))
    assert not grave(screen.page)
    suggested(screen, "身份证")
    assert not grave(screen.page)
    screen.page.keyboard.press("Escape")
    screen.press(screen.page.locator("#menu summary"))
    assert not grave(screen.page)
    screen.press(screen.page.locator("#menu-end"))
    assert not grave(screen.page)


def test_the_check_would_see_a_grave_finding(screen: Screen) -> None:
    screen.page.evaluate("document.querySelector('#text').labels[0].remove()")
    screen.page.evaluate("document.querySelector('#text').removeAttribute('placeholder')")
    assert any(found.startswith("label") for found in grave(screen.page))
