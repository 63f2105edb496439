"""What the chat page reads aloud and hears, and what it sends besides words, on a phone and on a wide screen."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotline.tables import uploads
from tests.browser.chat_pages import Pages, tool
from tests.browser.screen import Screen, needs_chromium
from tests.hotline.photos import photo
from tests.hotline.support import rows

SPEECH = """
    window.spoken = [];
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
    Object.defineProperty(window, "speechSynthesis", {value: {
        speak: (said) => window.spoken.push([said.lang, said.text]), cancel: () => {} }});
"""
HEARING = """
    window.webkitSpeechRecognition = class {
        start() {
            const heard = (text) => this.onresult({results: [[{transcript: text}]]});
            heard("身份证");
            setTimeout(() => { heard("身份证丢了"); this.onend(); }, 200);
        }
        stop() { this.onend(); }
    };
"""

pytestmark = needs_chromium


def test_an_answer_is_read_aloud_and_stopped(screen: Screen) -> None:
    screen.page.add_init_script(SPEECH)
    screen.page.reload()
    screen.say("身份证丢了")
    screen.press(tool(screen, "read"))
    expect(tool(screen, "read")).to_have_text("停下")
    assert screen.page.evaluate("spoken") == [
        ["zh-CN", "身份证丢了怎么补。不用回老家，拿上户口本，去就近的派出所就能补。"]
    ]
    screen.press(tool(screen, "read"))
    expect(tool(screen, "read")).to_have_text("朗读")


def test_what_is_spoken_stands_in_the_field_before_it_is_sent(screen: Screen, chat_pages: Pages) -> None:
    screen.page.add_init_script(HEARING)
    screen.page.reload()
    screen.press(screen.page.get_by_role("button", name="说话输入"))
    expect(screen.page.locator("#text")).to_have_value("身份证丢了")
    assert not chat_pages.rasa.heard
    screen.press(screen.page.get_by_role("button", name="发送"))
    expect(screen.card).to_be_visible()


def test_without_speech_in_the_browser_there_are_no_such_buttons(screen: Screen) -> None:
    screen.page.add_init_script("delete window.webkitSpeechRecognition; delete window.speechSynthesis")
    screen.page.reload()
    expect(screen.page.locator("#more")).to_be_visible()
    expect(screen.page.locator("#voice")).to_be_hidden()
    screen.say("身份证丢了")
    expect(tool(screen, "copy")).to_be_visible()
    expect(tool(screen, "read")).to_have_count(0)


def test_pictures_are_shown_taken_away_and_sent(screen: Screen, chat_pages: Pages, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(2)]
    for path in paths:
        path.write_bytes(photo())
    (tmp_path / "no.jpg").write_bytes(b"%PDF-1.7")
    screen.press(screen.page.locator("#more"))
    expect(screen.page.locator("#camera")).to_be_visible(visible=screen.is_phone)
    screen.page.locator("#album input").set_input_files([*paths, tmp_path / "no.jpg"])
    expect(screen.page.locator('.photo[data-state="done"]')).to_have_count(2)
    expect(screen.page.locator('.photo[data-state="failed"]')).to_have_count(1)
    assert not screen.too_wide()
    screen.press(screen.page.get_by_role("button", name="发送"))
    expect(screen.page.locator("#tray-note")).to_contain_text("有照片没传上")
    for index in (2, 1):
        screen.press(screen.page.get_by_role("button", name="去掉这张照片").nth(index))
    screen.page.locator("#text").fill("路灯坏了")
    screen.press(screen.page.get_by_role("button", name="发送"))
    expect(screen.card).to_be_visible()
    expect(screen.own.locator(".own-pictures canvas")).to_have_count(1)
    expect(screen.page.locator("#tray")).to_be_hidden()
    [heard] = chat_pages.rasa.heard
    assert heard["message"] == "路灯坏了"
    [sent] = heard["metadata"]["attachments"]
    assert sent in {row["id"] for row in rows(chat_pages.database, uploads)}
    screen.forgive("415")
    screen.page.reload()
    shown = screen.own.locator(".own-pictures img")
    expect(shown).to_have_attribute("alt", "第 1 张照片")
    expect(shown).not_to_have_js_property("naturalWidth", 0)
    assert not screen.too_wide()


@pytest.mark.parametrize(("label", "named"), [("建设路12号门口", "建设路12号门口"), ("", "我的位置")])
def test_the_place_is_sent_when_the_citizen_says_so(screen: Screen, chat_pages: Pages, label: str, named: str) -> None:
    screen.press(screen.page.locator("#more"))
    screen.press(screen.page.locator("#locate"))
    expect(screen.page.locator("#tray-note")).to_contain_text("误差约 18 米")
    assert not chat_pages.rasa.heard and not screen.too_wide()
    screen.page.locator("#place-label").fill(label)
    screen.press(screen.page.get_by_role("button", name="把位置发出去"))
    expect(screen.card).to_be_visible()
    expect(screen.own.last).to_contain_text(named)
    where = {"latitude": 30.25, "longitude": 120.17, "label": named}
    assert [heard["metadata"]["location"] for heard in chat_pages.rasa.heard] == [where]


def test_a_place_that_is_not_sent_goes_nowhere(screen: Screen, chat_pages: Pages) -> None:
    screen.press(screen.page.locator("#more"))
    screen.press(screen.page.locator("#locate"))
    screen.press(screen.page.get_by_role("button", name="不发了"))
    expect(screen.page.locator("#place")).to_be_hidden()
    screen.context.clear_permissions()
    screen.press(screen.page.locator("#more"))
    screen.press(screen.page.locator("#locate"))
    assert not chat_pages.rasa.heard
