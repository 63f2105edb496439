"""Pages of administrators in Chromium: nothing grave for axe-core, nothing too wide, and what a notice does."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from conversations import keys
from foundation.database import Database
from staff import accounts
from tests.browser.screen import Screen, needs_chromium
from tests.browser.test_accessibility import grave
from tests.hotline.support import make_settings
from web import create_app

PASSWORD = "correct horse battery"
ADDRESSES = (
    "/admin",
    "/admin/accounts",
    "/admin/accounts/officer",
    "/admin/audit",
    "/desk/second-factor",
    "/desk/password",
)
STORM = "今天有台风，您先别出门。急事打 12345。"

pytestmark = needs_chromium


@dataclass
class Pages:
    """Where they are."""

    url: str


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path).copy(update={"public_url": ""})
    database = Database(settings.database_url)
    app = create_app(settings)
    database.create_tables()
    with database.writing() as connection:
        for role, department in (("administrator", ""), ("officer", "parks")):
            accounts.add(connection, role, role, PASSWORD, [role], department)
        keys.add(connection, "app", 0)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Pages(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()


@pytest.fixture
def signed_in(pages: Pages, opened: Callable[..., Screen]) -> Callable[..., Screen]:
    """Makes screens of the administrator."""

    def open_one(*size: int, **options: Any) -> Screen:
        screen = opened(pages, *size, **options)
        sign_in(screen.page, pages)
        screen.arrive(f"{pages.url}/desk/deliveries")
        return screen

    return open_one


def sign_in(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.url}/desk/login")
    page.fill("[name=name]", "administrator")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")


def publish(page: Page, pages: Pages) -> None:
    """A notice, and a part that is off."""
    page.goto(f"{pages.url}/admin")
    page.fill("#notices [name=text]", STORM)
    page.fill("#notices form:last-of-type [name=until]", "2099-01-01T10:00")
    page.fill("#notices form:last-of-type [name=reason]", "台风预警")
    page.get_by_role("button", name="发布公告").click()
    expect(page.locator("#notices")).to_contain_text(STORM)
    page.get_by_text("停用微信", exact=True).first.click()
    off = page.locator("#off details[open]")
    off.locator("[name=said]").fill("平台升级")
    off.locator("[name=until]").fill("2099-01-01T10:00")
    off.locator("[name=reason]").fill("升级")
    off.get_by_role("button").first.click()
    expect(page.locator("#off")).to_contain_text("已停用")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.prove)])
@pytest.mark.parametrize("size", [(1280, 800), (768, 1024)], ids=["1280", "768"])
def test_no_page_has_a_grave_finding_or_is_too_wide(
    signed_in: Callable[..., Screen], pages: Pages, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    screen = signed_in(*size, color_scheme=scheme)
    page = screen.page
    publish(page, pages)
    page.goto(f"{pages.url}/desk/second-factor")
    page.get_by_role("button", name="开始设置").click()
    for address in ADDRESSES:
        page.goto(f"{pages.url}{address}")
        assert not grave(page), address
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
        name = address.strip("/").replace("/", "-")
        page.screenshot(path=tmp_path / f"{name}-{size[0]}-{scheme}.png", full_page=True)


def test_a_notice_is_read_and_put_away_and_taken_down(signed_in: Callable[..., Screen], pages: Pages) -> None:
    screen = signed_in(1280, 800)
    publish(screen.page, pages)
    chat = screen.context.new_page()
    for address in ("/chat", "/report", "/board"):
        chat.goto(f"{pages.url}{address}")
        expect(chat.locator(".notice")).to_contain_text(STORM)
        assert not grave(chat), address
    chat.get_by_role("button", name="知道了").click()
    expect(chat.locator(".notice")).to_be_hidden()
    chat.goto(f"{pages.url}/chat")
    expect(chat.locator(".notice")).to_be_hidden()
    expect(chat.locator("#text")).to_be_in_viewport()
    screen.page.get_by_role("button", name="撤下").click()
    expect(screen.page.locator("#notices")).to_contain_text("现在没有公告")
    screen.page.locator("#notices").get_by_role("button", name="撤销这次改动").click()
    expect(screen.page.locator("#notices")).to_contain_text(STORM)


def test_the_second_factor_is_turned_on_by_keyboard_and_asked_for(
    signed_in: Callable[..., Screen], pages: Pages, opened: Callable[..., Screen]
) -> None:
    page = signed_in(768, 1024).page
    page.goto(f"{pages.url}/desk/second-factor")
    page.get_by_role("button", name="开始设置").press("Enter")
    secret = page.locator("code").inner_text().replace(" ", "")
    drawn = page.locator(".admin-qr svg path").last.bounding_box()
    assert drawn is not None and drawn["width"] > 120, "large enough for a camera"
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator(".admin-codes li")).to_have_count(10)
    assert not grave(page)
    code = page.locator(".admin-codes li").first.inner_text()
    other = opened(pages, 1280, 800).page
    sign_in(other, pages)
    expect(other.locator("h1")).to_have_text("第二道验证")
    assert not grave(other)
    other.fill("[name=code]", code)
    other.keyboard.press("Enter")
    expect(other).to_have_url(f"{pages.url}/desk/deliveries")
