"""Import, laws that changed, reviews and gaps in the hands of an editor, at every width."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, expect

from knowledge import reviews
from knowledge.gaps import Gaps
from tests.browser.screen import Screen, needs_chromium
from tests.browser.test_accessibility import grave
from tests.browser.test_content import Pages, at_desk, pages
from tests.knowledge.import_files import as_xlsx
from tests.knowledge.test_official_text import GUIDE
from tests.web.content_pages import ENTRY

__all__ = ["at_desk", "pages"]
LAW = "resident-id-card-law"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
pytestmark = needs_chromium


def chosen(screen: Screen, pages: Pages, data: bytes) -> None:
    """Choose a file on the page of import."""
    screen.page.goto(f"{pages.url}/content/imports")
    file: FilePayload = {"name": "条目.xlsx", "mimeType": XLSX, "buffer": data}
    screen.page.set_input_files("#files", files=[file])


def looked(screen: Screen, pages: Pages) -> None:
    """The dry run of a file with one of each kind."""
    rows: tuple[dict[str, str], ...] = ({}, {"编号": ENTRY, "标题": "身份证丢了咋补"}, {"编号": "bad", "类型": "通知"})
    chosen(screen, pages, as_xlsx(*rows).data)
    screen.page.get_by_role("button", name="看看会怎样").click()
    expect(screen.page.locator("h1")).to_contain_text("导入前看一遍")


def test_a_file_is_looked_at_and_imported(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    looked(screen, pages)
    expect(screen.page.locator(".import-counts")).to_contain_text("有错 1")
    screen.page.get_by_role("button", name="导入 2 条").click()
    expect(screen.page.locator(".said")).to_contain_text("导入好了：2 份草稿")


@pytest.mark.prove
def test_a_file_that_is_too_large_is_refused_before_it_is_sent(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    chosen(screen, pages, b"x" * 42_000_000)
    expect(screen.page.locator("#too-large")).to_be_visible()
    screen.page.get_by_role("button", name="看看会怎样").click()
    expect(screen.page.locator("h1")).to_contain_text("导入和导出")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.prove)])
@pytest.mark.parametrize("size", [(320, 700), (768, 1024), (1280, 900)], ids=["320", "768", "1280"])
def test_every_page_fits_and_has_no_grave_finding(
    at_desk: Callable[..., Screen], pages: Pages, size: tuple[int, int], scheme: str
) -> None:
    with pages.database.writing() as connection:
        reviews.mark(connection, {ENTRY: 1}, LAW, "第十条改了", "bian-ji")
    for question in ("渔船证怎么办", "渔船证如何办理", "采矿权多少钱"):
        Gaps(pages.database).note(question, "c")
    screen = at_desk("ke-zhang", *size, color_scheme=scheme)

    def check(what: str) -> None:
        assert not grave(screen.page), what
        assert screen.page.evaluate("document.documentElement.scrollWidth") <= size[0], what

    for name in ("imports", "sources", f"sources/{LAW}", "reviews", "gaps", "official-text"):
        screen.page.goto(f"{pages.url}/content/{name}")
        check(name)
    screen.page.fill("[name=text]", GUIDE)
    screen.page.get_by_role("button", name="分段").click()
    expect(screen.page.locator("#parts-title")).to_be_visible()
    check("an official text, cut")
    looked(screen, pages)
    check("a dry run")
