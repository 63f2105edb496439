"""The chat page of a citizen to whom something is said, in real Chromium, with a clock that a test moves."""

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from conversations import record
from conversations.keys import WEB
from tests.browser.screen import stop_clock
from tests.hotline.support import Desk
from worker.notices import TicketNotices

STEP_SECONDS = 5  # less than a request may take before the page gives it up
VALUE = "value-of-a-conversation"
STREAMS = "**/stream?after=*"
# How many answers the page has not taken in yet: an answer that has come may still wait for the page.
COUNT_UNDER_WAY = """{
    const [ask, read] = [window.fetch, Response.prototype.json];
    window.underWay = 0;
    const isOver = () => { window.underWay -= 1; };
    window.fetch = (...all) => {
        window.underWay += 1;
        return ask(...all).catch((problem) => { isOver(); throw problem; });
    };
    Response.prototype.json = function () { return read.call(this).finally(isOver); };
}"""


class Chat:
    """The chat page of a citizen who has a ticket, at first without streams; `wait` lets time pass in the browser."""

    def __init__(self, chromium: Browser, desk: Desk, app: Flask, url: str) -> None:
        self.desk = desk
        with desk.database.writing() as connection:
            self.conversation = record.start(connection, VALUE, record.Caller(WEB))
        self.number = desk.open(conversation=self.conversation)
        self.context: BrowserContext = chromium.new_context(viewport={"width": 375, "height": 812})
        self.context.add_cookies([{"name": "wenzheng", "value": _cookie(app), "url": url}])
        self.asked: list[str] = []
        self.page: Page = self.context.new_page()
        stop_clock(self.page)
        self.page.add_init_script(COUNT_UNDER_WAY)
        self.page.on("request", self._note)
        self.page.route(STREAMS, lambda route: route.fulfill(status=429, json={}))
        self.page.goto(f"{url}/chat")
        self._settle()

    def _settle(self) -> None:
        """Let what was asked for come and be shown, while the browser's own clock stands."""
        while self.page.evaluate("underWay"):
            self.page.wait_for_timeout(20)

    def _note(self, request: Request) -> None:
        if "/messages?after=" in request.url:
            self.asked.append(request.url)

    @property
    def texts(self) -> list[str]:
        """What was said on the page, after the greeting."""
        return self.page.locator("#log .turn:not(:first-child) .bubble").all_inner_texts()

    def tell(self, message: str) -> None:
        self.desk.staff(self.number, "progress", message=message)
        TicketNotices(self.desk.database, self.desk.vault, self.desk.settings).run()

    def wait(self, seconds: int) -> None:
        for _ in range(0, seconds, STEP_SECONDS):
            self.page.clock.run_for(STEP_SECONDS * 1000)
            self._settle()

    def hide(self, hidden: bool) -> None:
        """As when another tab covers the page."""
        self.page.evaluate(
            """(hidden) => {
                Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
                document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )

    def say_and_lose_the_answer(self, text: str) -> None:
        """The message is taken in, and the page does not hear of it."""

        def lose(route: Route) -> None:
            route.fetch()
            route.abort("connectionreset")

        self.page.route("**/api/v1/messages", lose, times=1)
        self.page.locator("#text").fill(text)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".delivery[data-state=failed]")).to_be_visible()


def _cookie(app: Flask) -> str:
    """The signed cookie of a browser that has the conversation."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["conversation"] = VALUE
    cookie = client.get_cookie("wenzheng")
    assert cookie
    return str(cookie.value)
