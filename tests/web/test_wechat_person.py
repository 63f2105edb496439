"""A person in WeChat: their words are pushed within the quota, the rest comes with the next message."""

from datetime import timedelta

import pytest

from conversations.handover.tables import handovers
from staff import accounts, sessions
from tests.hotline.support import rows
from tests.opening import ALWAYS, opens
from tests.web.person_desk import ASKS, takes, writes
from tests.web.visitor import Visitor
from tests.web.wechat_users import Line, line, rasa, wechat
from tests.wechat.account import OPENID, event
from tests.wechat.platform import FakePlatform
from tests.wechat.rasa import Row, TalkingRasa
from web.desk.access import COOKIE
from wechat.quota import AFTER
from wechat.tables import wechat_pushes
from worker.waiting import WaitingCitizens

__all__ = ["line", "rasa", "wechat"]
QUOTA = AFTER["message"][0]


def answers(heard: Row) -> list[Row]:
    """Rasa finds that a person is wanted, or answers; the operators' searches find nothing."""
    if heard.get("message") == "转人工":
        return list(ASKS["messages"])
    return [{"type": "text", "text": "答复。"}]


@pytest.fixture
def waiting(line: Line, rasa: TalkingRasa) -> Line:
    """A citizen on WeChat waits."""
    rasa.says = answers
    for app in line.apps:
        opens(app.extensions["wenzheng"].controls, *ALWAYS)
    said = line.says("转人工")
    assert "您是下一位。" in said and "1. 不等了" in said
    return line


@pytest.fixture
def operator(waiting: Line) -> Visitor:
    with waiting.desk.database.writing() as connection:
        accounts.add(connection, "wang", "小王", "correct horse battery", ["operator"])
        secret = sessions.begin(connection, "wang")
    client = waiting.apps[0].test_client()
    client.set_cookie(COOKIE, secret)
    visitor = Visitor(client)
    visitor.send("/desk/waiting/presence", "/desk/waiting", online="1")
    return visitor


def identifier(line: Line) -> int:
    """The number of the first who waited."""
    return int(rows(line.desk.database, handovers)[0]["id"])


def states(line: Line) -> list[str]:
    return [row["state"] for row in rows(line.desk.database, wechat_pushes)]


def test_who_came_and_what_they_say_is_pushed_and_the_citizen_is_not_answered_by_the_bot(
    waiting: Line, operator: Visitor, wechat: FakePlatform, rasa: TalkingRasa
) -> None:
    number = identifier(waiting)
    assert waiting.says("1") == "好，不排队了。有事直接跟我说。"
    assert "您是下一位。" in waiting.says("转人工")
    takes(operator, number + 1)
    waiting.work()
    assert len(wechat.texts()) == 1 and "小王" in wechat.texts()[0]
    assert waiting.says("我家水管爆了") == ""
    writes(operator, number + 1, text="马上派人")
    waiting.work()
    assert wechat.texts()[-1] == "马上派人"
    assert "我家水管爆了" not in [one.get("message") for one in rasa.heard]
    assert "已送到微信" in operator.see(f"/desk/waiting/{number + 1}")
    assert "119" in waiting.says("家里着火了")


def test_what_is_beyond_the_quota_waits_for_the_next_message_and_the_operator_sees_it(
    waiting: Line, operator: Visitor, wechat: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wechat.pushes.MOMENT", timedelta(0))  # else what went out a moment ago counts once more
    number = identifier(waiting)
    takes(operator, number)
    for place in range(QUOTA + 1):
        writes(operator, number, text=f"第{place}句")
        waiting.work()
    assert len(wechat.texts()) == QUOTA and states(waiting) == ["sent"] * QUOTA + ["kept"] * 2
    news = operator.see(f"/desk/waiting/{number}/turns?after=999")
    assert news.count("已送到微信") == QUOTA and news.count("等市民下次说话时送到") == 2
    assert "data-turn" not in news and "微信现在不让主动发了" in news
    said = waiting.says("好的")
    assert f"还让主动发 {QUOTA} 条" in operator.see(f"/desk/waiting/{number}")
    assert said == f"第{QUOTA - 1}句\n\n第{QUOTA}句"
    waiting.work()
    assert len(wechat.texts()) == QUOTA
    writes(operator, number, text="还有别的吗")
    waiting.work()
    assert wechat.texts()[-1] == "还有别的吗"


def test_who_wants_no_news_of_tickets_hears_the_person_all_the_same(
    waiting: Line, operator: Visitor, wechat: FakePlatform
) -> None:
    waiting.says("关闭通知")
    takes(operator, identifier(waiting))
    waiting.work()
    assert "小王" in wechat.texts()[0]


def test_what_is_said_to_who_left_is_kept(waiting: Line, operator: Visitor, wechat: FakePlatform) -> None:
    number = identifier(waiting)
    takes(operator, number)
    waiting.send(event("unsubscribe", OPENID))
    writes(operator, number, text="还在吗")
    waiting.work()
    assert wechat.texts() == [] and states(waiting) == ["kept"] * 2
    assert "市民取消了微信关注" in operator.see(f"/desk/waiting/{number}")


def test_how_the_queue_moves_uses_up_nothing(waiting: Line, operator: Visitor, wechat: FakePlatform) -> None:
    assert "前面还有 1 位。" in waiting.says("转人工", openid=OPENID[:-1] + "2")
    takes(operator, identifier(waiting))
    waiting.work()
    before = wechat.texts()
    WaitingCitizens(waiting.desk.database, waiting.settings).run()
    waiting.work()
    assert wechat.texts() == before
