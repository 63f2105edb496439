"""The public board in a citizen's hands: it fits any screen, works without JavaScript, and following leads to news."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from foundation.database import Database
from foundation.privacy import Vault
from hotline.desk import Actor
from hotline.pictures.gallery import Gallery
from hotline.pictures.store import attach
from hotline.pictures.uploads import Uploads
from hotline.tables import ticket_followers, tickets
from tests.browser.screen import Screen, needs_chromium
from tests.hotline.photos import photo
from tests.hotline.support import DATA_KEYS, Desk, make_settings, rows
from web import create_app

pytestmark = needs_chromium
SUMMARIES = (
    ("湖滨街道幸福路一带路灯不亮，晚上看不见路", "street-light", {"place": "湖滨街道幸福路"}),
    ("青石镇集市门口井盖松动，车一过就响，已经有老人在这里绊倒过", "manhole", {"place": "青石镇"}),
    ("小区门口连夜施工，声音太大" * 4, "", {"place": "南门街道"}),
)


@dataclass
class Pages:
    """The pages, and what stands on the board: the first one overdue, the second answered, the last just sent."""

    url: str
    desk: Desk
    numbers: list[str]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path).copy(update={"messages_per_minute": 0})
    database = Database(settings.database_url)
    database.create_tables()
    desk = Desk(database, Vault(DATA_KEYS), settings)
    numbers = [desk.open(category=category, **other) for _, category, other in SUMMARIES]
    for number, (summary, _, _) in zip(numbers, SUMMARIES, strict=True):
        desk.staff(number, "publish", role="operator", summary=summary)
    with_picture(desk, numbers[0])
    desk.staff(numbers[0], "dispatch", department="市城市管理局市政设施养护中心")
    desk.staff(numbers[1], "answer", message="已修好")
    with database.writing() as connection:
        late = {"handle_by": rows(database, tickets)[0]["opened_at"]}
        connection.execute(update(tickets).where(tickets.c.number == numbers[0]).values(**late))
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Pages(f"http://127.0.0.1:{server.server_port}", desk, numbers)
    server.shutdown()


def with_picture(desk: Desk, number: str) -> None:
    """A picture that staff let the public see."""
    name = Uploads(desk.database, desk.vault, desk.settings).take_in(photo(), "u", consent=False)
    with desk.database.writing() as connection:
        attach(connection, number, "u", [name])
    Gallery(desk.database, desk.vault, desk.settings).approve(name, Actor("wang", ("operator",)))


@pytest.fixture
def at_board(pages: Pages, opened: Callable[..., Screen]) -> Callable[..., Screen]:
    def open_one(*size: int, **options: Any) -> Screen:
        screen = opened(pages, *size, **options)
        screen.page.goto(f"{pages.url}/board")
        return screen

    return open_one


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(320, 640), (375, 812), (1280, 900)])
def test_list_and_report_fit_every_screen(
    at_board: Callable[..., Screen], pages: Pages, size: tuple[int, int], scheme: str, tmp_path: Path
) -> None:
    screen = at_board(*size, color_scheme=scheme)
    for path in ("/board", f"/board/{pages.numbers[0]}"):
        screen.page.goto(f"{pages.url}{path}")
        assert screen.too_wide() == []
        screen.picture(tmp_path / f"{size[0]}-{scheme}{path.count('/')}.png")


def test_marks_filters_and_words_narrow_the_list(at_board: Callable[..., Screen]) -> None:
    screen = at_board(375, 812)
    items = screen.page.locator(".board-item")
    expect(items).to_have_count(3)
    expect(screen.page.locator(".board-late")).to_have_text("超期")
    screen.press(screen.page.get_by_role("link", name="已答复", exact=True))
    expect(items).to_have_count(1)
    expect(items).to_contain_text("井盖")
    screen.press(screen.page.get_by_role("link", name="全部", exact=True))
    expect(items).to_have_count(3)  # the fields that follow stand on both pages
    screen.page.get_by_label("哪个区").select_option(label="东湖区")
    screen.page.get_by_label("找什么").fill("路灯")
    screen.press(screen.page.get_by_role("button", name="找"))
    expect(items).to_have_count(1)
    expect(screen.page.get_by_label("哪个区")).to_have_value("east")


def test_following_one_is_a_tap_and_leaves_again(at_board: Callable[..., Screen], pages: Pages) -> None:
    screen = at_board(375, 812)
    screen.press(screen.page.get_by_role("link", name="路灯不亮"))
    screen.press(screen.page.get_by_role("button", name="一起跟进"))
    expect(screen.page.get_by_role("status")).to_contain_text("已经帮您跟进")
    assert len(rows(pages.desk.database, ticket_followers)) == 1
    screen.press(screen.page.get_by_role("button", name="不再跟进"))
    expect(screen.page.get_by_role("button", name="一起跟进")).to_be_visible()
    assert rows(pages.desk.database, ticket_followers) == []


def test_a_report_that_follows_one_of_these_is_no_draft_any_more(at_board: Callable[..., Screen], pages: Pages) -> None:
    number = pages.desk.open(what="湖滨街道幸福路的路灯坏了好几天", place="湖滨街道幸福路12号")
    pages.desk.staff(number, "publish", "operator", summary="幸福路路灯坏了好几天")
    screen = at_board(375, 812)
    screen.page.goto(f"{pages.url}/report")
    step = screen.page.get_by_role("button", name="下一步")
    screen.press(step)
    screen.page.get_by_label("在哪里").fill("湖滨街道幸福路12号")
    screen.press(step)
    screen.page.get_by_label("什么事").fill("路灯坏了好几天")
    screen.press(screen.page.get_by_role("button", name="提交", exact=True))
    screen.press(screen.page.get_by_role("button", name="一起跟进"))
    expect(screen.page.get_by_role("heading", name="已经帮您跟进")).to_be_visible()
    screen.arrive(f"{pages.url}/report")
    screen.page.goto(f"{pages.url}/report")
    expect(screen.page.locator("#draft")).to_be_hidden()
    expect(screen.page.locator("#what")).to_have_value("")


def test_everything_works_without_javascript(chromium: Browser, pages: Pages) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{pages.url}/report")
    page.get_by_role("link", name="大家反映的").click()
    page.get_by_label("找什么").fill("路灯")
    page.get_by_role("button", name="找").click()
    page.get_by_role("link", name="路灯不亮").click()
    page.get_by_role("button", name="一起跟进").click()
    expect(page.get_by_text("已经帮您跟进")).to_be_visible()
    context.close()


def test_the_keyboard_reaches_everything(at_board: Callable[..., Screen]) -> None:
    screen = at_board(1280, 900)
    reached: list[str] = []
    for _ in range(20):
        screen.page.keyboard.press("Tab")
        reached.append(screen.page.evaluate("document.activeElement.name || document.activeElement.innerText"))
    for name in ("全部", "超期", "district", "words", "找"):
        assert name in [text.strip() for text in reached], reached
    assert any("路灯不亮" in text for text in reached)
