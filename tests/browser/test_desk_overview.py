"""The overview and the newer parts of the ticket desk in Chromium: on every width, for axe-core, by keyboard."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from conversations.figures import ConversationRollup
from foundation import demonstration
from foundation.clock import now
from foundation.database import Database
from foundation.privacy import Vault
from hotline.figures import Rollup
from staff import accounts, sessions
from tests.browser.screen import Screen, needs_chromium
from tests.browser.test_accessibility import grave
from tests.hotline.support import DATA_KEYS, PHONE, Desk, make_settings
from tests.web.desk_pages import dispatched
from tests.web.talking import know, say, talk
from web import create_app
from web.desk.access import COOKIE

PASSWORD = "birne-7-regen-tisch"
STIFF = "请于三个工作日内携带相关材料至窗口办理，逾期不予受理。"
LONG = "很长的渠道名" * 6
# What stands out of the screen, but for tables that are scrolled by themselves.
STANDS_OUT = """(width) => [...document.querySelectorAll("body *:not(.skip)")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && !one.closest(".scroll table") && (box.left < -0.5 || box.right > width + 0.5);
}).map((one) => one.outerHTML.slice(0, 120))"""

pytestmark = needs_chromium


@dataclass
class Pages:
    """The pages, two tickets of one caller that a department has, and sessions by role."""

    url: str
    desk: Desk
    numbers: list[str]
    secrets: dict[str, str]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path).copy(update={"handling": "local"})
    database = Database(settings.database_url)
    database.create_tables()
    desk, secrets = Desk(database, Vault(DATA_KEYS), settings), {}
    with database.writing() as connection:
        for role, department in (("operator", ""), ("officer", "parks"), ("supervisor", "")):
            accounts.add(connection, role, role, PASSWORD, [role], department)
            secrets[role] = sessions.begin(connection, role)
        demonstration.mark(connection, demonstration.ACCOUNT, ["officer"])
    numbers = [dispatched(desk, what="树要倒了", contact=PHONE, conversation="") for _ in range(2)]
    for _ in range(3):
        desk.open(what="井盖坏了", place="青石镇")
    _talk(database)
    for rollup in (Rollup, ConversationRollup):
        rollup(database, settings.timezone).refresh()
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Pages(f"http://127.0.0.1:{server.server_port}", desk, numbers, secrets)
    server.shutdown()


def _talk(database: Database) -> None:
    """A month of conversations."""
    know(database, lost="户口与身份证", fund="公积金与住房")
    for day in range(30):
        at = now() - timedelta(days=day)
        for channel in ("web", "wechat", LONG):
            mine = talk(database, at, channel)
            for _ in range(day % 5):
                say(database, mine, at, "answered", answer="lost", up=day % 3 > 0)
            say(database, mine, at, "no_answer", likeliest="fund")
            say(database, mine, at, "waiting_for_person")


@pytest.fixture
def at_desk(pages: Pages, opened: Callable[..., Screen]) -> Callable[..., Screen]:
    """Makes screens that are signed in with a role."""

    def open_one(role: str, *size: int, **options: Any) -> Screen:
        screen = opened(pages, *size, **options)
        screen.context.add_cookies([{"name": COOKIE, "value": pages.secrets[role], "url": pages.url}])
        return screen

    return open_one


def _several(page: Page, pages: Pages) -> None:
    """The page with the results of an act on several tickets, one of them refused."""
    page.goto(f"{pages.url}/desk/tickets")
    for box in page.locator("[name=ticket]").all()[:3]:
        box.check()
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.locator("h1")).to_contain_text("没有办成")


def _checked(page: Page, pages: Pages) -> None:
    """A ticket with an answer that was not sent, and a caller who is known."""
    page.goto(f"{pages.url}/desk/tickets/{pages.numbers[0]}")
    expect(page.locator("main")).to_contain_text("反映过 2 件")
    form = page.locator("form[action$='/answer']")
    page.get_by_text("答复", exact=True).first.click()
    form.get_by_label("给市民的答复").fill(STIFF)
    form.get_by_role("button", name="答复").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有发出")


def _looked_up(page: Page, pages: Pages) -> None:
    """The form of a phone call with a caller who is known."""
    page.goto(f"{pages.url}/desk/tickets/new")
    page.get_by_label("什么事").fill("又要倒了")
    page.locator("[name=contact]").fill(PHONE)
    page.get_by_role("button", name="查这个电话").click()
    expect(page.get_by_role("status")).to_contain_text("反映过 2 件")
    expect(page.get_by_label("什么事")).to_have_value("又要倒了")


def _overview(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.url}/desk/figures/service")
    expect(page.locator("figure.chart")).to_have_count(11)
    page.emulate_media(media="print")
    expect(page.locator(".chart-table:visible")).to_have_count(11)  # what is closed on the screen is printed
    page.emulate_media(media="screen")
    expect(page.locator(".chart-table:visible")).to_have_count(0)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    expect(page.locator(".chart-table:visible")).to_have_count(11)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.prove)])
@pytest.mark.parametrize("width", [375, 768, 1280])
def test_no_page_has_a_grave_finding_or_stands_out_of_its_screen(
    at_desk: Callable[..., Screen], pages: Pages, width: int, scheme: str
) -> None:
    screen = at_desk("supervisor", width, 900, color_scheme=scheme)
    for show in (_overview, _several, _checked, _looked_up):
        show(screen.page, pages)
        expect(screen.page.locator(".demonstration")).to_be_visible()
        assert not grave(screen.page), show.__name__
        assert screen.page.evaluate(STANDS_OUT, width) == [], show.__name__
    screen.forgive("422")


def test_all_are_chosen_at_once_and_enter_writes_the_note(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk("operator", 1280, 900).page
    page.goto(f"{pages.url}/desk/tickets")
    page.get_by_role("button", name="全选").click()
    expect(page.locator("#batch-count")).to_have_text("选了 5 张")
    page.get_by_label("内部备注").fill("一起看过")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("内部备注：5 张都办好了")


def test_enter_opens_the_ticket_and_does_not_look_the_caller_up(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk("operator", 1280, 900).page
    page.goto(f"{pages.url}/desk/tickets/new")
    page.get_by_label("什么事").fill("井盖又坏了")
    page.locator("[name=contact]").fill(PHONE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="工单已开出")).to_be_visible()


def test_a_checked_answer_is_sent_without_javascript(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("officer", 1280, 900, java_script_enabled=False)
    _checked(screen.page, pages)
    screen.page.get_by_role("button", name="仍然发送").click()
    expect(screen.page.locator(".ticket-state")).to_contain_text("已答复")
    screen.forgive("422")
