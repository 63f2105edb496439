"""The pages on which one chats through the stand-in for WeChat's platform."""

import io
import time
from pathlib import Path
from typing import Any

from simulator.app import create_app
from simulator.settings import Settings
from tests.simulator.callback import Callback, text_reply
from tests.simulator.phone import PATIENCE_SECONDS, Phone
from tests.simulator.test_platform import PNG

PAGES = "/wechat-platform"


def eventually(phone: Phone, text: str) -> str:
    """The chat, once it shows a text: messages travel in the background."""
    deadline = time.monotonic() + 60
    while True:
        page = phone.client.get(f"{PAGES}/users/{phone.openid}").text
        if text in page:
            return page
        assert time.monotonic() < deadline, page
        time.sleep(0.05)


def send(phone: Phone, **form: Any) -> int:
    return phone.client.post(f"{PAGES}/users/{phone.openid}/messages", data=form).status_code


def test_one_makes_a_user_and_chats_as_them(phone: Phone, callback: Callback) -> None:
    made = phone.client.post(f"{PAGES}/users", data={"name": "王<b>奶奶"})
    phone.openid = made.location.rsplit("/", 1)[1]
    callback.answer = lambda request: text_reply(request, f"听到了：{request.fields['Content']}")
    assert send(phone, type="text", text="<i>路灯</i>坏了") == 302
    page = eventually(phone, "听到了：&lt;i&gt;路灯&lt;/i&gt;坏了")
    assert "王&lt;b&gt;奶奶的微信" in page
    assert "发言后 5 条" in page
    assert "王&lt;b&gt;奶奶" in phone.client.get(f"{PAGES}/").text
    assert phone.client.get(f"{PAGES}/users/nobody").status_code == 404


def test_links_in_replies_lead_on_and_nothing_else_does(phone: Phone, callback: Callback) -> None:
    text = (
        '看<a href="https://a.example/t">工单</a>，<a href="javascript:alert(1)">坏的</a>，https://b.example/x。'
        '<a href="weixin://bizmsgmenu?msgmenucontent=我要催&msgmenuid=1">催办</a>'
    )
    callback.answer = lambda request: text_reply(request, text)
    phone.say()
    page = eventually(phone, '<a href="https://a.example/t">工单</a>')
    assert '<a href="https://b.example/x">https://b.example/x</a>。' in page
    assert 'value="我要催">催办</button>' in page
    assert "javascript:" not in page


def test_pictures_places_and_the_rest_are_sent(phone: Phone, callback: Callback) -> None:
    send(phone, type="image", picture=(io.BytesIO(PNG), "a.png"))
    assert "/platform/media/" in eventually(phone, "<img")
    forms = (
        {"type": "location", "latitude": "39.9", "longitude": "116.4", "label": "幸福路"},
        {"type": "voice", "recognition": "路灯坏了"},
        {"type": "scan", "scene": "7"},
        {"type": "grant", "template": "T1"},
        {"type": "unsubscribe"},
    )
    for form in forms:
        assert send(phone, **form) == 302
    deadline = time.monotonic() + 60
    while len(callback.requests) < 6:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "关注公众号" in eventually(phone, "订阅消息 T1 还能发 1 次")


def test_the_menu_of_the_account_is_shown_and_works(phone: Phone, callback: Callback) -> None:
    menu = {
        "button": [
            {"type": "click", "name": "办事", "key": "ASK"},
            {"name": "更多", "sub_button": [{"type": "view", "name": "随手拍", "url": "https://a.example/report"}]},
        ]
    }
    phone.call("/cgi-bin/menu/create", menu)
    page = eventually(phone, "办事")
    assert "随手拍 ↗" in page
    assert send(phone, type="click", key="ASK", name="办事") == 302
    eventually(phone, "CLICK 办事")
    opened = {"type": "view", "url": "https://a.example/report"}
    answer = phone.client.post(f"{PAGES}/users/{phone.openid}/messages", data=opened)
    assert answer.location == "https://a.example/report"
    eventually(phone, "VIEW https://a.example/report")


def test_the_platforms_state_can_be_changed_on_its_page(phone: Phone) -> None:
    phone.client.post(f"{PAGES}/switches", data={"mode": "safe", "down": "on", "slow_seconds": "0"})
    switches = phone.client.get("/platform/switches").get_json()
    assert (switches["mode"], switches["down"], switches["may_push"]) == ("safe", True, False)
    assert switches["reply_seconds"] == PATIENCE_SECONDS, "what the page does not show stays"
    phone.client.post(f"{PAGES}/switches", data={"mode": "plain", "may_push": "on"})
    phone.say()
    phone.client.post(f"{PAGES}/time", data={"hours": "48"})
    assert phone.push("太晚") == 45015
    assert "45015" in phone.client.get(f"{PAGES}/").text
    answer = phone.client.post(f"{PAGES}/handshake")
    assert "地址有效" in phone.client.get(answer.location).text


def test_without_an_account_the_pages_say_what_is_missing(tmp_path: Path) -> None:
    client = create_app(Settings(0, tmp_path / "a.db", "", tmp_path / "secrets.json")).test_client()
    assert "WENZHENG_WECHAT_APP_ID" in client.get(f"{PAGES}/").text
    assert client.get("/cgi-bin/token").status_code == 503
