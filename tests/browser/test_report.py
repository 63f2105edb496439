"""The report page in a citizen's hands; the pages alone are served, because it needs neither Rasa nor a worker."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from foundation.database import Database
from hotline.tables import tickets, uploads
from tests.browser.screen import Screen, needs_chromium
from tests.hotline.photos import encoded, noise, photo
from tests.hotline.support import make_settings
from web import create_app

PLACE, WHAT = "建设路12号阳光小区3号楼", "路灯坏了好几天，晚上看不见路"

pytestmark = needs_chromium


@dataclass
class Pages:
    """The pages, and the database behind them."""

    url: str
    database: Database

    def count(self, table: object) -> int:
        with self.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path).copy(update={"messages_per_minute": 0})
    database = Database(settings.database_url)
    database.create_tables()
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Pages(f"http://127.0.0.1:{server.server_port}", database)
    server.shutdown()


@pytest.fixture
def at_report(pages: Pages, opened: Callable[..., Screen]) -> Callable[..., Screen]:
    """Makes screens on the report page. The screens close before the pages are served no more."""

    def open_one(*size: int, **options: Any) -> Screen:
        screen = opened(pages, *size, **options)
        screen.page.goto(f"{pages.url}/report")
        return screen

    return open_one


@pytest.fixture
def phone(at_report: Callable[..., Screen]) -> Screen:
    return at_report(375, 812)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Ten photos."""
    made = [tmp_path / f"IMG_{number}.jpg" for number in range(10)]
    for number, path in enumerate(made):
        path.write_bytes(encoded(noise(80, 60, number)))
    return made


def choose(screen: Screen, *paths: Path) -> None:
    screen.page.locator("#album input").set_input_files(list(paths))


def uploaded(screen: Screen, count: int) -> None:
    expect(screen.page.locator('.photo[data-state="done"]')).to_have_count(count)


def next_step(screen: Screen) -> None:
    screen.press(screen.page.get_by_role("button", name="下一步"))


def submit(screen: Screen) -> None:
    screen.press(screen.page.get_by_role("button", name="提交", exact=True))


def fill(screen: Screen, contact: str = "13812345678") -> None:
    next_step(screen)
    screen.page.get_by_label("在哪里").fill(PLACE)
    next_step(screen)
    screen.page.get_by_label("什么事").fill(WHAT)
    screen.page.get_by_label("联系电话").fill(contact)


@pytest.mark.parametrize("size", [(375, 812), (1280, 900)])
def test_three_steps_lead_to_a_number(
    at_report: Callable[..., Screen], pages: Pages, pictures: list[Path], size: tuple[int, int]
) -> None:
    screen = at_report(*size)
    expect(screen.page.get_by_role("heading", name="照片")).to_be_visible()
    expect(screen.page.get_by_label("在哪里")).to_be_hidden()
    choose(screen, *pictures[:2])
    choose(screen, pictures[2])
    uploaded(screen, 3)
    screen.press(screen.page.get_by_role("button", name="去掉这张照片").first)
    fill(screen)
    submit(screen)
    expect(screen.page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    expect(screen.page.locator(".ticket-code strong")).to_have_text(re.compile("^[A-Z2-9]{8}$"))
    assert not screen.too_wide()
    assert (pages.count(tickets), pages.count(uploads)) == (1, 3)
    screen.press(screen.page.get_by_role("link", name="再报一件"))
    expect(screen.page.locator("#draft")).to_be_hidden()


def test_a_reload_keeps_the_words_but_not_the_phone_number(phone: Screen) -> None:
    fill(phone)
    phone.page.reload()
    expect(phone.page.locator("#draft")).to_be_visible()
    fields = phone.page.locator("#place, #what, #contact").evaluate_all("fields => fields.map((field) => field.value)")
    assert fields == [PLACE, WHAT, ""]
    phone.press(phone.page.get_by_role("button", name="清空重写"))
    expect(phone.page.locator("#what")).to_have_value("")


def test_the_back_key_of_the_phone_leads_to_the_step_before(phone: Screen) -> None:
    fill(phone)
    phone.page.go_back()
    expect(phone.page.get_by_label("在哪里")).to_have_value(PLACE)
    phone.press(phone.page.get_by_role("button", name="上一步"))
    expect(phone.page.get_by_role("heading", name="照片")).to_be_visible()


def test_what_is_missing_is_shown_where_it_belongs(phone: Screen, pages: Pages) -> None:
    next_step(phone)
    next_step(phone)
    submit(phone)
    expect(phone.page.locator("#place-problem")).to_be_visible()
    phone.page.get_by_label("在哪里").fill(PLACE)
    next_step(phone)
    submit(phone)
    expect(phone.page.locator("#what-problem")).to_be_visible()
    assert pages.count(tickets) == 0


def test_what_only_the_service_sees_comes_back_with_words_and_pictures(
    phone: Screen, pages: Pages, pictures: list[Path]
) -> None:
    choose(phone, *pictures[:2])
    uploaded(phone, 2)
    fill(phone, contact="12345")
    submit(phone)
    expect(phone.page.locator("#contact-problem")).to_be_visible()
    expect(phone.page.get_by_label("什么事")).to_have_value(WHAT.replace("，", ","))
    phone.page.get_by_label("联系电话").fill("")
    submit(phone)
    expect(phone.page.locator("#done")).to_be_visible()
    assert (pages.count(tickets), pages.count(uploads)) == (1, 2)
    phone.forgive("422")


def test_a_picture_that_cannot_be_taken_says_why_and_one_too_many_is_left_out(
    phone: Screen, pictures: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"%PDF-1.7")
    choose(phone, tmp_path / "a.jpg", *pictures)
    expect(phone.page.locator("#pictures-note")).to_contain_text("最多 9 张")
    uploaded(phone, 8)
    failed = phone.page.locator('.photo[data-state="failed"]')
    expect(failed).to_contain_text("这不是能收的图片")
    assert not phone.too_wide()
    fill(phone)
    submit(phone)
    expect(phone.page.locator("#walk-note")).to_contain_text("有照片没传上")
    phone.press(failed.get_by_role("button", name="去掉这张照片"))
    expect(phone.page.locator(".photo")).to_have_count(8)
    phone.forgive("415")


def test_a_picture_whose_way_was_cut_is_sent_again(phone: Screen, pictures: list[Path]) -> None:
    phone.page.route("**/api/v1/uploads", lambda route: route.abort("connectionreset"), times=1)
    choose(phone, pictures[0])
    again = phone.page.get_by_role("button", name="再传一次")
    expect(again).to_be_visible()
    phone.press(again)
    uploaded(phone, 1)
    phone.forgive("ERR_CONNECTION_RESET")


def test_consent_given_later_sends_the_picture_again(phone: Screen, pages: Pages, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(photo())
    choose(phone, tmp_path / "a.jpg")
    uploaded(phone, 1)
    phone.page.get_by_label("可以读取照片里记的地点和时间").check()
    next_step(phone)
    next_step(phone)
    phone.page.get_by_label("什么事").fill(WHAT)
    submit(phone)
    expect(phone.page.locator("#done")).to_be_visible()
    with pages.database.reading() as connection:
        assert connection.execute(select(tickets.c.latitude)).scalar_one() == 30.25


def test_a_report_whose_answer_was_lost_is_sent_again_as_the_same(phone: Screen, pages: Pages) -> None:
    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    fill(phone, contact="")
    phone.page.route("**/report", lose_the_answer, times=1)
    submit(phone)
    expect(phone.page.locator("#report")).to_have_count(0)  # the browser's own page says that nothing came
    phone.page.goto(f"{pages.url}/report")
    next_step(phone)
    next_step(phone)
    submit(phone)
    expect(phone.page.locator("#done")).to_be_visible()
    assert pages.count(tickets) == 1


def test_a_place_is_shared_by_a_button_only(at_report: Callable[..., Screen]) -> None:
    where = {"latitude": 30.25, "longitude": 120.17, "accuracy": 18}
    screen = at_report(375, 812, geolocation=where, permissions=["geolocation"])
    next_step(screen)
    expect(screen.page.locator("[name=latitude]")).to_have_value("")
    screen.press(screen.page.get_by_role("button", name="用我现在的位置"))
    expect(screen.page.locator("#location-note")).to_contain_text("误差约 18 米")
    expect(screen.page.locator("[name=latitude]")).to_have_value("30.250000")
    screen.press(screen.page.get_by_role("button", name="不用位置了"))
    expect(screen.page.locator("[name=latitude]")).to_have_value("")


@pytest.mark.parametrize("large", [False, True])
def test_nothing_is_wider_than_a_small_phone(
    at_report: Callable[..., Screen], pictures: list[Path], large: bool
) -> None:
    screen = at_report(320, 640)
    if large:
        screen.press(screen.page.get_by_role("button", name="大字"))
    choose(screen, *pictures[:3])
    uploaded(screen, 3)
    for step in range(3):
        assert not screen.too_wide(), step
        if step < 2:
            next_step(screen)
