"""From a problem told in WeChat to a ticket at the hotline, through the platform's stand-in and the real product."""

import base64
import json
import re
import time
from typing import Any

import pytest
import requests

from tests.hotline.photos import opened, photo
from tests.service import Service, eventually

LAMP, PLACE = "我家楼下路灯坏了好几天没人管", "建设路12号阳光小区3号楼"
HERE = {"latitude": 30.25, "longitude": 120.17, "label": PLACE}
NUMBER = re.compile(r"\d{8}-\d{6}")


class Phone:
    """A citizen's WeChat."""

    def __init__(self, service: Service) -> None:
        self._platform = f"{service.simulator_url}/platform"
        self.openid = self._told("users", name="🏮🏮")["users"][0]["openid"]
        self._read = 0

    def says(self, text: str) -> str:
        return self.sends("text", text=text)

    def sends(self, kind: str, **content: Any) -> str:
        """What comes back for a message, with the reply or pushed."""
        self._told(f"users/{self.openid}/messages", type=kind, **content)
        came = eventually(self.received)
        self._read += len(came)
        return "\n".join(row["body"]["text"] for row in came)

    def received(self) -> list[Any]:
        """What came and was not read yet."""
        found: list[Any] = requests.get(f"{self._platform}/users/{self.openid}", timeout=60).json()["received"]
        return found[self._read :]

    def _told(self, path: str, **content: Any) -> Any:
        answer = requests.post(f"{self._platform}/{path}", json=content, timeout=60)
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture
def phone(service: Service) -> Phone:
    return Phone(service)


def test_a_report_with_a_picture_and_a_place_reaches_the_hotline(service: Service, phone: Phone) -> None:
    assert "什么地方" in phone.says(LAMP)
    received = phone.sends("image", picture=base64.b64encode(photo()).decode())
    assert "收到 1 张照片" in received and "什么地方" in received
    assert "电话" in phone.sends("location", **HERE)
    summary = phone.says("不留电话")
    assert PLACE in summary and "1 张" in summary and "1. 确认提交" in summary
    ended = phone.says("1")
    found = NUMBER.search(ended)
    assert found, ended
    record = eventually(lambda: service.received(found[0]))
    appeal = record["appeal"]
    assert (appeal["what"], appeal["channel"]) == (LAMP, "wechat")
    assert appeal["place"]["text"] == PLACE
    assert (appeal["place"]["latitude"], appeal["place"]["longitude"]) == (30.25, 120.17)
    [picture] = appeal["attachments"]
    original = requests.get(picture["url"], timeout=60)
    assert original.ok and opened(original.content).size == (64, 48)


def test_the_hotlines_progress_comes_to_the_citizen_by_itself(service: Service, phone: Phone) -> None:
    for text in (LAMP, PLACE, "不留电话"):
        phone.says(text)
    found = NUMBER.search(phone.says("1"))
    assert found
    eventually(lambda: service.received(found[0]))
    said = {"type": "progress", "department": "市政维修队", "message": "已派人查看线路"}
    callback = requests.post(f"{service.simulator_url}/api/tickets/{found[0]}/callbacks", json=said, timeout=60)
    assert json.loads(callback.json()["answer"]) == {"applied": True}, callback.text
    [news] = eventually(phone.received)
    assert "已派人查看线路" in news["body"]["text"] and news["way"] == "push"
    time.sleep(3)
    assert len(phone.received()) == 1, "told once"
