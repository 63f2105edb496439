"""News of tickets: by the citizen's consent, each spent once; else as one push that is not the last; else later."""

import pytest

from tests.hotline.clock import Clock
from tests.hotline.support import Desk, in_threads, rows
from tests.wechat.account import OPENID, TEMPLATE, event
from tests.wechat.citizens import TICKET, Citizens, a_message, states, text
from wechat import grants, pushes, users
from wechat.delivery import GRANT, Told
from wechat.message import Message, message_of
from wechat.notices import filled
from wechat.tables import wechat_grants

CITIZEN = f"digest-{OPENID}"


@pytest.fixture
def citizens(desk: Desk, clock: Clock) -> Citizens:
    citizens = Citizens(desk)
    citizens.inbox.finish(citizens.asks().id, citizens.silent)
    return citizens


def hears(citizens: Citizens, message: Message) -> list[int]:
    with citizens.database.writing() as connection:
        users.lock(connection, CITIZEN)
        return grants.heard(connection, CITIZEN, message)


def asked(*answers: tuple[str, str], scene: str = "2") -> Message:
    listed = [{"TemplateId": name, "SubscribeStatusString": said, "PopupScene": scene} for name, said in answers]
    outer = {"List": listed if len(listed) > 1 else listed[0]}  # as the XML is read
    return message_of(_strings(event("subscribe_msg_popup_event")) | {"SubscribeMsgPopupEvent": outer})


def sent(code: str, message_id: str = "") -> Message:
    result = {"TemplateId": TEMPLATE, "MsgID": message_id, "ErrorCode": code, "ErrorStatus": "x"}
    return message_of(_strings(event("subscribe_msg_sent_event")) | {"SubscribeMsgSentEvent": {"List": result}})


def _strings(fields: dict[str, object]) -> dict[str, object]:
    return {name: str(value) for name, value in fields.items()}


def free(citizens: Citizens) -> int:
    return len([row for row in rows(citizens.database, wechat_grants) if row["push"] is None])


def used_up(citizens: Citizens, pushed: int) -> None:
    for arrival in [citizens.asks() for _ in range(pushed)]:
        citizens.inbox.acknowledge(arrival.id)
        citizens.inbox.finish(arrival.id, citizens.words)
    assert len([out for _ in range(pushed) for out in citizens.push()]) == pushed


def test_each_consent_is_kept_and_spent_on_one_notice(citizens: Citizens) -> None:
    hears(citizens, asked((TEMPLATE, "accept"), ("other", "accept"), (TEMPLATE, "reject")))
    hears(citizens, asked((TEMPLATE, "accept"), scene="1"))
    assert free(citizens) == 3
    for _ in range(3):
        citizens.news()
    assert [out.way for _ in range(3) for out in citizens.push()] == [GRANT, GRANT, "message"]
    assert free(citizens) == 1 and states(citizens) == ["sent"] * 3


def test_two_workers_spend_one_consent_once(citizens: Citizens) -> None:
    hears(citizens, asked((TEMPLATE, "accept")))
    citizens.news()
    citizens.news()
    ways = [out.way for some in in_threads(3, lambda _: citizens.push() + citizens.push()) for out in some]
    assert sorted(ways) == [GRANT, "message"]


def test_without_consent_a_notice_never_takes_the_last_push(citizens: Citizens) -> None:
    used_up(citizens, 4)
    citizens.news()
    assert citizens.push() == [] and states(citizens)[-1] == "kept"
    with citizens.database.writing() as connection:
        pushes.add(connection, CITIZEN, pushes.ANSWER, conversation="c", words="好。")
    [out] = citizens.push()
    assert out.text.startswith("有新进展") and out.text.endswith("好。")


def test_a_click_lets_no_notice_take_the_last_push_that_lasts(citizens: Citizens, clock: Clock) -> None:
    used_up(citizens, 4)
    clock.move(seconds=30)  # those that went out a moment ago would count for the click
    citizens.inbox.finish(citizens.arrive(a_message(Event="CLICK", EventKey="x")).id, citizens.silent)
    citizens.news()
    assert citizens.push() == [] and states(citizens)[-1] == "kept"
    clock.move(seconds=61)
    with citizens.database.writing() as connection:
        pushes.add(connection, CITIZEN, pushes.ANSWER, conversation="c", words="好。")
    assert [out.way for out in citizens.push()] == ["message"]


def test_of_several_notices_the_last_push_is_left_for_an_answer(citizens: Citizens) -> None:
    used_up(citizens, 3)
    for _ in range(2):
        citizens.news()
    assert [out.way for _ in range(3) for out in citizens.push()] == ["message"]
    assert states(citizens)[-2:] == ["sent", "kept"]
    with citizens.database.writing() as connection:
        pushes.add(connection, CITIZEN, pushes.ANSWER, conversation="c", words="好。")
    assert [out.text.endswith("好。") for out in citizens.push()] == [True]


def test_two_workers_with_two_pushes_left_send_one_notice(citizens: Citizens) -> None:
    used_up(citizens, 3)
    for _ in range(4):
        citizens.news()
    sent = [out for some in in_threads(3, lambda _: citizens.push() + citizens.push()) for out in some]
    assert [out.way for out in sent] == ["message"]


def test_a_kept_notice_comes_with_the_next_message(citizens: Citizens, clock: Clock) -> None:
    clock.move(hours=49)
    citizens.news(text("您的工单有新进展：已派单。", **TICKET))
    assert citizens.push() == [] and states(citizens) == ["kept"]
    after = citizens.asks()
    citizens.answers(after, text("好。"))
    assert citizens.passive(after) == "您的工单有新进展：已派单。\n\n好。"


def test_a_consent_outlives_the_two_days(citizens: Citizens, clock: Clock) -> None:
    hears(citizens, asked((TEMPLATE, "accept")))
    clock.move(days=20)
    citizens.news()
    assert [out.way for out in citizens.push()] == [GRANT]


def test_a_consent_that_the_platform_does_not_know_is_forgotten_and_the_notice_goes_another_way(
    citizens: Citizens, clock: Clock
) -> None:
    hears(citizens, asked((TEMPLATE, "accept"), (TEMPLATE, "accept")))
    citizens.news()
    assert citizens.push(43101) == [] and free(citizens) == 0
    clock.move(seconds=3)
    assert [out.way for out in citizens.push()] == ["message"]


def test_a_notice_that_is_not_taken_gives_its_consent_back(citizens: Citizens) -> None:
    hears(citizens, asked((TEMPLATE, "accept")))
    citizens.news()
    citizens.push(47003)
    assert states(citizens) == ["kept"] and free(citizens) == 1


def test_a_consent_stays_with_its_notice_while_the_platform_is_down(citizens: Citizens, clock: Clock) -> None:
    hears(citizens, asked((TEMPLATE, "accept")))
    citizens.news()
    citizens.push(down=True)
    assert free(citizens) == 0
    clock.move(seconds=3)
    assert [out.way for out in citizens.push()] == [GRANT]


@pytest.mark.parametrize("message_id", ["", "1700827132819554304"])
def test_a_notice_that_was_taken_and_did_not_arrive_is_kept(citizens: Citizens, message_id: str) -> None:
    hears(citizens, asked((TEMPLATE, "accept")))
    citizens.news()
    with citizens.database.writing() as connection:
        [push] = pushes.claim(connection, pushes.due(connection, 1), "worker")
    out = citizens.delivery.outgoing(push, "worker")
    assert out
    citizens.delivery.arrived(push, out, message_id)
    assert hears(citizens, sent("0", message_id)) == []
    assert hears(citizens, sent("43101", message_id)) == [push.id]


def test_who_refuses_in_the_settings_has_given_no_consent(citizens: Citizens) -> None:
    hears(citizens, asked((TEMPLATE, "accept"), ("other", "accept")))
    change = {"SubscribeMsgChangeEvent": {"List": {"TemplateId": TEMPLATE, "SubscribeStatusString": "reject"}}}
    hears(citizens, message_of(_strings(event("subscribe_msg_change_event")) | change))
    assert [row["template"] for row in rows(citizens.database, wechat_grants)] == ["other"]


@pytest.mark.parametrize("strange", [{}, {"SubscribeMsgPopupEvent": "x"}, {"SubscribeMsgPopupEvent": {"List": ["x"]}}])
def test_strange_events_grant_nothing(citizens: Citizens, strange: dict[str, object]) -> None:
    hears(citizens, message_of(_strings(event("subscribe_msg_popup_event")) | strange))
    assert free(citizens) == 0


def test_who_wants_none_or_left_is_owed_none(citizens: Citizens) -> None:
    with citizens.database.writing() as connection:
        users.change(connection, CITIZEN, wants_notices=False)
    citizens.news()
    with citizens.database.writing() as connection:
        users.change(connection, CITIZEN, wants_notices=True)
        users.left(connection, CITIZEN)
    citizens.news()
    citizens.news(openid="nobody")
    assert states(citizens) == []


def test_who_leaves_gets_nothing_more_and_finds_the_answer_when_they_come_back(citizens: Citizens) -> None:
    citizens.news()
    citizens.late(text("好。"))
    with citizens.database.writing() as connection:
        users.left(connection, CITIZEN)
        pushes.left(connection, CITIZEN)
    assert citizens.push() == [] and states(citizens) == ["dropped", "kept"]
    back = citizens.arrive(a_message(Event="subscribe"))
    citizens.inbox.finish(back.id, citizens.words)
    assert citizens.passive(back) == "刚才您问的：\n\n好。\n\n您好。"


def test_the_values_of_a_template_fit_and_lead_to_the_ticket() -> None:
    link = "https://wz.example/t/AbC-9_x"
    news = Told(replies=[{"type": "text", "text": "x"}, TICKET | {"link": link, "state": "很" * 30}])
    page, data = filled(news, "https://wz.example", "Asia/Shanghai")
    assert page == "https://wz.example/wechat/login?next=%2Ft%2FAbC-9_x"
    assert data["character_string1"] == TICKET["number"] and data["thing2"] == "很" * 20
    assert set(data) == {"character_string1", "thing2", "time3"} and "年" in data["time3"]
    assert filled(Told(replies=[TICKET]), "https://wz.example", "Asia/Shanghai")[0].endswith("next=%2Ft")
