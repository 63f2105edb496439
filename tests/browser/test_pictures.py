"""Pictures of the pages for people to look at; made only where WENZHENG_PICTURES names a folder."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.screen import Screen, needs_chromium

FOLDER = os.environ.get("WENZHENG_PICTURES", "")

pytestmark = [needs_chromium, pytest.mark.skipif(not FOLDER, reason="WENZHENG_PICTURES names no folder")]


@pytest.mark.parametrize(
    ("name", "size", "scheme", "large"),
    [
        ("375", (375, 812), "light", False),
        ("1280", (1280, 800), "light", False),
        ("375-dark", (375, 812), "dark", False),
        ("1280-dark", (1280, 800), "dark", False),
        ("375-large", (375, 812), "light", True),
    ],
)
def test_the_pages_are_pictured(
    open_screen: Callable[..., Screen], name: str, size: tuple[int, int], scheme: str, large: bool
) -> None:
    screen = open_screen(*size, color_scheme=scheme)
    if large:
        screen.press(screen.page.get_by_role("button", name="大字"))
    folder = Path(FOLDER) / name
    screen.picture(folder / "1-welcome.png")
    screen.say("身份证掉了咋补")
    screen.picture(folder / "2-card.png")
    folds = screen.card.locator("summary")
    for fold, picture in ((folds.filter(has_text="带什么"), "3-unfolded.png"), (folds.last, "4-basis.png")):
        screen.press(fold)
        screen.picture(folder / picture)
    screen.say("证件过期了")
    screen.picture(folder / "5-asked-back.png")
    screen.say("我家楼下路灯坏了好几天没人管")
    screen.say("建设路12号阳光小区3号楼")
    screen.picture(folder / "6-contact.png")
    screen.choose("匿名提交")
    screen.picture(folder / "7-summary.png")
    screen.choose("确认提交")
    screen.picture(folder / "8-ticket.png")
    screen.say("着火了,楼道里全是烟")
    screen.picture(folder / "9-emergency.png")
    screen.press(screen.page.get_by_role("link", name="打开工单页"))
    expect(screen.page.locator("article.sheet")).to_be_visible()
    screen.picture(folder / "10-ticket-page.png")
