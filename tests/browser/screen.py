"""A browser's screen on the running product: what a citizen does there, and whatever goes wrong meanwhile."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, Route, WebError, expect

from tests.service import Service

CHROMIUM = Path("/usr/bin/chromium")
WIDEST_PHONE = 700
PATIENCE_MS = 30_000
LOOK_MS = 20
A_MINUTE = timedelta(minutes=1)
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation",
    (event) => console.error("policy violated:", event.violatedDirective, event.blockedURI))"""
# What stands out of the screen, and text that stands out of its own box; a hint may end in an ellipsis.
TOO_WIDE = """(width) => [...document.querySelectorAll("body *")].filter((one) => {
    const box = one.getBoundingClientRect();
    const outside = box.width && (box.left < -0.5 || box.right > width + 0.5);
    const cut = one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !one.matches(".fold-hint, .unseen");
    return outside || cut;
}).map((one) => one.outerHTML.slice(0, 120))"""

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing: apt-get install chromium")


def stop_clock(page: Page) -> None:
    """From the next page on, let time stand until a test moves it: a clock that is only installed goes on by itself."""
    now = datetime.now()
    page.clock.install(time=now - A_MINUTE)  # it stops at a moment to come, and a busy machine may be slow to say so
    page.clock.pause_at(now)


def caught(page: Page, held: list[Route]) -> Route:
    """The first request that a test holds back; the browser may tell of it later than the page shows that it is out."""
    for _ in range(PATIENCE_MS // LOOK_MS):
        if held:
            return held[0]
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError("nothing was asked for")


class Screen:
    """One browser with a memory of its own, on the chat page; a narrow one is touched, a wide one clicked."""

    def __init__(self, browser: Browser, service: Service, width: int = 375, height: int = 812, **options: Any) -> None:
        self.service, self.width = service, width
        self.is_phone = width < WIDEST_PHONE
        self.troubles: list[str] = []
        self.sent: list[dict[str, Any]] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if self.is_phone else 1,
            has_touch=self.is_phone,
            is_mobile=self.is_phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self._watch()
        self.page = self.context.new_page()
        self.page.goto(f"{service.url}/chat")

    @property
    def turns(self) -> Locator:
        """What was said, the greeting first."""
        return self.page.locator("#log .turn")

    @property
    def own(self) -> Locator:
        """What the citizen said."""
        return self.page.locator("#log .turn-own")

    @property
    def card(self) -> Locator:
        """The newest card; a ticket is one too."""
        return self.page.locator("#log .card").last

    def press(self, button: Locator) -> None:
        """A finger on a phone, a mouse elsewhere."""
        if self.is_phone:
            button.tap()
        else:
            button.click()

    def choose(self, title: str) -> None:
        """Press the newest button that says this."""
        self._answered(lambda: self.press(self.page.locator("#log .choice", has_text=title).last))

    def say(self, text: str) -> None:
        """Write it, press 发送, and wait for the answer."""
        self.page.locator("#text").fill(text)
        self._answered(lambda: self.press(self.page.get_by_role("button", name="发送")))

    def said(self) -> list[str]:
        """Every text on the screen that somebody said, in order."""
        return self.page.locator("#log .bubble, #log .card").all_inner_texts()

    def recorded(self) -> list[dict[str, Any]]:
        """What the service kept of this conversation."""
        self.page.reload()
        value = self.page.locator("#chat").get_attribute("data-conversation")
        answer = requests.get(f"{self.service.url}/api/v1/conversations/{value}/messages?after=0", timeout=60)
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def arrive(self, address: str) -> None:
        """Wait until this page is there and its scripts have run: only then does it listen to keys."""
        expect(self.page).to_have_url(address)
        self.page.wait_for_load_state()

    def too_wide(self) -> list[str]:
        """Whatever does not fit the screen's width."""
        found: list[str] = self.page.evaluate(TOO_WIDE, self.width)
        return found

    def forgive(self, words: str) -> None:
        """Take out the troubles that the test itself made; there must be one."""
        kept = [trouble for trouble in self.troubles if words not in trouble]
        assert len(kept) < len(self.troubles), f"nothing says {words}: {self.troubles}"
        self.troubles[:] = kept

    def picture(self, path: Path) -> None:
        """What the screen shows, once nothing moves."""
        self.page.wait_for_timeout(700)
        self.page.screenshot(path=path)

    def _answered(self, act: Any) -> None:
        before = self.turns.count()
        act()
        expect(self.turns).to_have_count(before + 2)
        expect(self.page.locator(".dots")).to_have_count(0)

    def _watch(self) -> None:
        self.context.add_init_script(TELL_VIOLATIONS)
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", self._note_error)
        self.context.on("dialog", self._note_dialog)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(f"{self.service.url}/"):
            self.troubles.append(f"asked elsewhere: {request.url}")
        if request.method == "POST" and "json" in request.headers.get("content-type", ""):
            self.sent.append(request.post_data_json or {})

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text} ({message.location['url']})")

    def _note_error(self, error: WebError) -> None:
        self.troubles.append(f"script failed: {error.error}")

    def _note_dialog(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()
