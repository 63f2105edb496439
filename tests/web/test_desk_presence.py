"""Operators who are there, vanish, sign out and come back, and what becomes of whom they spoke with."""

from conversations.handover.settings import settings
from tests.hotline.clock import Clock
from tests.hotline.support import in_threads
from tests.web.person_desk import Floor, queue_of, takes, writes
from tests.web.visitor import Visitor


def test_an_operator_who_vanishes_loses_the_conversation_to_the_front_of_the_queue(floor: Floor, clock: Clock) -> None:
    citizens = [floor.citizen() for _ in range(3)]
    for citizen in citizens:
        citizen.asks()
    operator = floor.operator("wang")
    takes(operator, 2)
    clock.move(seconds=settings()["vanished_after"] - 10)
    writes(operator, 2, text="在的")
    clock.move(seconds=settings()["vanished_after"] - 10)
    floor.work()
    assert floor.rows()[1]["state"] == "taken"
    clock.move(seconds=20)
    in_threads(2, lambda _: floor.work())
    [vanished] = [item for item in citizens[1].reads() if "掉线" in str(item.get("replies"))]
    assert vanished["from"] == "bot" and "您是下一位。" in vanished["replies"][0]["text"]
    page = operator.see("/desk/waiting")
    assert "1 个会话已经回到队首" in page and queue_of(page) == [2, 1, 3] and "坐席掉线，优先" in page
    assert "这个会话不在您手上" in writes_nothing(operator)
    other = floor.operator("li")
    takes(other, 2)
    assert floor.rows()[1]["taken_by"] == "li" and floor.rows()[1]["returns"] == 1
    operator.send("/desk/waiting/presence", "/desk/waiting", online="1")
    assert "回到队首" not in operator.see("/desk/waiting")


def writes_nothing(operator: Visitor) -> str:
    return operator.send("/desk/waiting/2/say", "/desk/waiting", text="还在吗")


def test_who_signs_out_is_gone_at_once_and_the_citizen_first_in_the_queue(floor: Floor) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    operator.send("/desk/logout", "/desk/waiting")
    floor.work()
    assert floor.rows()[0]["state"] == "waiting" and "掉线" in str(citizen.last()["replies"])
    assert "没有坐席在线" in floor.operator("li", online=False).see("/desk/waiting")


def test_a_page_opened_another_day_makes_nobody_take_new_ones(floor: Floor, clock: Clock) -> None:
    floor.citizen().asks()
    operator = floor.operator("wang")
    for _ in range(3):  # to read the list is a sign, also where no script gives one
        clock.move(seconds=settings()["vanished_after"] - 5)
        assert "切换到离开" in operator.see("/desk/waiting")
    clock.move(minutes=30)
    assert "您现在是“离开”" in takes(operator, 1)
    page = operator.see("/desk/waiting")
    assert "切换到在线" in page and "没有坐席在线" in page
