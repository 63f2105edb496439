"""The desk in the hands of staff: by keyboard, on every width, light and dark, and without JavaScript."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from foundation.database import Database
from foundation.privacy import Vault
from staff import accounts
from tests.browser.screen import Screen, needs_chromium
from tests.hotline.support import DATA_KEYS, Desk, make_settings
from tests.web.desk_pages import dispatched
from web import create_app

PASSWORD = "correct horse battery"
LONG = "https://very-long-address.example/" + "a" * 120

pytestmark = needs_chromium


@dataclass
class Pages:
    """The pages, and tickets behind them: the number of one that a department has, and of one that is new."""

    url: str
    ours: str
    new: str


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path).copy(update={"handling": "local"})
    database = Database(settings.database_url)
    database.create_tables()
    with database.writing() as connection:
        for role, department in (("operator", ""), ("officer", "parks"), ("supervisor", "")):
            accounts.add(connection, role, role, PASSWORD, [role], department)
    desk = Desk(database, Vault(DATA_KEYS), settings)
    ours = dispatched(desk, what=LONG, contact="张先生")
    desk.staff(ours, "note", "officer", message=LONG)
    new = desk.open(what="井盖坏了", place="青石镇", urgency="urgent")
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Pages(f"http://127.0.0.1:{server.server_port}", ours, new)
    server.shutdown()


@pytest.fixture
def at_desk(pages: Pages, opened: Callable[..., Screen]) -> Callable[..., Screen]:
    """Makes screens on the list of tickets, signed in with a role."""

    def open_one(role: str, *size: int, **options: Any) -> Screen:
        screen = opened(pages, *size, **options)
        page = screen.page
        page.goto(f"{pages.url}/desk/tickets")
        sign_in(page, role)
        screen.arrive(f"{pages.url}/desk/tickets")
        return screen

    return open_one


def sign_in(page: Page, role: str) -> None:
    page.fill("[name=name]", role)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")


def number_in(page: Page) -> str:
    return page.url.rsplit("/", 1)[-1]


def test_the_list_is_walked_and_opened_by_keyboard(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("operator", 1280, 900)
    page = screen.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tbody tr:focus-within")).to_contain_text(pages.new)
    page.keyboard.press("Enter")
    screen.arrive(f"{pages.url}/desk/tickets/{pages.new}")
    page.keyboard.press("u")
    screen.arrive(f"{pages.url}/desk/tickets")
    page.keyboard.press("/")
    page.keyboard.type("jk?/井盖")
    expect(page.locator("#search")).to_have_value("jk?/井盖")
    page.locator("#search").blur()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.prove)])
def test_nothing_stands_out_of_a_screen(at_desk: Callable[..., Screen], pages: Pages, width: int, scheme: str) -> None:
    screen = at_desk("supervisor", width, 800, color_scheme=scheme)
    for address in ("", f"/{pages.ours}", f"/{pages.new}", "/new", "?state=all&district=east&words=井盖"):
        screen.page.goto(f"{pages.url}/desk/tickets{address}")
        screen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert [one for one in screen.too_wide() if 'class="skip"' not in one] == [], address


def test_a_phone_call_is_entered_and_read_out(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk("operator", 1280, 900).page
    page.goto(f"{pages.url}/desk/tickets/new")
    page.get_by_label("什么事").fill("烧烤摊天天冒烟")
    page.get_by_label("在哪里").fill("南城区解放街道")
    expect(page.locator("[name=district]")).to_have_value("south")
    page.get_by_label("打几个字找").fill("路灯不亮")
    expect(page.locator("[name=category]")).to_have_value("street-light")
    page.get_by_label("或从列表里选").select_option("manhole")
    expect(page.get_by_label("打几个字找")).to_have_value("井盖缺失、破损")
    page.get_by_role("button", name="开出工单").click()
    expect(page.get_by_role("heading", name="工单已开出")).to_be_visible()
    page.get_by_role("link", name="打开这张工单").click()
    expect(page.locator("main")).to_contain_text("市容环卫 › 街上的设施 › 井盖缺失、破损")


def test_a_form_sent_after_the_session_ended_stands_there_again(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk("operator", 1280, 900).page
    page.goto(f"{pages.url}/desk/tickets/new")
    page.get_by_label("什么事").fill("烧烤摊天天冒烟")
    page.get_by_label("建议").check()
    page.get_by_label("联系方式", exact=True).fill("13800005678")
    page.context.clear_cookies()
    page.get_by_role("button", name="开出工单").click()
    expect(page.locator("[data-kept]")).to_be_visible()
    sign_in(page, "operator")
    expect(page).to_have_url(f"{pages.url}/desk/tickets/new")
    expect(page.get_by_role("status")).to_contain_text("没有送出")
    expect(page.get_by_label("什么事")).to_have_value("烧烤摊天天冒烟")
    expect(page.get_by_label("建议")).to_be_checked()
    page.get_by_role("button", name="开出工单").click()
    expect(page.get_by_role("heading", name="工单已开出")).to_be_visible()
    page.wait_for_load_state()  # what was typed is forgotten by a script of this page
    assert page.evaluate("sessionStorage.length") == 0


def test_what_one_typed_stands_there_for_nobody_else(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk("operator", 1280, 900).page
    page.goto(f"{pages.url}/desk/tickets/new")
    page.get_by_label("什么事").fill("烧烤摊天天冒烟")
    page.context.clear_cookies()
    page.get_by_role("button", name="开出工单").click()
    expect(page.locator("[data-kept]")).to_be_visible()
    sign_in(page, "supervisor")
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    page.wait_for_load_state()  # what was typed is forgotten by a script of this page
    assert page.evaluate("sessionStorage.length") == 0


def test_everything_works_without_javascript(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk("operator", 1280, 900, java_script_enabled=False).page
    page.get_by_role("link", name="井盖坏了").click()
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("已受理。")
    page.get_by_label("主办部门").select_option("parks")
    page.get_by_role("button", name="派单", exact=True).click()
    expect(page.locator(".ticket-state")).to_contain_text("已派单")
    assert number_in(page) == pages.new


@pytest.mark.parametrize("address", ["", "/NEW", "/OURS", "/new"])
def test_every_field_has_a_name_and_every_page_one_heading(
    at_desk: Callable[..., Screen], pages: Pages, address: str
) -> None:
    page = at_desk("supervisor", 1280, 900).page
    page.goto(f"{pages.url}/desk/tickets{address.replace('NEW', pages.new).replace('OURS', pages.ours)}")
    fields = page.locator("input:not([type=hidden]), select, textarea")
    nameless = fields.evaluate_all("(all) => all.filter((one) => !one.labels?.length).map((one) => one.outerHTML)")
    assert nameless == [] and page.locator("h1").count() == 1
    doubled = page.evaluate("""() => { const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
        return ids.filter((id, place) => ids.indexOf(id) !== place); }""")
    assert doubled == []
