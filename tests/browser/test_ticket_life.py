"""A ticket from a picture on a phone to its end, in the browsers of everybody who has a hand in it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from commands.prepare import create_tables
from staff import accounts
from tests.browser.screen import Screen, needs_chromium
from tests.hotline.photos import encoded, noise
from tests.hotline.support import make_settings
from tests.service import Service, eventually

PASSWORD = "correct horse battery"
STAFF = {"op": ["operator"], "officer": ["officer"], "boss": ["supervisor"]}
WHAT, PLACE = "人行道上的井盖碎了一大块，晚上看不见", "东湖区湖滨街道学府路地铁口"
TOLD = [
    "已提交",
    "已受理",
    "已派单",
    "重新派单",
    "已派单",
    "已联系您",
    "已答复",
    "您评价了",
    "重新办理",
    "已答复",
    "您评价了",
]
AT_THE_DESK = [
    "已提交",
    "已受理",
    "已派单",
    "退单",
    "已派单",
    "已联系市民",
    "已答复",
    "市民评价",
    "重新办理",
    "已答复",
    "市民评价",
]
START = ("web", "worker", "simulator")  # neither Rasa nor its actions have a part in this

pytestmark = needs_chromium


def product(folder: Path, handling: str) -> Iterator[Service]:
    service = Service(folder, WENZHENG_HANDLING=handling)
    database = create_tables(make_settings(f"sqlite:///{folder / 'wenzheng.db'}", folder))
    with database.writing() as connection:
        for name, roles in STAFF.items():
            department = "urban-management" if roles == ["officer"] else ""
            accounts.add(connection, name, name, PASSWORD, roles, department)
    try:
        service.start(*START)
        yield service
    finally:
        service.stop()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "manhole.jpg"
    path.write_bytes(encoded(noise(640, 480, 1)))
    return path


class Citizen:
    """Reports on a phone, and follows the ticket on its page."""

    def __init__(self, screen: Screen, url: str) -> None:
        self.screen, self.page, self._url = screen, screen.page, url
        self.number = self.code = self.link = ""

    def report(self, picture: Path) -> None:
        self.page.goto(f"{self._url}/report")
        self.page.locator("#album input").set_input_files(picture)
        expect(self.page.locator('.photo[data-state="done"]')).to_have_count(1)
        self._press("下一步")
        self.page.get_by_label("在哪里").fill(PLACE)
        self._press("下一步")
        self.page.get_by_label("什么事").fill(WHAT)
        self.page.get_by_label("联系电话").fill("13812345678")
        self._press("提交")
        expect(self.page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
        self.code = self.page.locator(".ticket-code strong").inner_text()
        self.number = re.search(r"\d{8}-\d{6}", self.page.locator(".ticket-number").inner_text())[0]  # type: ignore[index]
        self.screen.press(self.page.get_by_role("link", name="看进展"))
        self.page.wait_for_url("**/t/*")
        self.link = self.page.url

    def rate(self, solved: bool, reason: str = "") -> None:
        self.page.goto(self.link)
        form = self.page.locator("#rate")
        self.screen.press(form.locator(f'[name="solved"][value="{"yes" if solved else "no"}"]'))
        form.locator("textarea").fill(reason)
        code = form.get_by_label(re.compile("查询码"))
        if code.count():
            code.fill(self.code)
        self.screen.press(form.get_by_role("button"))
        expect(self.page.locator(".done")).to_be_visible()

    def timeline(self) -> list[str]:
        """The labels of what happened, the first thing first."""
        self.page.goto(self.link)
        return list(reversed(self.page.locator(".timeline-label").all_inner_texts()))

    def _press(self, name: str) -> None:
        self.screen.press(self.page.get_by_role("button", name=name, exact=True))


class Worker:
    """A member of staff at the desk."""

    def __init__(self, screen: Screen, url: str, name: str) -> None:
        self.page: Page = screen.page
        self._url = url
        self.page.goto(f"{url}/desk/login")
        self.page.get_by_label("账号").fill(name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.locator(".desk-nav")).to_be_visible()

    def act(self, number: str, step: str, **fields: str) -> None:
        """Fill in one form of the ticket's page and send it."""
        self.page.goto(f"{self._url}/desk/tickets/{number}")
        form = self.page.locator(f'form[action$="/{step}"]')
        if fields and not form.get_by_role("button").is_visible():
            form.locator("xpath=..").locator("summary").first.click()
        for name, value in fields.items():
            field = form.locator(f'[name="{name}"]')
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.get_by_role("button").last.click()
        expect(self.page.locator(".said")).to_be_visible()

    def log(self, number: str) -> list[str]:
        self.page.goto(f"{self._url}/desk/tickets/{number}")
        return list(reversed(self.page.locator(".log-head strong").all_inner_texts()))


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Service]:
    yield from product(tmp_path, "local")


@pytest.fixture
def at_hotline(tmp_path: Path) -> Iterator[Service]:
    yield from product(tmp_path, "hotline")


def test_from_a_picture_to_the_end_at_our_own_desk(
    local: Service, picture: Path, opened: Callable[..., Screen]
) -> None:
    citizen = Citizen(opened(local, 375, 812), local.url)
    operator, officer = (Worker(opened(local, 1280, 900), local.url, name) for name in ("op", "officer"))
    citizen.report(picture)
    number = citizen.number
    operator.act(number, "accept")
    operator.act(number, "dispatch", department="urban-management")
    officer.act(number, "return", reason="这个井盖属于排水，请转水务局")
    operator.act(number, "dispatch", department="urban-management", message="地面归城管，请先围挡")
    officer.act(number, "contact", message="已打电话，约明天上午看")
    officer.act(number, "answer", message="井盖已经换新")
    citizen.rate(solved=False, reason="只盖了木板，没有换")
    officer.act(number, "answer", message="这次真的换了新井盖，请您看看")
    citizen.rate(solved=True)
    assert citizen.timeline() == TOLD
    assert operator.log(number) == AT_THE_DESK
    assert citizen.page.locator(".ticket-state").inner_text() == "已办结"


def test_from_a_picture_to_the_end_moved_by_the_hotline(
    at_hotline: Service, picture: Path, opened: Callable[..., Screen], chromium: Browser
) -> None:
    service = at_hotline
    citizen = Citizen(opened(service, 375, 812), service.url)
    citizen.report(picture)
    number = citizen.number
    received = eventually(lambda: service.received(number))
    assert received["appeal"]["attachments"][0]["type"] == "image/jpeg"
    simulator = chromium.new_page()
    taken = simulator.locator("table .good", has_text='"applied":true')

    def hotline(button: str, **fields: str) -> None:
        simulator.goto(f"{service.simulator_url}/tickets/{number}")
        for name, value in fields.items():
            simulator.locator(f'[name="{name}"]').fill(value)
        before = taken.count()
        simulator.get_by_role("button", name=button, exact=True).click()
        expect(taken).to_have_count(before + 1)  # the page before shows those that were taken earlier

    hotline("受理")
    hotline("派单", department="市政维修队")
    hotline("退单", reason="不是我们的井盖")
    hotline("派单", department="排水公司")
    hotline("已联系市民", department="排水公司")
    hotline("答复", message="井盖已经换新")
    citizen.rate(solved=False, reason="只盖了木板，没有换")
    hotline("答复", message="这次真的换了")
    citizen.rate(solved=True)
    assert citizen.timeline() == TOLD
    types = [message["type"] for message in service.received(number)["messages"]]
    assert eventually(lambda: len(service.received(number)["messages"]) == 4), types
    assert types[:1] == ["ticket.opened"]
