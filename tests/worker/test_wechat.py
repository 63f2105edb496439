"""News of tickets reach citizens on WeChat: from the hotline's callback to what the platform is given."""

import threading
from datetime import timedelta

import pytest

from conversations import record
from foundation.clock import now
from hotline.tables import tickets
from tests.hotline.support import Desk, everything_at_rest, rows
from tests.wechat.account import OPENID, TEMPLATE, event, said, with_account
from tests.wechat.conftest import wechat
from tests.wechat.platform import NOTICE, SEND, FakePlatform
from tests.worker.citizen import tell
from wechat import grants, users
from wechat.inbox import Answer, Arrival, Inbox
from wechat.message import Message, message_of
from wechat.tables import wechat_messages, wechat_pushes
from worker.wechat import WeChatPushes

__all__ = ["wechat"]
CALLER = record.Caller("wechat", OPENID)


class Follower:
    """A citizen on WeChat who has written once."""

    def __init__(self, desk: Desk, wechat: FakePlatform) -> None:
        self.desk = desk.with_settings(handling="local")
        self.settings = with_account(self.desk.settings, wechat.url)
        self.inbox = Inbox(desk.database, desk.vault)
        self.worker = WeChatPushes(desk.database, desk.vault, self.settings, "worker", threading.Event())
        arrival = self.hears(_message(said(Content="你好")))
        self.inbox.finish(arrival.id, Answer())
        with desk.database.reading() as connection:
            self.conversation = str(record.of_user(connection, CALLER))

    def hears(self, message: Message) -> Arrival:
        return self.inbox.arrive(
            message,
            str(CALLER.user_digest),
            lambda connection: (
                record.of_user(connection, CALLER) or record.start(connection, "value-of-the-follower", CALLER)
            ),
        )

    def grants(self, template: str = TEMPLATE) -> None:
        listed = {"List": {"TemplateId": template, "SubscribeStatusString": "accept", "PopupScene": "1"}}
        message = _message(event("subscribe_msg_popup_event"))
        message.fields["SubscribeMsgPopupEvent"] = listed
        with self.desk.database.writing() as connection:
            users.lock(connection, str(CALLER.user_digest))
            grants.heard(connection, str(CALLER.user_digest), message)

    def open(self) -> str:
        return self.desk.open(conversation=self.conversation)

    def work(self) -> None:
        tell(self.desk)
        for _ in range(4):
            self.worker.run()
            for future in list(self.worker._running):
                future.result(60)


def _message(fields: dict[str, object]) -> Message:
    return message_of({name: value if isinstance(value, dict) else str(value) for name, value in fields.items()})


@pytest.fixture
def follower(desk: Desk, wechat: FakePlatform) -> Follower:
    return Follower(desk, wechat)


def test_with_a_grant_the_news_is_a_subscription_message(follower: Follower, wechat: FakePlatform) -> None:
    number = follower.open()
    follower.grants()
    follower.desk.staff(number, "accept", "operator")
    follower.work()
    [body] = wechat.called(NOTICE)
    assert (body["touser"], body["template_id"]) == (OPENID, TEMPLATE)
    assert body["data"]["character_string1"] == {"value": number} and body["data"]["thing2"] == {"value": "已受理"}
    assert "/wechat/login?next=%2Ft%2F" in body["page"]
    assert wechat.called(SEND) == []
    follower.work()
    assert len(wechat.called(NOTICE)) == 1


def test_without_a_grant_it_is_pushed_while_that_is_allowed(follower: Follower, wechat: FakePlatform) -> None:
    number = follower.open()
    follower.desk.staff(number, "accept", "operator")
    follower.work()
    [text] = wechat.texts()
    assert text.startswith(f"您的工单 {number} 有新进展：已受理。") and "https://wenzheng.example/t/" in text
    assert "/t/" not in everything_at_rest(follower.desk.database)


def test_an_answer_offers_to_rate_it_by_number(follower: Follower, wechat: FakePlatform) -> None:
    number = follower.open()
    follower.desk.staff(number, "accept", "operator")
    follower.desk.staff(number, "dispatch", "operator", department="urban-management")
    follower.desk.staff(number, "answer", "officer", message="已修好")
    follower.work()
    assert wechat.texts()[-1].endswith("1. 解决了\n2. 还没解决")
    with follower.desk.database.reading() as connection:
        user = users.one(connection, str(CALLER.user_digest))
    assert [one["title"] for one in user.offered] == ["解决了", "还没解决"] and number in user.offered[0]["payload"]


def test_the_last_push_is_left_to_answers(follower: Follower, wechat: FakePlatform) -> None:
    for _ in range(6):
        follower.desk.staff(follower.open(), "accept", "operator")
    for _ in range(3):
        follower.work()
    assert len(wechat.texts()) == 4
    assert [row["state"] for row in rows(follower.desk.database, wechat_pushes)].count("kept") == 2


def test_who_does_not_follow_or_want_them_gets_none(follower: Follower, wechat: FakePlatform) -> None:
    number = follower.open()
    with follower.desk.database.writing() as connection:
        users.change(connection, str(CALLER.user_digest), wants_notices=False)
    follower.desk.staff(number, "accept", "operator")
    follower.work()
    assert wechat.texts() == [] and rows(follower.desk.database, wechat_pushes) == []
    with follower.desk.database.reading() as connection:
        assert len(record.after(connection, follower.conversation, 0)) == 1, "it stands in the conversation"
    assert rows(follower.desk.database, tickets)[0]["state"] == "accepted"


def test_a_platform_that_is_down_is_tried_again_and_nothing_is_called_sent(
    follower: Follower, wechat: FakePlatform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    wechat.is_down = True
    number = follower.open()
    follower.desk.staff(number, "accept", "operator")
    follower.work()
    [push] = rows(follower.desk.database, wechat_pushes)
    assert (push["state"], push["code"]) == ("due", "HTTP 503")
    assert "was taken" not in caplog.text and OPENID not in caplog.text
    wechat.is_down = False
    with follower.desk.database.writing() as connection:
        connection.execute(wechat_pushes.update().values(due_at=now()))
    follower.work()
    assert len(wechat.texts()) == 1 and "was taken" in caplog.text


def test_what_is_done_is_forgotten_after_a_while(follower: Follower, wechat: FakePlatform) -> None:
    follower.desk.staff(follower.open(), "accept", "operator")
    follower.work()
    long_ago = now() - timedelta(days=31)
    with follower.desk.database.writing() as connection:
        connection.execute(wechat_messages.update().values(asked_at=long_ago))
        connection.execute(wechat_pushes.update().values(ended_at=long_ago))
    follower.worker._next_forgetting = 0.0
    follower.work()
    assert rows(follower.desk.database, wechat_messages) == rows(follower.desk.database, wechat_pushes) == []


def test_without_an_account_the_worker_does_nothing(desk: Desk) -> None:
    worker = WeChatPushes(desk.database, desk.vault, desk.settings, "worker", threading.Event())
    worker.run()
    worker.close()
