"""Conversations at the desk in Chromium: found, judged, looked behind, and readable for everybody."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from conversations.review import sampling
from foundation.database import Database
from foundation.privacy import Vault
from knowledge.gaps import Gaps
from staff import accounts
from tests.browser.chat_pages import published
from tests.browser.screen import Screen, needs_chromium
from tests.browser.test_accessibility import grave
from tests.hotline.support import DATA_KEYS, PHONE, Desk, make_settings
from tests.web.talk import begin, say
from web import create_app

PASSWORD = "correct horse battery"
LONG = "很长的地址https://very-long-address.example/" + "a" * 120

pytestmark = needs_chromium


@dataclass
class Pages:
    """The pages, and the address of a turn with a number in it."""

    url: str
    turn: str


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path)
    desk = Desk(Database(settings.database_url), Vault(DATA_KEYS), settings)
    desk.database.create_tables()
    published(desk.database)
    with desk.database.writing() as connection:
        accounts.add(connection, "operator", "小王", PASSWORD, ["operator", "supervisor"], "")
    conversation, turn = say(desk, f"身份证快到期了怎么办,我电话{PHONE}")
    say(desk, LONG, conversation, outcome="no_answer", probability=0.1)
    Gaps(desk.database).note("养狗要办证吗", begin(desk))
    week = sampling.last_week(settings.timezone)
    say(desk, "上个星期问的", at=_noon(week))
    sampling.draw(desk.database, week, settings.timezone)
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Pages(f"http://127.0.0.1:{server.server_port}", f"/{conversation}/turns/{turn}")
    server.shutdown()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


@pytest.fixture
def at_desk(pages: Pages, opened: Callable[..., Screen]) -> Callable[..., Screen]:
    """Makes screens on the list of turns, signed in."""

    def open_one(*size: int, **options: Any) -> Screen:
        screen = opened(pages, *size, **options)
        page = screen.page
        page.goto(f"{pages.url}/desk/conversations")
        page.fill("[name=name]", "operator")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        screen.arrive(f"{pages.url}/desk/conversations")
        return screen

    return open_one


def addresses(pages: Pages) -> list[str]:
    of_lists = ["", "?words=身份证&outcome=answered&reviewed=no", "/sample", "/unanswered", "/loop"]
    return [*of_lists, pages.turn, pages.turn.split("/turns")[0], "/entries/id-card-lost/1"]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_wrong_answer_is_found_judged_and_followed(
    at_desk: Callable[..., Screen], pages: Pages, script: bool
) -> None:
    page = at_desk(1280, 900, java_script_enabled=script).page
    page.get_by_label("市民说的话").fill("快到期")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("tbody tr")).to_have_count(1)  # the page before had the link too
    page.get_by_role("link", name="身份证快到期了怎么办").click()
    expect(page.locator("main")).to_contain_text("达到了直接回答的门槛")
    page.get_by_label("错", exact=True).check()
    page.get_by_label("应当是哪个条目").fill("身份证到期或坏了怎么换")
    page.get_by_role("button", name="记下判断").click()
    expect(page.get_by_role("status")).to_have_text("判断已记下。这一轮存成了题目。")
    page.goto(f"{pages.url}/desk/conversations/loop")
    expect(page.locator("tbody tr")).to_contain_text("身份证到期或坏了怎么换")


def test_a_number_is_shown_once_and_going_back_shows_it_no_more(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk(1280, 900).page
    page.goto(f"{pages.url}/desk/conversations{pages.turn}")
    assert PHONE not in page.content()
    page.get_by_label("为什么要看").fill("市民要求回电")
    page.get_by_role("button", name="看一次").click()
    expect(page.locator("main")).to_contain_text(PHONE)
    page.go_back()
    expect(page.locator("h1")).to_have_text("第 1 轮")
    assert PHONE not in page.content()


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.prove)])
def test_nothing_stands_out_of_a_screen_and_everybody_can_read_it(
    at_desk: Callable[..., Screen], pages: Pages, width: int, scheme: str
) -> None:
    screen = at_desk(width, 800, color_scheme=scheme)
    for address in addresses(pages):
        screen.page.goto(f"{pages.url}/desk/conversations{address}")
        screen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        wide = [one for one in screen.too_wide() if 'class="skip"' not in one]
        assert wide == [] or "conversation-candidates" in str(wide), (address, wide)
        assert grave(screen.page) == [], address


def test_the_list_is_walked_by_keyboard(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk(1280, 900).page
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tbody tr:focus-within")).to_contain_text("快到期了")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("第 1 轮")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.locator("tbody tr")).to_have_count(3)
