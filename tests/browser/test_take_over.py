"""A person takes over: a citizen on a phone, or in WeChat, and an operator at the desk, in two browsers at once."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from commands.prepare import create_tables
from foundation.database import Database
from foundation.privacy import Vault
from staff import accounts, sessions
from tests.browser.screen import Screen, needs_chromium
from tests.browser.test_accessibility import grave
from tests.hotline.support import DATA_KEYS, Desk, make_settings
from tests.opening import ALWAYS
from tests.service import Service
from tests.web.fake_rasa import answering
from tests.web.person_desk import Citizen, Floor, takes
from web.desk.access import COOKIE

PASSWORD = "correct horse battery"
SOON_MS = 20_000
pytestmark = needs_chromium


class Operator:
    """小王 at the desk, online."""

    def __init__(self, screen: Screen, service: Service) -> None:
        self.page: Page = screen.page
        self.troubles = screen.troubles
        self._url = service.url
        self.page.goto(f"{self._url}/desk/login")
        self.page.get_by_label("账号").fill("wang")
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.locator(".desk-nav")).to_be_visible()
        self.page.goto(f"{self._url}/desk/waiting")
        if self.page.get_by_role("button", name="切换到在线").count():
            self.page.get_by_role("button", name="切换到在线").click()
        expect(self.page.get_by_role("button", name="切换到离开")).to_be_visible()

    def take_first(self) -> None:
        self.page.goto(f"{self._url}/desk/waiting")
        self.page.get_by_role("button", name="接这一位").first.click()
        expect(self.page.get_by_label("回复市民")).to_be_visible()
        self.page.wait_for_load_state()  # before its script runs, what is sent leaves the page

    def says(self, text: str) -> None:
        self.page.get_by_label("回复市民").fill(text)
        self.page.get_by_role("button", name="发送", exact=True).click()
        expect(self.page.locator("#state")).to_have_text("已发送")
        expect(self.page.get_by_label("回复市民")).to_have_value("")

    def ends(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator(".said")).to_be_visible()
        # Until the page is left it may look once more, and is told that the conversation is over.
        self.troubles[:] = [one for one in self.troubles if "410 (GONE)" not in one]


@pytest.fixture
def staffed(service: Service) -> Service:
    """The running product, always open, with an operator."""
    service.opens(*ALWAYS)
    database = create_tables(make_settings(f"sqlite:///{service.folder / 'wenzheng.db'}", service.folder))
    with database.writing() as connection:
        if accounts.find(connection, "wang") is None:
            accounts.add(connection, "wang", "小王", PASSWORD, ["operator"])
    return service


def tell(phone: Screen, text: str) -> None:
    """Write something that no bot answers."""
    phone.page.locator("#text").fill(text)
    phone.press(phone.page.get_by_role("button", name="发送"))


def test_a_person_takes_over_on_the_page_and_gives_back(
    staffed: Service, opened: Callable[..., Screen], tmp_path: Path
) -> None:
    phone, wide = opened(staffed, 375, 812), opened(staffed, 1280, 900)
    operator = Operator(wide, staffed)
    other = staffed.say("转人工")
    assert other["outcome"] == "waiting_for_person" and "您是下一位。" in other["replies"][0]["text"]
    phone.say("转人工")
    assert "前面还有 1 位。" in phone.said()[-1] and not phone.too_wide()
    expect(operator.page.get_by_role("button", name="接这一位")).to_have_count(2, timeout=SOON_MS)
    operator.page.screenshot(path=tmp_path / "waiting-1280.png")
    assert not grave(operator.page)

    operator.take_first()  # the other one, who asked first
    expect(phone.turns.last).to_contain_text("您是下一位。", timeout=SOON_MS)
    operator.ends("结束会话")
    operator.take_first()
    expect(phone.turns.last).to_contain_text("工作人员“小王”来了", timeout=SOON_MS)

    tell(phone, "我的身份证丢了，不知道怎么补")
    expect(operator.page.locator("#log")).to_contain_text("不知道怎么补", timeout=SOON_MS)
    assert "身份证" not in phone.turns.last.inner_text() or phone.turns.last.get_attribute("class") == "turn turn-own"
    expect(operator.page.locator("#assist")).to_contain_text("身份证丢了怎么补", timeout=SOON_MS)
    operator.page.screenshot(path=tmp_path / "talk-1280.png")
    assert not grave(operator.page)
    operator.page.set_viewport_size({"width": 768, "height": 1024})
    operator.page.screenshot(path=tmp_path / "talk-768.png", full_page=True)
    assert operator.page.evaluate("document.documentElement.scrollWidth") <= 768

    operator.page.get_by_role("button", name="查一下").last.click()
    operator.page.get_by_role("button", name="看看好不好懂").click()
    expect(operator.page.locator("#findings")).not_to_be_empty()
    operator.says("您好，我把办法发给您")
    expect(phone.turns.last).to_contain_text("我把办法发给您", timeout=SOON_MS)
    operator.page.get_by_role("button", name=re.compile("发送条目：身份证丢了怎么补")).click()
    expect(phone.card).to_contain_text("身份证丢了怎么补", timeout=SOON_MS)
    assert not phone.too_wide()

    operator.ends("交回给助手")
    expect(phone.turns.last).to_contain_text("还是助手帮您", timeout=SOON_MS)
    phone.say("身份证丢了怎么补")
    expect(phone.card).to_contain_text("身份证丢了怎么补")
    phone.picture(tmp_path / "phone.png")
    spoken = [item["from"] for item in phone.recorded()]
    assert spoken[-2:] == ["citizen", "bot"] and spoken.count("staff") == 4


def test_a_person_takes_over_in_wechat(staffed: Service, opened: Callable[..., Screen], chromium: Browser) -> None:
    operator = Operator(opened(staffed, 1280, 900), staffed)
    wechat = chromium.new_context(viewport={"width": 375, "height": 812}, is_mobile=True).new_page()
    wechat.goto(f"{staffed.simulator_url}/wechat-platform/")
    wechat.locator('form[action$="/users"] input[name="name"]').fill("张大妈")
    wechat.locator('form[action$="/users"] button').click()
    log = wechat.locator("#log")

    def say(text: str) -> None:
        wechat.get_by_label("想说的话").fill(text)
        wechat.get_by_role("button", name="发送", exact=True).click()

    say("转人工")
    expect(log).to_contain_text("您是下一位。", timeout=SOON_MS)
    operator.take_first()
    expect(log).to_contain_text("工作人员“小王”来了", timeout=SOON_MS)
    say("楼下的路灯坏了三天")
    expect(operator.page.locator("#log")).to_contain_text("路灯坏了三天", timeout=SOON_MS)
    operator.says("请问是哪条路？")
    expect(log).to_contain_text("请问是哪条路？", timeout=SOON_MS)
    say("家里着火了")
    expect(log).to_contain_text("119", timeout=SOON_MS)
    expect(operator.page.locator("#log")).to_contain_text("说到危险", timeout=SOON_MS)
    operator.ends("交回给助手")
    expect(log).to_contain_text("还是助手帮您", timeout=SOON_MS)
    wechat.context.close()


@dataclass
class Talk:
    """A citizen with whom wang speaks, on the pages alone."""

    url: str
    floor: Floor
    citizen: Citizen

    def signs_in(self, screen: Screen, name: str = "wang") -> None:
        """The session that was there ends, and another begins."""
        self.signs_out()
        with self.floor.desk.database.writing() as connection:
            secret = sessions.begin(connection, name)
        screen.context.add_cookies([{"name": COOKIE, "value": secret, "url": self.url}])

    def signs_out(self) -> None:
        with self.floor.desk.database.writing() as connection:
            sessions.end_all(connection, "wang")


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path)
    database = Database(settings.database_url)
    database.create_tables()
    with answering() as rasa:
        floor = Floor(Desk(database, Vault(DATA_KEYS), settings), rasa)
        citizen, operator = floor.citizen(), floor.operator("wang")
        citizen.asks()
        takes(operator, 1)
        server = make_server("127.0.0.1", 0, floor.app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Talk(f"http://127.0.0.1:{server.server_port}", floor, citizen)
        server.shutdown()


def test_words_stay_until_they_are_sent_also_where_the_session_ends_meanwhile(
    talk: Talk, opened: Callable[..., Screen]
) -> None:
    screen = opened(talk, 1280, 900)
    page, before = screen.page, len(talk.citizen.reads())
    talk.signs_in(screen)
    page.goto(f"{talk.url}/desk/waiting/1")
    talk.signs_out()
    page.get_by_label("回复市民").fill("马上派人")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#signed-out")).to_be_visible()
    expect(page.locator("#state")).to_contain_text("没有发出去")
    expect(page.get_by_label("回复市民")).to_have_value("马上派人")
    assert len(talk.citizen.reads()) == before

    talk.signs_in(screen)
    page.evaluate("[0, 1].forEach(() => document.getElementById('say').requestSubmit())")  # as an impatient hand does
    expect(page.locator("#state")).to_have_text("已发送")
    expect(page.get_by_label("回复市民")).to_have_value("")
    expect(page.locator("#log")).to_contain_text("马上派人")
    expect(page.locator("#signed-out")).to_be_hidden()
    assert [item["replies"][0]["text"] for item in talk.citizen.reads()[before:]] == ["马上派人"]
    screen.troubles = [one for one in screen.troubles if "403" not in one]  # the form of the session that had ended


def test_what_is_at_hand_follows_the_citizen_but_no_hand_and_no_search_of_the_operators(
    talk: Talk, opened: Callable[..., Screen]
) -> None:
    screen = opened(talk, 1280, 900)
    page, rasa = screen.page, talk.floor.rasa
    rasa.answer = {"candidates": [{"entry": "a", "revision": 1, "title": "居住证", "probability": 0.9}]}
    talk.signs_in(screen)
    page.goto(f"{talk.url}/desk/waiting/1")

    def says(text: str) -> None:
        talk.citizen.says(text)
        expect(page.locator("#log")).to_contain_text(text)

    def sought() -> str:
        return str([one["text"] for one in rasa.heard if "text" in one][-1])

    with page.expect_response(re.compile("/assist")):
        says("居住证怎么办")
    button = page.get_by_role("button", name="发送条目：居住证")
    button.focus()
    says("要带什么")
    expect(button).to_be_focused()
    assert sought() == "居住证怎么办"
    with page.expect_response(re.compile("/assist")):
        page.get_by_label("回复市民").focus()
    assert sought() == "要带什么"
    page.get_by_label("找条目").fill("身份证")
    with page.expect_response(re.compile("/assist")):
        page.get_by_role("button", name="找", exact=True).click()
    says("多少钱")
    assert sought() == "身份证"
