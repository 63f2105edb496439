"""What an editor writes arrives once, whatever comes between: slow answers, colleagues, a session that has ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from knowledge.drafts import Draft, Drafts
from staff import sessions
from tests.browser.screen import Screen, needs_chromium
from tests.browser.test_content import LEAD, Pages, at_desk, pages, sign_in
from tests.web.content_pages import ENTRY, PAGE, TEXT
from web.desk.access import COOKIE

__all__ = ["at_desk", "pages"]
OF_ANOTHER = TEXT.replace("40元", "45元")
LOST = "[data-lost]"
pytestmark = needs_chromium


@dataclass
class Answer:
    """What the server answered, and the page does not know yet."""

    route: Route
    given: APIResponse

    def arrive(self) -> None:
        self.route.fulfill(response=self.given)


def held_back(page: Page, text: str) -> Answer:
    """The answer to the page's saving this lead by itself, which the server has kept."""
    answers: list[Answer] = []
    page.route("**/save", lambda route: answers.append(Answer(route, route.fetch())), times=1)
    with page.expect_request("**/save"):
        page.fill(LEAD, text)
    while not answers:
        page.evaluate("0")  # lets Playwright hand the answer over
    return answers[0]


def signed_in_again(screen: Screen, pages: Pages, name: str) -> None:
    """As in another window of the same browser, while this page stays as it is."""
    with pages.database.writing() as connection:
        for one in ("bian-ji", "ke-zhang"):
            sessions.end_all(connection, one)
        secret = sessions.begin(connection, name)
    screen.context.add_cookies([{"name": COOKIE, "value": secret, "url": pages.url}])


def answers_instead(page: Page, status: int, text: str = "<h1>proxy</h1>") -> None:
    """Something between browser and server answers the next saving by script."""
    page.route("**/save", lambda route: route.fulfill(status=status, content_type="text/html", body=text), times=1)


def dropped(pages: Pages) -> None:
    draft = there(pages)
    with pages.database.writing() as connection:
        Drafts(pages.database).drop(connection, ENTRY, draft.version)


def there(pages: Pages) -> Draft:
    draft = pages.draft()
    assert draft
    return draft


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_what_arrived_is_not_offered_again_once_its_draft_is_gone(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    screen.page.fill(LEAD, "您好，这句交审了。")
    press(screen.page, "交审")
    screen.arrive(f"{pages.url}{PAGE}/review")
    dropped(pages)
    screen.page.goto(f"{pages.url}{PAGE}")
    expect(screen.page.locator(LOST)).to_be_hidden()


def test_a_draft_that_one_gave_up_is_not_offered_again(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    with pages.database.writing() as connection:
        Drafts(pages.database).save(connection, ENTRY, OF_ANOTHER, "bian-ji", 1, 0)
    screen.page.goto(f"{pages.url}{PAGE}")
    answer = held_back(screen.page, "您好，先写到这里。")
    screen.page.evaluate("window.confirm = () => true")
    press(screen.page, "不要这份草稿")
    answer.arrive()
    expect(screen.page.get_by_text("草稿丢掉了")).to_be_visible()
    screen.arrive(f"{pages.url}{PAGE}")
    expect(screen.page.locator(LOST)).to_be_hidden()
    assert pages.draft() is None


def test_what_never_arrived_is_put_back_beside_what_a_colleague_saved_since(
    at_desk: Callable[..., Screen], pages: Pages
) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    with pages.database.writing() as connection:
        sessions.end_all(connection, "bian-ji")
    screen.page.fill(LEAD, "您好，这句没有存上。")
    expect(screen.page.locator(LOST)).to_contain_text("登录过期了")
    with pages.database.writing() as connection:
        Drafts(pages.database).save(connection, ENTRY, OF_ANOTHER, "ke-zhang", 1, 0)
    screen.page.reload()
    sign_in(screen, "bian-ji")
    press(screen.page, "放回来")
    expect(screen.page.locator(LEAD)).to_have_value("您好，这句没有存上。")
    expect(screen.page.locator(LOST)).to_contain_text("李科长刚才保存过这一条")
    assert there(pages).markdown == OF_ANOTHER
    press(screen.page, "保存草稿")
    expect(screen.page.locator(".content-taken")).to_contain_text("这句没有存上")
    screen.forgive("409")


@pytest.mark.parametrize(("button", "leads_to"), [("保存草稿", PAGE), ("交审", f"{PAGE}/review")])
def test_a_button_waits_for_the_saving_that_is_on_its_way(
    at_desk: Callable[..., Screen], pages: Pages, button: str, leads_to: str
) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    answer = held_back(screen.page, "您好，先写到这里。")
    screen.page.fill(LEAD, "您好，又写了一句。")
    press(screen.page, button)
    answer.arrive()
    expect(screen.page.locator(".said").first).to_contain_text("草稿存好了" if leads_to == PAGE else "已经交审")
    screen.arrive(f"{pages.url}{leads_to}")
    assert "又写了一句" in there(pages).markdown


def test_after_signing_in_again_in_another_window_the_page_goes_on(
    at_desk: Callable[..., Screen], pages: Pages
) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    with pages.database.writing() as connection:
        sessions.end_all(connection, "bian-ji")
    screen.page.fill(LEAD, "您好，这句写在登录过期以后。")
    expect(screen.page.locator(LOST)).to_contain_text("请在新窗口登录")
    signed_in_again(screen, pages, "bian-ji")
    expect(screen.page.locator("[data-saved]")).to_contain_text("已自动保存")
    expect(screen.page.locator(LOST)).to_be_hidden()
    assert "这句写在登录过期以后" in there(pages).markdown
    screen.forgive("403")


@pytest.mark.parametrize(("button", "leads_to"), [("保存草稿", PAGE), ("交审", f"{PAGE}/review")])
def test_after_signing_in_again_the_buttons_work_too(
    at_desk: Callable[..., Screen], pages: Pages, button: str, leads_to: str
) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    signed_in_again(screen, pages, "bian-ji")
    press(screen.page, button)
    expect(screen.page.locator(".said").first).to_contain_text("草稿存好了" if leads_to == PAGE else "已经交审")
    screen.arrive(f"{pages.url}{leads_to}")
    screen.forgive("403")


def test_when_somebody_else_signs_in_the_page_saves_nothing_in_their_name(
    at_desk: Callable[..., Screen], pages: Pages
) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    signed_in_again(screen, pages, "ke-zhang")
    screen.page.fill(LEAD, "您好，这句是编辑写的。")
    expect(screen.page.locator(LOST)).to_contain_text("登录过期了")
    assert pages.draft() is None
    signed_in_again(screen, pages, "bian-ji")
    expect(screen.page.locator("[data-saved]")).to_contain_text("已自动保存")
    assert there(pages).authors == ("bian-ji",)
    screen.forgive("403")


@pytest.mark.parametrize("status", [200, 409, 422])
def test_a_button_goes_also_where_nobody_can_read_the_answer(
    at_desk: Callable[..., Screen], pages: Pages, status: int
) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    answers_instead(screen.page, status)
    screen.page.fill(LEAD, "您好，中间有个代理。")
    press(screen.page, "保存草稿")
    expect(screen.page.locator(".said").first).to_contain_text("草稿存好了")
    screen.arrive(f"{pages.url}{PAGE}")
    assert "中间有个代理" in there(pages).markdown
    expect(screen.page.locator(LOST)).to_be_hidden()
    if status != 200:
        screen.forgive(str(status))


@pytest.mark.parametrize(("status", "said"), [(500, "服务器出了问题"), (413, "内容太大")])
def test_what_the_server_cannot_take_in_is_kept_and_told_as_it_is(
    at_desk: Callable[..., Screen], pages: Pages, status: int, said: str
) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    answers_instead(screen.page, status)
    screen.page.fill(LEAD, "您好，这句先没有存上。")
    expect(screen.page.locator(LOST)).to_contain_text(said)
    expect(screen.page.locator("[data-saved]")).to_contain_text("已自动保存")  # the next time
    expect(screen.page.locator(LOST)).to_be_hidden()
    screen.forgive(str(status))


def test_nothing_is_saved_by_itself_while_a_button_waits(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    page, held, saved = screen.page, list[Route](), list[str]()
    with pages.database.writing() as connection:
        Drafts(pages.database).save(connection, ENTRY, OF_ANOTHER, "bian-ji", 1, 0)
    page.clock.install()
    screen.page.goto(f"{pages.url}{PAGE}")
    page.clock.pause_at(datetime.now() + timedelta(hours=1))  # from here on nothing happens by itself
    page.fill(LEAD, "您好，这句不要了。")
    page.on("request", lambda request: saved.append(request.url) if request.url.endswith("/save") else None)
    page.route("**/here", lambda route: held.append(route))
    page.evaluate("window.confirm = () => true")
    press(page, "不要这份草稿")
    page.clock.run_for(9_000)
    while not held:
        page.evaluate("0")  # lets Playwright hand the question over
    assert not saved
    for one in held:
        one.continue_()
    page.unroute("**/here")
    expect(page.get_by_text("草稿丢掉了")).to_be_visible()
    assert pages.draft() is None


def test_whoever_stops_the_page_that_was_to_come_goes_on_writing(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    page = screen.page
    page.route("**/submit", lambda route: route.abort("aborted"))  # as the browser's own button does
    with page.expect_event("requestfailed"):
        press(page, "交审")
    with page.expect_response("**/save"):
        page.fill(LEAD, "您好，停下来又写了一句。")
    assert "停下来又写了一句" in there(pages).markdown


def test_a_browser_without_time_limits_saves_too(at_desk: Callable[..., Screen], pages: Pages) -> None:
    screen = at_desk("bian-ji", 1280, 900)
    screen.context.add_init_script("delete AbortSignal.timeout")
    screen.page.reload()
    screen.page.fill(LEAD, "您好，浏览器旧了一点。")
    expect(screen.page.locator("[data-saved]")).to_contain_text("已自动保存")
    assert "浏览器旧了一点" in there(pages).markdown
