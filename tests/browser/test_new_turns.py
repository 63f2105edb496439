"""The chat page shows by itself what staff and the hotline say: real Chromium and pages, with a stand-in for Rasa."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect
from werkzeug.serving import make_server

from conversations import record
from conversations.rasa import Rasa
from foundation.database import Database
from foundation.privacy import Vault
from tests.browser.live_chat import STREAMS, Chat
from tests.browser.screen import caught, needs_chromium
from tests.hotline.support import DATA_KEYS, Desk, make_settings
from web import create_app

pytestmark = needs_chromium


@pytest.fixture
def chat(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    def answer(_: Rasa, sender: str, message: str, metadata: Any) -> dict[str, Any]:
        said = {
            "type": "text",
            "text": f"您说的是{message}",
            "origin": {"kind": "response", "id": "r", "revision": None},
        }
        return {"messages": [said], "outcome": "small_talk", "offers": []}

    monkeypatch.setattr(Rasa, "send", answer)
    url = f"sqlite:///{tmp_path / 'wenzheng.db'}"
    database = Database(url)
    database.create_tables()
    settings = make_settings(url, tmp_path).copy(update={"messages_per_minute": 0, "public_url": "http://127.0.0.1"})
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = Chat(chromium, Desk(database, Vault(DATA_KEYS), settings), app, f"http://127.0.0.1:{server.server_port}")
    yield page
    page.context.close()
    server.shutdown()
    server.server_close()
    database.close()


def test_a_notice_appears_by_itself_in_order_and_once(chat: Chat) -> None:
    chat.tell("已派人")
    assert chat.texts == []
    chat.wait(16)
    expect(chat.page.locator("#log .turn")).to_have_count(2)
    assert chat.texts == [f"您的工单 {chat.number} 有新进展：办理中。已派人。"]
    assert chat.page.locator("#log .card .newest").inner_text().startswith("办理中")
    expect(chat.page.locator("#log")).to_have_attribute("aria-live", "polite")
    chat.tell("已修好一半")
    chat.page.locator("#text").fill("你好")
    chat.page.keyboard.press("Enter")
    expect(chat.page.locator("#log .turn")).to_have_count(5)
    chat.wait(40)
    first, own, second, answer = chat.texts
    assert (own, answer) == ("你好", "您说的是你好")
    assert first.endswith("已派人。") and second.endswith("已修好一半。")


def test_a_notice_comes_by_stream_at_once_while_the_page_is_seen(chat: Chat) -> None:
    chat.page.unroute(STREAMS)
    chat.page.reload()
    chat.tell("已派人")
    expect(chat.page.locator("#log .turn")).to_have_count(2)  # the page's own clock stands
    chat.hide(True)
    chat.tell("已修好一半")
    chat.page.wait_for_timeout(2500)
    assert len(chat.texts) == 1
    chat.hide(False)
    expect(chat.page.locator("#log .turn")).to_have_count(3)
    chat.tell("已修好")
    expect(chat.page.locator("#log .turn")).to_have_count(4)
    assert [text[-5:] for text in chat.texts] == ["。已派人。", "修好一半。", "。已修好。"]


def test_a_hidden_page_asks_nothing_and_looks_at_once_when_it_is_seen_again(chat: Chat) -> None:
    chat.hide(True)
    before = len(chat.asked)
    chat.tell("已派人")
    chat.wait(120)
    assert len(chat.asked) == before and chat.texts == []
    chat.hide(False)
    expect(chat.page.locator("#log .turn")).to_have_count(2)


def test_after_failures_it_asks_more_and_more_seldom_and_then_as_before(chat: Chat) -> None:
    chat.page.route("**/messages?after=*", lambda route: route.fulfill(status=500, json={}))
    before = len(chat.asked)
    chat.wait(300)
    assert len(chat.asked) - before == 4, "after 15, 45, 105 and 225 seconds"
    chat.page.unroute("**/messages?after=*")
    chat.tell("已派人")
    chat.wait(240)
    expect(chat.page.locator("#log .turn")).to_have_count(2)
    before = len(chat.asked)
    chat.wait(60)
    assert len(chat.asked) - before >= 3


def test_a_message_that_did_not_get_through_is_not_doubled_by_what_comes_meanwhile(chat: Chat) -> None:
    chat.say_and_lose_the_answer("第一句")
    chat.tell("已派人")
    chat.page.locator("#text").fill("第二句")
    chat.page.keyboard.press("Enter")
    expect(chat.page.locator("#log .turn")).to_have_count(5)
    chat.page.get_by_role("button", name="重发").click()
    expect(chat.page.locator("#log .turn")).to_have_count(6)
    chat.wait(40)
    said = chat.texts
    assert len(said) == len(set(said)) == 5, said
    assert {"第一句", "第二句", "您说的是第一句", "您说的是第二句"} < set(said)


def test_a_message_that_did_not_get_through_holds_nothing_back_that_others_say(chat: Chat) -> None:
    chat.say_and_lose_the_answer("第一句")
    chat.tell("已派人")
    chat.wait(16)
    expect(chat.page.locator("#log .turn")).to_have_count(3)
    assert [text[-5:] for text in chat.texts] == ["第一句", "。已派人。"]
    held = list[Route]()
    chat.page.route("**/messages?after=*", lambda route: held.append(route), times=1)
    chat.tell("已修好一半")
    with chat.page.expect_request("**/messages?after=*"):  # it looks again, and meanwhile the message is sent again
        chat.page.clock.run_for(16_000)
    refresh = caught(chat.page, held)
    chat.page.get_by_role("button", name="重发").click()
    refresh.continue_()
    expect(chat.page.locator("#log .turn")).to_have_count(5)
    chat.wait(40)
    assert [text[-5:] for text in chat.texts] == ["第一句", "。已派人。", "修好一半。", "的是第一句"]


def test_a_page_without_a_conversation_asks_nothing(chat: Chat) -> None:
    with chat.desk.database.writing() as connection:
        record.erase(connection, chat.conversation)
    chat.page.reload()
    before = len(chat.asked)
    chat.wait(60)
    assert len(chat.asked) == before


def test_a_long_conversation_shows_its_end_and_what_was_earlier_when_asked(chat: Chat) -> None:
    with chat.desk.database.writing() as connection:
        for number in range(1, 121):
            origin = {"kind": "staff", "id": "wang", "revision": None}
            said = {"type": "text", "text": f"第{number}句", "origin": origin}
            record.tell(connection, chat.conversation, "staff", [said])
    chat.page.reload()
    expect(chat.page.locator("#log .turn")).to_have_count(51)
    for shown in (101, 121):
        chat.page.get_by_role("button", name="更早的").click()
        expect(chat.page.locator("#log .turn")).to_have_count(shown)
    assert chat.texts == [f"第{number}句" for number in range(1, 121)]
    expect(chat.page.get_by_role("button", name="更早的")).to_have_count(0)
    chat.tell("已派人")
    chat.wait(16)
    expect(chat.page.locator("#log .turn")).to_have_count(122)
    assert chat.texts[-1].endswith("已派人。")


def test_what_is_refused_for_good_holds_nothing_back_any_more(chat: Chat) -> None:
    chat.say_and_lose_the_answer("第一句")
    refusal = {"error": {"code": "too_long", "message": "太长了"}}
    chat.page.route("**/api/v1/messages", lambda route: route.fulfill(status=400, json=refusal), times=1)
    chat.page.get_by_role("button", name="重发").click()
    expect(chat.page.get_by_text("太长了")).to_be_visible()
    chat.wait(16)
    expect(chat.page.get_by_text("您说的是第一句", exact=True)).to_have_count(1)


def test_with_an_erased_conversation_its_message_in_doubt_is_forgotten(chat: Chat) -> None:
    chat.say_and_lose_the_answer("第一句")
    gone = {"error": {"code": "unknown_conversation", "message": "没有这个会话"}}
    chat.page.route("**/messages?after=*", lambda route: route.fulfill(status=404, json=gone), times=1)
    chat.wait(16)
    sent = list[str]()
    chat.page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    chat.page.evaluate("dispatchEvent(new Event('online'))")
    chat.page.locator("#text").fill("第二句")
    with chat.page.expect_response("**/api/v1/messages") as begun:
        chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_text("您说的是第二句", exact=True)).to_have_count(1)
    assert [("第一句" in body, "第二句" in body) for body in sent] == [(False, True)]
    elsewhere = {"conversation": begun.value.json()["conversation"], "client_id": "another-window", "text": "第三句"}
    assert chat.context.request.post(begun.value.url, data=elsewhere).ok
    chat.wait(16)
    expect(chat.page.get_by_text("您说的是第三句", exact=True)).to_have_count(1)
