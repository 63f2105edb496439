"""What happens to a ticket stands in the conversations that wait for it, in the words of whoever did it."""

from conversations import record
from hotline.desk import Actor
from hotline.desk import Desk as StaffDesk
from hotline.tables import event_notices
from tests.hotline.support import PHONE, Desk, everything_at_rest, rows
from tests.worker.citizen import Citizen, call_back, tell

OPERATOR = Actor("wang", ("operator",))


def test_an_answer_of_the_hotline_reaches_the_citizen_who_is_asked_once_whether_it_helped(citizen: Citizen) -> None:
    desk, number = citizen.desk, citizen.open()
    call_back(citizen, "dispatched", number, 1, department="市政维修队")
    call_back(citizen, "answered", number, 2, message="路灯已修好")
    tell(desk)
    tell(desk)
    dispatched, answered = citizen.messages()
    assert (dispatched["turn"], answered["turn"]) == (1, 2)
    assert {dispatched["from"], answered["from"]} == {"hotline"}
    assert len(dispatched["replies"]) == 1
    ticket, question = answered["replies"]
    assert ticket["type"] == "ticket"
    assert ticket["text"] == f"您的工单 {number} 有新进展：已答复。路灯已修好。"
    assert ticket["origin"] == {"kind": "hotline", "id": number, "revision": None}
    assert (ticket["number"], ticket["state"]) == (number, "已答复")
    assert ticket["link"] == desk.tickets.of_conversation(citizen.conversation)[0].link
    assert [event["label"] for event in ticket["events"]] == ["已提交", "已派单", "已答复"]
    assert ticket["events"][-1]["text"] == "路灯已修好。"
    assert [event["label"] for event in dispatched["replies"][0]["events"]] == ["已提交", "已派单"]
    assert question["type"] == "choices" and "解决了吗" in question["text"]
    assert question["origin"] == {"kind": "response", "id": "utter_ask_rating", "revision": None}
    yes, no = question["choices"]
    assert yes == {"title": "解决了", "payload": f'/rate{{"ticket_number": "{number}", "solved": "yes"}}'}
    assert no == {"title": "还没解决", "payload": f'/rate{{"ticket_number": "{number}", "solved": "no"}}'}
    with desk.database.reading() as connection:
        assert record.was_issued(connection, citizen.conversation, yes["payload"])
        assert record.was_issued(connection, citizen.conversation, no["payload"])


def test_each_answer_asks_once_unless_the_citizen_was_quicker(citizen: Citizen) -> None:
    desk, number = citizen.desk, citizen.open()
    for quick in (False, False, True):
        desk.staff(number, "answer", message="已修好")
        if not quick:
            tell(desk)
        desk.tickets.rate(number, False, "", "还是不亮")
    tell(desk)
    assert [len(message["replies"]) for message in citizen.messages()] == [2, 2, 1]


def test_our_own_desk_speaks_as_staff_and_only_what_others_did_and_said_is_told(desk: Desk) -> None:
    at_home = desk.with_settings(handling="local")
    citizen = Citizen(at_home)
    number = citizen.open()
    at_home.staff(number, "accept", "operator")
    at_home.staff(number, "note", "operator", message="脾气不好")
    at_home.staff(number, "dispatch", "operator", department="urban-management")
    at_home.staff(number, "contact", "officer")
    at_home.tickets.urge(number)
    at_home.staff(number, "supervise", "system", reason="超过办理期限")
    at_home.staff(number, "remind", "system", limit="handle_by")
    at_home.staff(number, "answer", "officer", message="已修好")
    at_home.staff(number, "close", "system")
    tell(at_home)
    labels = ["已受理", "已派单", "督办", "已答复", "已办结"]
    assert [text.split("：")[1].split("。")[0] for text in citizen.heard()] == labels
    assert {message["from"] for message in citizen.messages()} == {"staff"}
    assert citizen.messages()[0]["replies"][0]["origin"]["kind"] == "staff"
    assert "脾气不好" not in str(citizen.messages()) and "超过办理期限" not in str(citizen.messages())


def test_numbers_that_staff_gave_are_whole_the_citizens_own_are_hints_and_none_is_at_rest(citizen: Citizen) -> None:
    desk = citizen.desk
    number = citizen.open(contact=desk.tokenized(PHONE, citizen.conversation))
    desk.staff(number, "progress", message="请打 010-87654321")
    desk.staff(number, "answer", message=f"我们打了 {PHONE}")
    tell(desk)
    given, own = citizen.heard()
    assert given.endswith("请打 010-87654321。") and own.endswith("我们打了 138****5678。")
    again = citizen.messages()[1]["replies"][0]["events"]
    assert [event["text"] for event in again[1:]] == ["请打 010-87654321。", "我们打了 138****5678。"]
    link = citizen.messages()[1]["replies"][0]["link"]
    for secret in (PHONE, "87654321", link.rpartition("/")[2]):
        assert secret not in everything_at_rest(desk.database)
    said = desk.tokenized("010-87654321", citizen.conversation)
    with desk.database.reading() as connection:
        assert desk.vault.hint(connection, f"conversation:{citizen.conversation}", said) == "010****4321"


def test_followers_learn_how_far_it_is_and_nobodys_words(desk: Desk) -> None:
    at_home = desk.with_settings(handling="local")
    citizen, follower = Citizen(at_home), Citizen(at_home, "value-2")
    number = citizen.open()
    at_home.staff(number, "publish", "operator", summary="幸福路路灯不亮")
    at_home.tickets.join(number, follower.conversation)
    at_home.staff(number, "accept", "operator", message="李女士家门口")
    at_home.staff(number, "dispatch", "operator", department="urban-management")
    at_home.staff(number, "contact", "officer", message="打过 010-87654321")
    at_home.staff(number, "answer", "officer", message="李女士的灯修好了")
    tell(at_home)
    assert follower.heard() == [
        f"您跟进的工单 {number} 有新进展：{state}。" for state in ("已受理", "已派单", "已答复")
    ]
    reply = follower.messages()[-1]["replies"]
    assert [(one["type"], one["number"], one["state"]) for one in reply] == [("ticket", number, "已答复")]
    assert (reply[0]["link"], reply[0]["events"]) == ("", [])
    assert "李女士" not in str(follower.messages()) and len(citizen.heard()) == 4


def test_whoever_reported_a_merged_ticket_is_told_of_the_main_one(desk: Desk) -> None:
    at_home = desk.with_settings(handling="local")
    first, second = Citizen(at_home), Citizen(at_home, "value-2")
    merged, main = first.open(), second.open()
    StaffDesk(at_home.database, at_home.vault, at_home.settings).merge(merged, main, OPERATOR, 1)
    at_home.staff(main, "accept", "operator")
    tell(at_home)
    assert first.heard() == [
        f"您的工单 {merged} 有新进展：已并入另一张工单。您反映的事正在工单 {main} 里一起办理,请看那张工单的进展。",
        f"您跟进的工单 {main} 有新进展：已受理。",
    ]
    assert second.heard() == [f"您的工单 {main} 有新进展：已受理。您的工单已受理。"]


def test_a_part_that_was_split_off_is_told_to_its_citizen(desk: Desk) -> None:
    at_home = desk.with_settings(handling="local")
    citizen = Citizen(at_home)
    number = citizen.open()
    staff = StaffDesk(at_home.database, at_home.vault, at_home.settings)
    part = staff.split(number, "井盖也坏了", "street-light", OPERATOR, 1)
    tell(at_home)
    texts = " ".join(citizen.heard())
    assert f"您的工单 {number} 有新进展：拆成两件。" in texts and f"您的工单 {part} 有新进展：已提交。" in texts


def test_anonymous_citizens_and_those_who_phoned_are_not_told_and_nothing_is_owed(desk: Desk) -> None:
    citizen, follower = Citizen(desk), Citizen(desk, "value-2")
    hidden, phoned = citizen.open(anonymous=True), desk.open(conversation="", channel="phone")
    desk.staff(hidden, "publish", "operator", summary="幸福路路灯不亮")
    desk.tickets.join(hidden, follower.conversation)
    for number in (hidden, phoned):
        desk.staff(number, "answer", message="已修好")
    tell(desk)
    assert citizen.messages() == [] and len(follower.messages()) == 1
    assert rows(desk.database, event_notices) == []
