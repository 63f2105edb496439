"""The queue for a person: its order, what both sides are told, and what follows when somebody is quicker or gone."""

import pytest

from conversations.handover.settings import settings
from tests.hotline.clock import Clock
from tests.hotline.support import in_threads
from tests.opening import NEVER
from tests.web.fake_rasa import FakeRasa
from tests.web.person_desk import ASKS, Floor, queue_of, takes, writes


def test_citizens_are_served_in_the_order_in_which_they_asked_and_read_how_many_are_ahead(floor: Floor) -> None:
    floor.operator("wang")
    citizens = [floor.citizen() for _ in range(3)]
    turns = [citizen.asks() for citizen in citizens]
    assert [turn["outcome"] for turn in turns] == ["waiting_for_person"] * 3
    said = [turn["replies"][0]["text"] for turn in turns]
    assert "您是下一位。" in said[0] and "前面还有 1 位。" in said[1] and "前面还有 2 位。" in said[2]
    assert not any("没有坐席" in text for text in said)
    assert [row["told_ahead"] for row in floor.rows()] == [0, 1, 2]
    page = floor.operator("li").see("/desk/waiting")
    assert queue_of(page) == [1, 2, 3]


def test_asking_twice_keeps_the_place_and_writing_while_waiting_is_noted_and_not_sent_to_rasa(
    floor: Floor, rasa: FakeRasa
) -> None:
    first, second = floor.citizen(), floor.citizen()
    first.asks()
    second.asks()
    heard = len(rasa.heard)
    turn = second.says("我家水管爆了三天没人管")
    assert turn["outcome"] == "waiting_for_person" and "前面还有 1 位。" in turn["replies"][0]["text"]
    assert second.asks()["outcome"] == "waiting_for_person"
    assert len(rasa.heard) == heard and len(floor.rows()) == 2
    assert "我家水管爆了三天没人管" in floor.operator("wang").see("/desk/waiting")


def test_where_nobody_is_there_the_citizen_is_told_so(floor: Floor) -> None:
    assert "没有坐席在座" in floor.citizen().asks()["replies"][0]["text"]


@pytest.mark.parametrize("way", ["button", "不等了", "算了吧。"])
def test_who_waits_no_longer_wishes_is_out_of_the_queue_and_speaks_with_the_bot_again(floor: Floor, way: str) -> None:
    citizen = floor.citizen()
    turn = citizen.asks()
    turn = citizen.presses(turn, "不等了") if way == "button" else citizen.says(way)
    assert turn["outcome"] == "cancelled" and floor.rows()[0]["ended_how"] == "cancelled"
    assert citizen.says("身份证丢了")["replies"][0]["text"] == "好的。"


def test_the_button_pressed_too_late_says_that_it_is_over(floor: Floor, rasa: FakeRasa) -> None:
    citizen = floor.citizen()
    turn = citizen.asks()
    citizen.says("不等了")
    heard = len(rasa.heard)
    assert "已经结束" in citizen.presses(turn, "不等了")["replies"][0]["text"] and len(rasa.heard) == heard


def test_a_button_pressed_around_a_person_is_taken_or_says_that_it_does_nothing(floor: Floor, rasa: FakeRasa) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    settled, not_settled = (f'/rate{{"ticket_number": "20261123-000001", "solved": "{one}"}}' for one in ("yes", "no"))
    choices = [{"title": title, "payload": pay} for title, pay in (("解决了", settled), ("还没解决", not_settled))]
    asked = {
        "type": "choices",
        "text": "解决了吗？",
        "choices": choices,
        "origin": {"kind": "response", "id": "utter_x"},
    }
    rasa.answer = {"messages": [asked], "outcome": "collecting", "offers": []}
    news = citizen.says("查进度")
    stop = citizen.asks()
    assert (stop["outcome"], stop["offers"]) == ("waiting_for_person", [])
    assert citizen.presses(news, "解决了")["replies"][0]["text"] == "好的。" and rasa.heard[-1]["message"] == settled
    said = citizen.presses(news, "还没解决")["replies"][0]["text"]
    assert "这个按钮现在没有用上" in said and "您是下一位。" in said
    takes(operator, 1)
    assert citizen.presses(news, "解决了")["replies"][0]["text"] == "好的。"
    for turn, title in ((news, "还没解决"), (stop, "不等了")):
        answer = citizen.presses(turn, title)
        assert answer["outcome"] == "handed_over" and "由他们跟您说" in answer["replies"][0]["text"]
    assert floor.rows()[0]["state"] == "taken"


def test_while_a_person_has_it_rasa_hears_nothing_and_every_message_is_kept(floor: Floor, rasa: FakeRasa) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    page = takes(operator, 1)
    assert operator.status == 200 and "转人工" in page
    joined = citizen.last()
    assert joined["from"] == "staff" and "小wang" in joined["replies"][0]["text"]
    for text in ("我家水管爆了", "😀😀", "my water pipe is broken please help me"):
        turn = citizen.says(text)
        assert (turn["outcome"], turn["replies"]) == ("handed_over", [])
    assert [one["message"] for one in rasa.heard if "message" in one] == ["转人工"]
    page = operator.see("/desk/waiting/1")
    assert "我家水管爆了" in page and "😀😀" in page and "my water pipe" in page
    writes(operator, 1, text="马上派人去看")
    said = citizen.last()
    assert said["from"] == "staff" and said["replies"][0]["text"] == "马上派人去看"
    assert said["replies"][0]["origin"]["kind"] == "staff"
    [row] = floor.rows()
    assert (row["state"], row["taken_by"]) == ("taken", "wang") and row["waited_seconds"] < 60


def test_danger_is_met_first_while_waiting_and_while_a_person_has_it(floor: Floor, rasa: FakeRasa) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    heard = len(rasa.heard)
    turn = citizen.says("家里着火了")
    assert turn["outcome"] == "emergency" and "119" in turn["replies"][0]["text"]
    assert "您是下一位" in turn["replies"][1]["text"]
    assert "说到危险" in operator.see("/desk/waiting")
    takes(operator, 1)
    turn = citizen.says("煤气漏了，头晕")
    assert turn["outcome"] == "emergency" and len(turn["replies"]) == 1
    assert "煤气漏了" in operator.see("/desk/waiting/1")
    assert [one for one in rasa.heard[heard:] if "message" in one] == []  # the operator's page searches entries


def test_two_operators_cannot_both_take_one(floor: Floor) -> None:
    citizens = [floor.citizen() for _ in range(4)]
    for citizen in citizens:
        citizen.asks()
    operators = {name: floor.operator(name) for name in ("wang", "li")}

    def both(identifier: int) -> list[str]:
        names = list(operators)
        return in_threads(2, lambda place: takes(operators[names[place]], identifier))

    for identifier in (1, 2, 3):
        pages = both(identifier)
        assert sum("回复市民" in page for page in pages) == 1
        assert sum("别的坐席先接了" in page for page in pages) == 1
        assert [item["from"] for item in citizens[identifier - 1].reads()].count("staff") == 1
    assert [row["state"] for row in floor.rows()] == ["taken"] * 3 + ["waiting"]


def test_an_operator_takes_no_more_than_the_limit_and_none_while_away(floor: Floor) -> None:
    most = settings()["most_at_once"]
    for _ in range(most + 1):
        floor.citizen().asks()
    away = floor.operator("li", online=False)
    assert "您现在是“离开”" in takes(away, 1)
    operator = floor.operator("wang")
    for identifier in range(1, most + 1):
        takes(operator, identifier)
    assert "已经到上限" in takes(operator, most + 1)
    in_threads(2, lambda place: writes(operator, place + 1, "close"))
    pages = in_threads(2, lambda place: takes(operator, most + 1))
    assert sum("回复市民" in page for page in pages) == 1


def test_the_citizens_hear_how_the_queue_moves_once(floor: Floor) -> None:
    citizens = [floor.citizen() for _ in range(3)]
    for citizen in citizens:
        citizen.asks()
    floor.work()
    assert all(len(citizen.reads()) == 2 for citizen in citizens)
    takes(floor.operator("wang"), 1)
    for _ in range(2):
        floor.work()
    told = [citizen.reads(after=1) for citizen in citizens]
    assert [[item["from"] for item in items] for items in told] == [["staff"], ["bot"], ["bot"]]
    assert "您是下一位。" in told[1][0]["replies"][0]["text"] and "前面还有 1 位。" in told[2][0]["replies"][0]["text"]
    assert citizens[2].presses({"replies": told[2][0]["replies"]}, "不等了")["outcome"] == "cancelled"


def test_given_back_to_the_bot_the_citizen_is_told_and_rasa_goes_on(floor: Floor, rasa: FakeRasa) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.says("路灯坏了")
    citizen.asks()
    takes(operator, 1)
    assert "已交回给助手" in writes(operator, 1, "give_back")
    assert "助手帮您" in citizen.last()["replies"][0]["text"]
    assert citizen.says("在东湖路")["replies"][0]["text"] == "好的。"
    assert rasa.heard[-1]["sender"] == rasa.heard[0]["sender"] and rasa.heard[-1]["message"] == "在东湖路"
    assert floor.rows()[0]["ended_how"] == "given_back"
    citizen.asks()
    takes(operator, 2)
    assert citizen.says("结束人工")["outcome"] == "cancelled"
    assert operator.see("/desk/waiting/2") and floor.rows()[1]["ended_how"] == "left"


def test_off_hours_the_citizen_reads_the_hours_and_can_leave_a_ticket_or_ask_to_be_rung_up(floor: Floor) -> None:
    floor.opens(*NEVER)
    citizen = floor.citizen()
    turn = citizen.asks()
    assert (turn["outcome"], turn["offers"], floor.rows()) == ("unavailable", ["ticket"], [])
    assert "每天 0:00–0:00 在" in turn["replies"][0]["text"] and "12345" in turn["replies"][0]["text"]
    assert [one["title"] for one in turn["replies"][0]["choices"]] == ["建一张工单", "请人给我回电话"]
    floor.rasa.answer, heard = ASKS, len(floor.rasa.heard)
    told, again = (citizen.says("转人工", client_id="the-same-message") for _ in range(2))
    assert told["turn"] == again["turn"] and len(floor.rasa.heard) == heard + 1
    citizen.presses(turn, "请人给我回电话")
    assert floor.rasa.heard[-1]["message"] == '/report{"way": "call_back"}'


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("2026-09-21 08:59", False), ("2026-09-21 09:00", True), ("2026-09-21 17:30", False), ("2026-09-26 10:00", False)],
)
def test_the_hours_are_those_of_the_city_on_working_days(
    floor: Floor, clock: Clock, moment: str, is_open: bool
) -> None:
    floor.opens("09:00", "17:30", workdays=True)
    clock.set(moment)
    assert (floor.citizen().asks()["outcome"] == "waiting_for_person") is is_open


def test_who_still_waits_when_the_day_is_over_is_told_and_not_left_waiting(floor: Floor, clock: Clock) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    floor.opens(*NEVER)
    floor.work()
    assert floor.rows()[0]["state"] == "waiting"  # somebody is there, and may still take it
    operator.send("/desk/waiting/presence", "/desk/waiting", online="0")
    floor.work()
    assert floor.rows()[0]["ended_how"] == "off_hours"
    assert "请人给我回电话" in str(citizen.last()["replies"])
