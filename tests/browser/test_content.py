"""The content desk in the hands of an editor: the card beside the text, drafts that are never lost, every width."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect
from werkzeug.serving import make_server

from foundation.database import Database
from foundation.privacy import Vault
from knowledge.drafts import Draft, Drafts
from knowledge.local import LocalValues
from staff import accounts, sessions
from tests.browser.screen import Screen, caught, needs_chromium
from tests.browser.test_accessibility import grave
from tests.hotline.support import DATA_KEYS, Desk, make_settings
from tests.web.content_pages import ENTRY, PAGE, TEXT, seeded
from web import create_app

PASSWORD = "correct horse battery"
LEAD = "[name=lead]"
PAGES = (
    *("/content", PAGE, f"{PAGE}?mode=text", f"{PAGE}/review", f"{PAGE}/versions"),
    *("/content/publishing", "/content/try", "/content/basis"),
)

pytestmark = needs_chromium


@dataclass
class Pages:
    """The pages, and what lies behind them."""

    url: str
    database: Database

    def draft(self) -> Draft | None:
        return Drafts(self.database).of(ENTRY)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path)
    database = Database(settings.database_url)
    database.create_tables()
    with database.writing() as connection:
        accounts.add(connection, "bian-ji", "王编辑", PASSWORD, ["editor"])
        accounts.add(connection, "ke-zhang", "李科长", PASSWORD, ["publisher"])
    seeded(Desk(database, Vault(DATA_KEYS), settings))
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Pages(f"http://127.0.0.1:{server.server_port}", database)
    server.shutdown()
    database.close()


@pytest.fixture
def at_desk(pages: Pages, opened: Callable[..., Screen]) -> Callable[..., Screen]:
    """Makes screens on the editor of an entry, signed in."""

    def open_one(name: str, *size: int, **options: Any) -> Screen:
        screen = opened(pages, *size, **options)
        screen.page.goto(f"{pages.url}{PAGE}")
        sign_in(screen, name)
        return screen

    return open_one


def sign_in(screen: Screen, name: str) -> None:
    screen.page.fill("[name=name]", name)
    screen.page.fill("[name=password]", PASSWORD)
    screen.page.click("main button")
    screen.arrive(screen.service.url + PAGE)


def test_the_card_and_the_findings_follow_the_writing(at_desk: Callable[..., Screen]) -> None:
    page = at_desk("bian-ji", 1280, 900).page
    card = page.locator("[data-preview] .card")
    expect(card).to_contain_text("身份证丢了，您住的地方就能补")
    page.fill(LEAD, "申请人应当依法予以补领，逾期不予受理。拨打12345问问您该去哪。")
    expect(card).to_contain_text("拨打12345")
    expect(card.locator("a[href='tel:12345']")).to_have_count(1)  # as in the chat: a number can be tapped
    expect(page.locator(".findings")).to_contain_text("必须改")


def test_a_card_that_comes_late_does_not_take_the_place_of_a_newer_one(at_desk: Callable[..., Screen]) -> None:
    page, held = at_desk("bian-ji", 1280, 900).page, list[Route]()
    card = page.locator("[data-preview] .card")
    page.route("**/preview", lambda route: held.append(route), times=1)
    with page.expect_request("**/preview"):
        page.fill(LEAD, "您好，先写的。")
    page.fill(LEAD, "您好，后写的。")
    expect(card).to_contain_text("后写的")
    late = caught(page, held)
    with page.expect_event("requestfinished", lambda request: request == late.request):
        late.continue_()
    page.evaluate("new Promise((go) => setTimeout(go, 200))")  # so long as the page would take to show it
    expect(card).to_contain_text("后写的")


def test_what_is_written_is_saved_by_itself(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk("bian-ji", 1280, 900).page
    page.fill(LEAD, "您好，自动存的。")
    expect(page.locator("[data-saved]")).to_contain_text("已自动保存")
    draft = pages.draft()
    assert draft and "自动存的" in draft.markdown
    page.fill(LEAD, "您好，又改了。")
    expect(page.locator("[name=version]")).to_have_value("2")


def test_a_session_that_ends_while_writing_loses_nothing(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    with pages.database.writing() as connection:
        sessions.end_all(connection, "bian-ji")
    screen.page.fill(LEAD, "您好，这句写在登录过期以后。")
    expect(screen.page.locator("[data-lost]")).to_contain_text("登录过期了")
    assert pages.draft() is None
    screen.page.reload()
    sign_in(screen, "ke-zhang")
    expect(screen.page.get_by_role("button", name="放回来")).to_have_count(0)  # it is offered to nobody else
    with pages.database.writing() as connection:
        sessions.end_all(connection, "ke-zhang")
    screen.page.reload()
    sign_in(screen, "bian-ji")
    screen.page.get_by_role("button", name="放回来").click()
    expect(screen.page.locator(LEAD)).to_have_value("您好，这句写在登录过期以后。")
    expect(screen.page.locator("[data-saved]")).to_contain_text("已自动保存")
    draft = pages.draft()
    assert draft and "这句写在登录过期以后" in draft.markdown
    screen.page.reload()
    expect(screen.page.locator("[data-lost]")).to_be_hidden()


def test_what_was_written_as_text_when_the_session_ended_is_put_back_as_text(
    at_desk: Callable[..., Screen], pages: Pages
) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    screen.page.goto(f"{pages.url}{PAGE}?mode=text")
    with pages.database.writing() as connection:
        sessions.end_all(connection, "bian-ji")
    screen.page.fill("[name=markdown]", f"{TEXT}您好，这句写在登录过期以后。")
    screen.page.goto(f"{pages.url}{PAGE}")
    sign_in(screen, "bian-ji")
    expect(screen.page.locator(LEAD)).to_be_visible()
    screen.page.get_by_role("link", name="去放回来").click()
    screen.page.get_by_role("button", name="放回来").click()
    expect(screen.page.locator("[name=markdown]")).to_have_value(f"{TEXT}您好，这句写在登录过期以后。")


def test_two_people_writing_are_told_and_the_second_is_shown_both(at_desk: Callable[..., Screen]) -> None:
    first, second = at_desk("bian-ji", 1280, 900), at_desk("ke-zhang", 1280, 900)
    expect(second.page.locator("[data-others]")).to_contain_text("王编辑也打开着这一条")
    expect(first.page.locator("[data-others]")).to_contain_text("李科长也打开着这一条")
    first.page.fill(LEAD, "您好，先存的。")
    expect(first.page.locator("[data-saved]")).to_contain_text("已自动保存")
    second.page.fill(LEAD, "您好，后写的。")
    expect(second.page.locator("[data-lost]")).to_contain_text("王编辑刚才保存过这一条")
    second.page.get_by_role("button", name="保存草稿").click()
    expect(second.page.locator(".content-taken")).to_contain_text("先存")
    expect(second.page.locator(LEAD)).to_have_value("您好，后写的。")
    second.forgive("409")


def test_without_scripts_the_buttons_do_the_same(at_desk: Callable[..., Screen], pages: Pages) -> None:
    page = at_desk("bian-ji", 1280, 900, java_script_enabled=False).page
    page.fill(LEAD, "您好，没有脚本也能写。")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".said").first).to_contain_text("草稿存好了")
    expect(page.locator("[data-preview] .card")).to_contain_text("没有脚本也能写")
    assert pages.draft()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.prove)])
@pytest.mark.parametrize("size", [(1280, 900), (768, 1024)], ids=["1280", "768"])
def test_every_page_fits_and_has_no_grave_finding(
    at_desk: Callable[..., Screen], pages: Pages, size: tuple[int, int], scheme: str
) -> None:
    screen = at_desk("ke-zhang", *size, color_scheme=scheme)
    drafts = Drafts(pages.database)
    with pages.database.writing() as connection:
        text = TEXT.replace("40元", "45元").replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补")
        drafts.save(connection, ENTRY, text, "bian-ji", 1, 0)
        drafts.submit(connection, ENTRY, 1, LocalValues("示例市"))
    for address in PAGES:
        screen.page.goto(f"{pages.url}{address}")
        assert not grave(screen.page), address
        assert screen.page.evaluate("document.documentElement.scrollWidth") <= size[0], address
