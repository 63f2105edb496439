"""From a problem to a ticket at the hotline and back."""

import json
from typing import Any

import pytest
import requests

from tests.service import Service, eventually

LAMP = "我家楼下路灯坏了好几天没人管"
PLACE = "建设路12号阳光小区3号楼"


def number_of(answer: dict[str, Any]) -> str:
    return str(answer["replies"][-1]["number"])


def test_a_problem_becomes_a_ticket_that_reaches_the_hotline_and_its_answer_comes_back(service: Service) -> None:
    answers = service.talk(LAMP, PLACE, "13812345678", "确认")
    assert [answer["outcome"] for answer in answers] == ["collecting"] * 3 + ["ticket_opened"]
    ticket = answers[-1]["replies"][-1]
    assert ticket["type"] == "ticket" and len(ticket["code"]) == 8 and "/t/" in ticket["link"]

    record = eventually(lambda: service.received(ticket["number"]))
    appeal = record["appeal"]
    assert (appeal["what"], appeal["place"]["text"], appeal["contact"]) == (LAMP, PLACE, "13812345678")

    said = {"type": "progress", "department": "市政维修队", "message": "已派人查看线路"}
    callback = requests.post(f"{service.simulator_url}/api/tickets/{ticket['number']}/callbacks", json=said, timeout=60)
    assert json.loads(callback.json()["answer"]) == {"applied": True}, callback.text
    progress = service.say("我的工单怎么样了", answers[-1]["conversation"])
    assert progress["outcome"] == "ticket_progress"
    assert "已派人查看线路" in progress["replies"][0]["text"]


def test_what_the_first_message_says_is_not_asked_again(service: Service) -> None:
    [answer] = service.talk("昨晚建设路和中山路交叉口的井盖没了,很危险")
    assert answer["replies"][-1]["origin"]["id"] == "utter_ask_report_contact"
    summary = service.say("不留电话", answer["conversation"])["replies"][-1]["text"]
    assert "建设路和中山路交叉口" in summary and "昨晚" in summary and "不留电话" in summary


def test_the_privacy_notice_comes_before_the_first_contact_detail(service: Service) -> None:
    answers = service.talk(LAMP, PLACE)
    assert "加密保存" in answers[-1]["replies"][-1]["text"]


def test_the_form_can_be_corrected_at_the_end(service: Service) -> None:
    answers = service.talk(LAMP, PLACE, "匿名", "地址错了,是中山路5号", "换个电话13900001111", "确认")
    assert "中山路5号" in answers[3]["replies"][-1]["text"]
    assert "139****1111" in answers[4]["replies"][-1]["text"]
    record = eventually(lambda: service.received(number_of(answers[-1])))
    assert record["appeal"]["place"]["text"] == "中山路5号"
    assert record["appeal"]["contact"] == "13900001111"


def test_the_button_for_a_change_asks_what_to_change(service: Service) -> None:
    answers = service.talk(LAMP, PLACE, "不留电话", "!/correct", "地点是人民路88号", "!/affirm")
    assert answers[3]["replies"][0]["origin"]["id"] == "utter_ask_correction"
    assert "人民路88号" in answers[4]["replies"][-1]["text"]
    assert answers[5]["outcome"] == "ticket_opened"


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(service: Service) -> None:
    answers = service.talk(LAMP, PLACE, "身份证掉了咋补", "不留电话", "确认")
    assert [reply["origin"]["id"] for reply in answers[2]["replies"]] == ["id-card-lost", "utter_ask_report_contact"]
    assert answers[-1]["outcome"] == "ticket_opened"


@pytest.mark.parametrize("words", ["算了", "不弄了,算了吧"])
def test_the_form_can_be_dropped_in_words(service: Service, words: str) -> None:
    answers = service.talk(LAMP, words, "我的工单怎么样了")
    assert answers[1]["outcome"] == "cancelled"
    assert answers[2]["outcome"] == "ticket_not_found"


def test_danger_in_the_middle_of_the_form_comes_first_and_the_form_waits(service: Service) -> None:
    answers = service.talk(LAMP, "着火了,楼道里全是烟", PLACE, "匿名", "确认")
    assert answers[1]["outcome"] == "emergency"
    assert "119" in answers[1]["replies"][0]["text"][:12]
    assert len(answers[1]["replies"]) == 1
    assert answers[-1]["outcome"] == "ticket_opened"


def test_saying_only_that_there_is_a_problem_is_not_taken_for_the_problem(service: Service) -> None:
    answers = service.talk("我要投诉", "楼上半夜装修吵得睡不着", "幸福小区5号楼2单元", "匿名", "确认")
    assert answers[0]["replies"][-1]["origin"]["id"] == "utter_ask_report_what"
    record = eventually(lambda: service.received(number_of(answers[-1])))
    assert record["appeal"]["what"] == "楼上半夜装修吵得睡不着"
    assert record["appeal"]["anonymous"] is True and record["appeal"]["contact"] == ""


def test_two_reports_in_one_conversation_are_two_tickets(service: Service) -> None:
    answers = service.talk(LAMP, PLACE, "匿名", "确认", "幸福路的垃圾堆了一周没人收", "匿名", "确认")
    numbers = {number_of(answer) for answer in answers if answer["outcome"] == "ticket_opened"}
    assert len(numbers) == 2


def test_a_ticket_is_found_elsewhere_by_number_and_code_only(service: Service) -> None:
    ticket = service.talk(LAMP, PLACE, "匿名", "确认")[-1]["replies"][-1]
    right = service.say(f"查一下{ticket['number']} {ticket['code']}")
    assert right["outcome"] == "ticket_progress"
    assert service.say(f"查一下{ticket['number']} ABCD2345")["outcome"] == "ticket_not_found"
    assert service.say(f"查一下{ticket['number']}")["outcome"] == "ticket_not_found"


def test_a_ticket_can_be_urged_and_withdrawn(service: Service) -> None:
    answers = service.talk(LAMP, PLACE, "匿名", "确认", "怎么还没人处理,催一下", "我不投诉了,撤了吧")
    assert [answer["outcome"] for answer in answers[-2:]] == ["ticket_updated", "collecting"]
    asked, conversation = answers[-1]["replies"][0], answers[-1]["conversation"]
    assert number_of(answers[3]) in asked["text"] and "路灯" in asked["text"]
    kept, done = (service.say(conversation=conversation, payload=asked["choices"][n]["payload"]) for n in (1, 0))
    assert (kept["outcome"], done["outcome"]) == ("cancelled", "ticket_withdrawn")


def test_the_link_shows_the_ticket_and_a_guessed_one_shows_nothing(service: Service) -> None:
    ticket = service.talk(LAMP, PLACE, "匿名", "确认")[-1]["replies"][-1]
    page = requests.get(service.url + ticket["link"][ticket["link"].index("/t/") :], timeout=60)
    assert page.status_code == 200 and ticket["number"] in page.text and "建设路" in page.text
    guessed = requests.get(f"{service.url}/t/{'A' * 22}", timeout=60)
    assert guessed.status_code == 404 and "没有找到" in guessed.text
