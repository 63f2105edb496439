"""The chat page in a citizen's hands. Any console error, policy breach or foreign request fails a test too."""

import re
from collections.abc import Callable

import pytest
import requests
import yaml
from playwright.sync_api import Route, expect

from tests.browser.screen import Screen, caught, needs_chromium, stop_clock
from tests.service import ROOT, Service, eventually
from web.quick_questions import MOST

QUESTION = "身份证掉了咋补"
LAMP, PLACE = "我家楼下路灯坏了好几天没人管", "建设路12号阳光小区3号楼"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"

pytestmark = needs_chromium


def report(screen: Screen, place: str = PLACE, contact: str = "匿名提交") -> str:
    """Bring the lamp to a ticket and return its number."""
    screen.say(LAMP)
    screen.say(place)
    screen.choose(contact)
    screen.choose("确认提交")
    return number_on(screen)


def number_on(screen: Screen) -> str:
    [number] = re.findall(r"\d{8}-\d{6}", screen.card.locator(".ticket-number").inner_text())
    return str(number)


def test_the_first_visit_greets_and_offers_questions(phone: Screen) -> None:
    quick = yaml.safe_load((ROOT / "web" / "quick_questions.yml").read_text(encoding="utf-8"))[0]
    expect(phone.turns).to_have_count(1)
    expect(phone.turns).to_contain_text("您好，我是问政通")
    chips = phone.page.locator(".chip")
    assert len(chips.all_inner_texts()) == MOST
    phone.press(chips.filter(has_text=quick["title"]))
    expect(phone.card).to_contain_text("身份证丢了怎么补")
    assert phone.own.locator(".bubble").all_inner_texts() == [quick["text"]]


def test_a_question_shows_that_it_is_worked_on_and_then_the_answer_from_its_beginning(phone: Screen) -> None:
    held: list[Route] = []
    phone.page.route("**/api/v1/messages", lambda route: held.append(route))
    phone.page.locator("#text").fill(QUESTION)
    phone.press(phone.page.get_by_role("button", name="发送"))
    expect(phone.page.locator(".dots")).to_be_in_viewport()
    caught(phone.page, held).continue_()
    expect(phone.card.locator(".card-title")).to_be_in_viewport()
    expect(phone.page.locator(".dots")).to_have_count(0)
    expect(phone.page.locator("#text")).to_have_value("")


def test_the_card_says_what_matters_unfolds_the_rest_and_names_its_basis(phone: Screen) -> None:
    phone.say(QUESTION)
    expect(phone.card.locator(".card-sample")).to_have_text("示例内容,未经本单位审核")
    expect(phone.card.locator(".card-title + .prose")).to_contain_text("不用回老家")
    expect(phone.card).to_contain_text(re.compile(r"20\d\d年\d+月\d+日核对"))
    expect(phone.turns.last.locator(".origin")).to_have_text("知识条目")

    folds = phone.card.locator("details")
    names = [name.split("\n")[0] for name in folds.locator("summary").all_inner_texts()]
    assert {"带什么", "多久", "多少钱"} < set(names) and names[-1] == "依据"
    for index, name in enumerate(names):
        inside = folds.nth(index).locator(".prose, .sources")
        expect(inside).to_be_hidden()
        phone.press(folds.nth(index).locator("summary"))
        expect(inside).to_be_visible()
        assert inside.inner_text().strip(), name
    expect(folds.last).to_contain_text("居民身份证法》第三条")


def test_a_related_question_is_one_press_away(phone: Screen) -> None:
    phone.say(QUESTION)
    title = phone.card.locator(".choice").first.inner_text()
    phone.choose(title)
    expect(phone.card.locator(".card-title")).to_have_text(title)
    expect(phone.own.last).to_contain_text(title)


def test_a_problem_becomes_a_ticket_whose_page_shows_what_the_hotline_does(phone: Screen, service: Service) -> None:
    stop_clock(phone.page)  # so that the page does not look again by itself: the stream alone brings what is new
    phone.page.reload()
    number = report(phone, contact="不留电话")
    assert re.fullmatch(r"[A-Z0-9]{8}", phone.card.locator(".ticket-code strong").inner_text())
    eventually(lambda: service.received(number))
    said = {"type": "progress", "department": "市政维修队", "message": "已派人查看线路"}
    callback = requests.post(f"{service.simulator_url}/api/tickets/{number}/callbacks", json=said, timeout=60)
    assert callback.json()["status"] == 200, callback.text
    expect(phone.turns.last).to_contain_text("有新进展：办理中。已派人查看线路。")  # by itself
    phone.say("我的工单怎么样了")
    assert number_on(phone) == number
    expect(phone.card.locator(".newest")).to_contain_text("已派人查看线路")
    phone.press(phone.card.get_by_role("link", name="打开工单页"))
    expect(phone.page).to_have_url(re.compile("/t/"))
    for words in (number, LAMP, PLACE, "已派人查看线路"):
        expect(phone.page.locator("article.sheet")).to_contain_text(words)
    assert not phone.too_wide()
    phone.press(phone.page.get_by_role("link", name="回到对话"))
    expect(phone.card).to_contain_text(number)


def test_a_reload_keeps_what_was_said(phone: Screen) -> None:
    phone.say(QUESTION)
    phone.say("谢谢")
    before = phone.said()
    phone.page.reload()
    expect(phone.turns).to_have_count(5)
    assert phone.said() == before
    expect(phone.turns.last).to_be_in_viewport()


def test_markup_is_only_text_in_the_chat_and_on_the_ticket(phone: Screen) -> None:
    phone.say(SCRIPT)
    expect(phone.own.last.locator(".bubble")).to_have_text(SCRIPT)
    report(phone, place=f"建设路12号{SCRIPT}")
    phone.page.reload()
    expect(phone.own.first.locator(".bubble")).to_have_text(SCRIPT)
    assert phone.page.locator("#log script, #log img").count() == 0
    phone.press(phone.card.get_by_role("link", name="打开工单页"))
    expect(phone.page.locator(".ticket-facts")).to_contain_text(SCRIPT)
    assert phone.page.locator("main script, main img").count() == 0


def test_ten_thousand_characters_are_refused_kindly_and_the_talk_goes_on(phone: Screen) -> None:
    phone.say("x" * 10_000)
    expect(phone.turns.last).to_contain_text("太长了")
    assert not phone.too_wide()
    assert phone.page.locator("#text").evaluate("field => field.offsetHeight") < 60, "the field did not shrink again"
    phone.say(QUESTION)
    expect(phone.card).to_be_visible()


def test_what_is_said_offline_waits_and_is_sent_once(phone: Screen) -> None:
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    phone.page.locator("#text").fill(QUESTION)
    phone.press(phone.page.get_by_role("button", name="发送"))
    failed = phone.page.locator(".delivery[data-state=failed]")
    expect(failed).to_contain_text("没收到答复")
    with phone.page.expect_request("**/api/v1/messages"):  # from here on the first failure is shown no more
        phone.press(failed.get_by_role("button", name="重发"))
    expect(failed).to_contain_text("没收到答复")
    phone.context.set_offline(False)
    expect(phone.card).to_be_visible()
    expect(failed).to_have_count(0)
    assert len(phone.sent) == 3 and len({message["client_id"] for message in phone.sent}) == 1
    assert [(item["turn"], item["from"]) for item in phone.recorded()] == [(1, "citizen"), (1, "bot")]
    phone.forgive("ERR_INTERNET_DISCONNECTED")
    phone.troubles[:] = [one for one in phone.troubles if "fetching the script" not in one]  # of the service worker


def test_resend_after_a_lost_answer_opens_no_second_ticket(phone: Screen) -> None:
    def lose_the_answer(route: Route) -> None:
        requests.post(route.request.url, json=route.request.post_data_json, timeout=60).raise_for_status()
        route.abort("connectionreset")

    for words in (LAMP, PLACE):
        phone.say(words)
    phone.choose("匿名提交")
    phone.page.route("**/api/v1/messages", lose_the_answer, times=1)
    phone.press(phone.page.locator(".choice", has_text="确认提交"))
    phone.press(phone.page.get_by_role("button", name="重发"))
    expect(phone.card.locator(".ticket-code")).to_be_visible()
    assert len({message["client_id"] for message in phone.sent[-2:]}) == 1
    kept = phone.recorded()
    assert [item["turn"] for item in kept if item["from"] == "citizen"] == [1, 2, 3, 4]
    assert len([reply for item in kept for reply in item.get("replies", []) if reply["type"] == "ticket"]) == 1
    phone.forgive("ERR_CONNECTION_RESET")


def test_large_text_outlasts_a_reload(phone: Screen) -> None:
    def size() -> float:
        return float(phone.page.locator(".bubble").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)"))

    normal = size()
    button = phone.page.get_by_role("button", name="大字")
    phone.press(button)
    assert size() >= normal * 1.25
    phone.page.reload()
    assert size() >= normal * 1.25
    expect(button).to_have_attribute("aria-pressed", "true")
    phone.press(button)
    assert size() == normal


def test_the_keyboard_alone_is_enough(phone: Screen) -> None:
    def walk(key: str, place: str) -> None:
        for _ in range(30):
            phone.page.keyboard.press(key)
            if phone.page.evaluate("place => document.activeElement.matches(place)", place):
                return
        raise AssertionError(f"{key} does not lead to {place}")

    walk("Tab", ".skip")
    walk("Tab", "#text")
    phone.page.keyboard.type(QUESTION)
    phone.page.keyboard.press("Enter")
    expect(phone.card).to_be_visible()
    walk("Shift+Tab", "summary")
    phone.page.keyboard.press("Enter")
    expect(phone.card.locator("details[open] .sources")).to_be_visible()
    walk("Tab", ".choice")
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator("#log .card")).to_have_count(2)


@pytest.mark.parametrize(("width", "large"), [(375, False), (320, False), (320, True)])
def test_nothing_is_wider_than_the_screen(open_screen: Callable[..., Screen], width: int, large: bool) -> None:
    screen = open_screen(width, 640)
    if large:
        screen.press(screen.page.get_by_role("button", name="大字"))
    assert not screen.too_wide()
    screen.say(QUESTION)
    for summary in screen.card.locator("summary").all():
        screen.press(summary)
    assert not screen.too_wide()
    screen.say(f"https://example.org/{'long' * 40}")
    report(screen, place=f"{PLACE}{'A' * 60}")
    assert not screen.too_wide()
    screen.press(screen.card.get_by_role("link", name="打开工单页"))
    expect(screen.page.locator("article.sheet")).to_contain_text("AAAA")
    assert not screen.too_wide()


def test_on_a_wide_screen_the_column_stands_in_the_middle(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(1280, 800)
    screen.say(QUESTION)
    for part in (".bar-inside", "#chat"):
        box = screen.page.locator(part).bounding_box()
        assert box and box["width"] <= 760 and abs(box["x"] + box["width"] / 2 - 640) <= 1, part
    expect(screen.page.locator("#text")).to_be_focused()
    assert not screen.too_wide()


def test_the_watch_would_see_errors_foreign_addresses_and_wide_parts(phone: Screen, service: Service) -> None:
    phone.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'alert(1)'}))")
    phone.page.evaluate("setTimeout(() => { throw new Error('planted') })")
    phone.page.evaluate("document.querySelector('.bubble').style.minWidth = '400px'")
    assert any("bubble" in part for part in phone.too_wide())
    phone.page.goto(service.simulator_url)
    for words in ("policy violated: script-src", "planted", f"asked elsewhere: {service.simulator_url}"):
        phone.forgive(words)
    phone.context.close()  # the foreign page may still miss its icon
    phone.troubles.clear()
