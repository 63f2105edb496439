"""The widget on a page of another origin: it opens, talks, closes; nothing else of ours can be framed."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect
from werkzeug.serving import make_server

from foundation.database import Database
from hotline.tables import uploads
from tests.browser.conftest import QUIET
from tests.browser.screen import CHROMIUM, needs_chromium
from tests.hotline.photos import photo
from tests.hotline.support import make_settings, rows
from tests.web.fake_rasa import FakeRasa, answering
from web import create_app

pytestmark = needs_chromium
ANSWER = "好的。"
LAST_FLAG_WINS = "--disable-features=Translate"


@dataclass
class Sites:
    """Our product, and a site of somebody else (another host and port) that carries what `page` says."""

    ours: str
    theirs: str
    page: dict[str, str]
    database: Database
    rasa: FakeRasa


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    page: dict[str, str] = {}

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><html lang=zh-CN><title>某某区政府</title>{page['body']}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", page["policy"])
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    host = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    theirs = f"http://localhost:{host.server_port}"  # another site too, so that no cookie of ours reaches the frame
    with answering() as rasa:
        settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path).copy(
            update={"messages_per_minute": 0, "rasa_url": rasa.url, "embed_origins": [theirs]}
        )
        database = Database(settings.database_url)
        database.create_tables()
        product = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
        ours = f"http://127.0.0.1:{product.server_port}"
        for server in (host, product):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        page["policy"] = f"default-src 'none'; script-src {ours}; frame-src {ours}"
        page["body"] = (
            f'<h1>本站</h1><a href="#x">本站的链接</a><script src="{ours}/widget.js" data-title="问问政通"></script>'
        )
        yield Sites(ours, theirs, page, database, rasa)
        for server in (product, host):
            server.shutdown()
        database.close()


@pytest.fixture(params=[(375, 812), (1280, 900)], ids=["phone", "desktop"])
def visited(request: pytest.FixtureRequest, chromium: Browser, sites: Sites) -> Iterator[Page]:
    """Their page in a new browser that keeps no third party's cookies; nothing may have been refused on it."""
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    troubles: list[str] = []
    context.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    page = context.new_page()
    page.goto(sites.theirs)
    yield page
    assert troubles == []
    context.close()


def opened(page: Page) -> FrameLocator:
    page.get_by_role("button", name="问问政通").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("#more")).to_be_visible()  # its scripts have run
    return frame


def say(frame: FrameLocator, text: str) -> None:
    frame.locator("#text").fill(text)
    frame.get_by_role("button", name="发送").click()


def test_a_message_gets_its_answer_on_somebody_elses_page(visited: Page, sites: Sites, tmp_path: Path) -> None:
    frame = opened(visited)
    say(frame, "身份证掉了咋补")
    expect(frame.locator("#log")).to_contain_text(ANSWER)
    assert sites.rasa.heard[0]["message"] == "身份证掉了咋补"
    visited.screenshot(path=tmp_path / "widget.png")


def talk(frame: FrameLocator, sites: Sites) -> None:
    """Two messages of one conversation."""
    say(frame, "第一句")
    expect(frame.locator("#log")).to_contain_text(ANSWER)
    say(frame, "第二句")
    expect(frame.get_by_text(ANSWER)).to_have_count(2)
    assert len({message["sender"] for message in sites.rasa.heard}) == 1


def test_one_conversation_goes_on_where_the_browser_gives_the_frame_no_storage_at_all(
    visited: Page, sites: Sites
) -> None:
    """It lasts as long as the page."""
    talk(opened(visited), sites)
    assert visited.context.cookies() == []


def test_the_conversation_goes_on_after_their_page_is_loaded_again_without_any_cookie(
    chromium: Browser, sites: Sites
) -> None:
    """Browsers give a frame a storage of its own for each site around it; the tests' own driver switches that off."""
    everyday = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, LAST_FLAG_WINS])
    page = everyday.new_page(locale="zh-CN")
    page.goto(sites.theirs)
    talk(opened(page), sites)
    page.reload()
    frame = opened(page)
    expect(frame.locator("#log")).to_contain_text("第一句")
    say(frame, "第三句")
    expect(frame.get_by_text(ANSWER)).to_have_count(3)
    assert len({message["sender"] for message in sites.rasa.heard}) == 1 and page.context.cookies() == []
    everyday.close()


def test_a_picture_is_sent_without_any_cookie(visited: Page, sites: Sites, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(photo())
    frame = opened(visited)
    frame.locator("#album input").set_input_files(tmp_path / "photo.jpg")
    expect(frame.locator('.photo[data-state="done"]')).to_have_count(1)
    say(frame, "路灯坏了")
    expect(frame.locator("#log")).to_contain_text(ANSWER)
    assert len(rows(sites.database, uploads)) == 1 and visited.context.cookies() == []


def test_the_keyboard_opens_closes_and_comes_back(visited: Page) -> None:
    held = list[Route]()
    visited.route("**/chat?embed=1", lambda route: held.append(route))  # as soon as it is there, it takes the focus
    opener = visited.get_by_role("button", name="问问政通")
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.focus()
    visited.keyboard.press("Enter")
    expect(visited.get_by_role("dialog", name="问问政通")).to_be_visible()
    expect(visited.get_by_role("button", name="关闭")).to_be_focused()
    visited.keyboard.press("Escape")
    expect(visited.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_escape_inside_the_frame_closes_it_too(visited: Page) -> None:
    expect(opened(visited).locator("#text")).to_be_focused()
    visited.keyboard.press("Escape")
    expect(visited.get_by_role("dialog")).to_be_hidden()
    expect(visited.get_by_role("button", name="问问政通")).to_be_focused()


def test_their_own_messages_do_not_close_it(visited: Page) -> None:
    opened(visited)
    visited.evaluate("postMessage('wenzheng:close', '*')")
    visited.wait_for_timeout(200)
    expect(visited.get_by_role("dialog")).to_be_visible()


def test_it_covers_nothing_of_their_page_but_its_own_corner(visited: Page) -> None:
    box = visited.get_by_role("button", name="问问政通").bounding_box()
    assert box and box["height"] >= 44 and box["width"] < 200
    assert visited.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    "path", ["/chat", "/chat?embed=0", "/report", "/t", "/board", "/developers", "/desk/login", "/healthz"]
)
def test_framing_of_everything_else_is_refused(chromium: Browser, sites: Sites, path: str) -> None:
    sites.page["body"] = f'<iframe src="{sites.ours}{path}"></iframe>'
    page = chromium.new_page()
    with page.expect_console_message(lambda one: "frame" in one.text and sites.ours in one.text):
        page.goto(sites.theirs)
    assert "问政通" not in page.frames[-1].evaluate("document.body?.innerText ?? ''")
    page.close()


def test_a_site_that_is_not_named_cannot_frame_the_chat_either(chromium: Browser, sites: Sites) -> None:
    sites.page["body"] = f'<iframe src="{sites.ours}/chat?embed=1"></iframe>'
    page = chromium.new_page()
    with page.expect_console_message(lambda one: "frame-ancestors" in one.text):
        page.goto(sites.theirs.replace("localhost", "127.0.0.1"))
    page.close()
