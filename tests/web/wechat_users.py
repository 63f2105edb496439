"""Citizens on WeChat, in front of web processes and a worker that share a database."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from foundation.clock import now
from tests.hotline.clock import Clock
from tests.hotline.support import Desk, rows
from tests.service import eventually
from tests.wechat.account import OPENID, query, said, with_account, xml
from tests.wechat.platform import FakePlatform, platform
from tests.wechat.rasa import TalkingRasa, talking
from web import create_app
from web.wechat_channel import Patience
from wechat.markup import read
from wechat.tables import wechat_messages
from worker.wechat import WeChatPushes

QUICK = Patience(answer=1.5, last=1.0, given_up=1.6, look=0.05)
ENDLESS = Patience(answer=60, last=60, given_up=1.6, look=0.05)  # an answer comes, however busy the machine is


class Line:
    """Two web processes and a worker; every request goes to the next process."""

    def __init__(self, desk: Desk, rasa: TalkingRasa, wechat: FakePlatform, *, sealed: bool = False) -> None:
        self.desk = desk.with_settings(rasa_url=rasa.url)
        self.rasa = rasa
        self.settings = with_account(self.desk.settings, wechat.url, sealed=sealed)
        self.apps = [create_app(self.settings) for _ in range(2)]
        self.wait(ENDLESS)
        worker = (desk.database, desk.vault, self.settings, "worker", threading.Event())
        self.worker = WeChatPushes(*worker)
        self._next = 0

    def send(self, fields: dict[str, Any]) -> TestResponse:
        """One request of the platform's."""
        return self.post(query(), xml(fields))

    def post(self, asked: dict[str, str], body: bytes | str) -> TestResponse:
        self._next += 1
        client = self.apps[self._next % 2].test_client()
        return client.post("/wechat", query_string=asked, data=body, content_type="text/xml")

    def says(self, text: str, openid: str = OPENID, **more: Any) -> str:
        """What a citizen reads at once after writing something; empty for nothing."""
        return self.reads(said(openid, Content=text, **more))

    def asks(self, text: str, openid: str = OPENID) -> str:
        """The same, with the requests that the platform makes until there is an answer."""
        return self.brings(said(openid, Content=text))

    def brings(self, fields: dict[str, Any]) -> str:
        """What any of the three requests of a message is answered with."""
        return self.reads(fields) or self.reads(fields) or self.reads(fields)

    def reads(self, fields: dict[str, Any]) -> str:
        return self.told(self.send(fields), str(fields["FromUserName"]))

    def told(self, answer: TestResponse, openid: str = OPENID) -> str:
        """The text of a passive reply, which must be for this citizen."""
        assert answer.status_code == 200, answer.text
        if answer.text == "success":
            return ""
        reply = read(answer.data)
        assert (reply["ToUserName"], reply["MsgType"]) == (openid, "text")
        assert len(reply["Content"].encode()) < 2048
        return str(reply["Content"])

    def wait(self, patience: Patience) -> None:
        """How long requests wait from now on."""
        for app in self.apps:
            app.extensions["wenzheng"].wechat.channel._patience = patience

    def hold(self) -> None:
        """Rasa says nothing from now on, and no request waits for it long."""
        self.rasa.may.clear()
        self.wait(QUICK)

    def let_go(self) -> None:
        """Rasa goes on, and every request waits until it has answered."""
        self.wait(ENDLESS)
        self.rasa.may.set()

    def settle(self) -> None:
        """Wait until every message that came has its answer."""
        eventually(lambda: all(row["state"] != "answering" for row in rows(self.desk.database, wechat_messages)))

    def end(self) -> None:
        """Wait until nothing is worked on: what came later would stand in the next test's database."""
        self.let_go()
        lanes = [app.extensions["wenzheng"].wechat.channel._lanes for app in self.apps]
        eventually(lambda: not any(one._waiting for one in lanes))

    def work(self) -> None:
        """The worker's turn, until nothing is under way."""
        for _ in range(3):
            self.worker.run()
            for future in list(self.worker._running):
                future.result(60)


@pytest.fixture
def rasa() -> Iterator[TalkingRasa]:
    with talking() as rasa:
        yield rasa


@pytest.fixture
def wechat() -> Iterator[FakePlatform]:
    with platform() as fake:
        yield fake


@pytest.fixture
def line(desk: Desk, rasa: TalkingRasa, wechat: FakePlatform) -> Iterator[Line]:
    line = Line(desk, rasa, wechat)
    yield line
    line.end()


@pytest.fixture
def still() -> Iterator[Clock]:
    """The product's time stands at the present moment until it is moved, so that what is signed now stays fresh."""
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock(now())
        patch.setattr("foundation.clock.datetime", clock)
        yield clock
