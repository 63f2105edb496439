"""What citizens do with their tickets, in their own words."""

import sqlite3
from typing import Any

import requests

from tests.hotline.photos import encoded, noise
from tests.service import Service, eventually

LAMP = "我家楼下路灯坏了好几天没人管"
PLACE = "建设路12号阳光小区3号楼"
REPORT = (LAMP, PLACE, "不留电话", "确认")


def opened(service: Service, *texts: str) -> tuple[str, str]:
    """The number and the conversation of a new ticket."""
    answer = service.talk(*(texts or REPORT))[-1]
    assert answer["outcome"] == "ticket_opened", answer
    return str(answer["replies"][-1]["number"]), str(answer["conversation"])


def hotline_says(service: Service, number: str, **said: str) -> None:
    eventually(lambda: service.received(number))
    answer = requests.post(f"{service.simulator_url}/api/tickets/{number}/callbacks", json=said, timeout=60).json()
    assert answer["status"] == 200, answer


def answered(service: Service) -> tuple[str, str]:
    number, conversation = opened(service)
    hotline_says(service, number, type="answered", message="路灯已经修好")
    return number, conversation


def said_by(answer: dict[str, Any]) -> list[str]:
    return [reply["origin"]["id"] for reply in answer["replies"]]


def test_something_to_add_reaches_the_hotline(service: Service) -> None:
    number, conversation = opened(service)
    answer = service.say("补充一下,坏的是3号楼东边那盏", conversation)
    assert (answer["outcome"], said_by(answer)) == ("ticket_updated", ["utter_ticket_supplemented"])
    heard = eventually(lambda: [m for m in service.received(number).get("messages", []) if "suppl" in m["type"]])
    assert "东边那盏" in str(heard)


def test_who_only_says_that_there_is_something_to_add_is_asked_what(service: Service) -> None:
    _, conversation = opened(service)
    asked = service.say("我要补充一下", conversation)
    assert (asked["outcome"], said_by(asked)) == ("collecting", ["utter_ask_supplement"])
    done = service.say("物业也知道这件事", conversation)
    assert (done["outcome"], said_by(done)) == ("ticket_updated", ["utter_ticket_supplemented"])


def test_asking_for_words_can_be_left_again(service: Service) -> None:
    _, conversation = opened(service)
    service.say("我要补充一下", conversation)
    assert service.say("算了", conversation)["outcome"] == "cancelled"
    assert service.say("你好", conversation)["outcome"] == "small_talk"


def test_solved_and_satisfied_closes_the_ticket(service: Service) -> None:
    number, conversation = answered(service)
    asked = service.say("解决了", conversation)
    rated = asked if asked["outcome"] == "ticket_updated" else service.say("很满意", conversation)
    assert said_by(rated) == ["utter_ticket_rated"]
    assert rated["replies"][0]["state"] == "已办结"
    assert number in rated["replies"][0]["text"]


def test_who_is_not_satisfied_is_asked_whether_it_is_solved(service: Service) -> None:
    _, conversation = answered(service)
    asked = service.say("不满意", conversation)
    assert said_by(asked) == ["utter_ask_rating"]
    no = asked["replies"][0]["choices"][1]
    why = service.say(conversation=conversation, payload=no["payload"], text=no["title"])
    assert said_by(why) == ["utter_ask_unsolved"]
    again = service.say("只修了一盏,另一盏还黑着", conversation)
    assert (said_by(again), again["replies"][0]["state"]) == (["utter_ticket_reopened"], "已派单")


def test_not_solved_with_a_reason_has_it_handled_again(service: Service) -> None:
    number, conversation = answered(service)
    answer = service.say("没解决,灯还是不亮", conversation)
    assert (answer["outcome"], said_by(answer)) == ("ticket_updated", ["utter_ticket_reopened"])
    assert answer["replies"][0]["state"] == "已派单"
    told = ["ticket.opened", "ticket.rated", "ticket.reopened"]
    assert eventually(lambda: [m["type"] for m in service.received(number).get("messages", [])] == told)


def test_not_solved_without_a_reason_is_asked_why(service: Service) -> None:
    _, conversation = answered(service)
    asked = service.say("没解决", conversation)
    assert said_by(asked) == ["utter_ask_unsolved"]
    again = service.say("只修了一盏,另一盏还黑着", conversation)
    assert said_by(again) == ["utter_ticket_reopened"]


def test_a_second_urge_on_the_same_day_is_refused_in_words(service: Service) -> None:
    _, conversation = opened(service)
    assert said_by(service.say("催一下", conversation)) == ["utter_ticket_urged"]
    again = service.say("再催一次", conversation)
    assert said_by(again) == ["utter_ticket_too_soon"]


def test_progress_says_who_has_it_and_until_when(service: Service) -> None:
    number, conversation = opened(service)
    hotline_says(service, number, type="dispatched", department="市政维修队")
    answer = service.say("我的工单怎么样了", conversation)
    assert "现在由市政维修队办理" in answer["replies"][0]["text"]


def test_what_an_office_did_not_get_done_goes_to_the_supervisors(service: Service) -> None:
    answers = service.talk("我去政务大厅办居住证跑了三趟都没办成", "说我的租房合同要先备案", "匿名", "确认")
    assert said_by(answers[0]) == ["utter_ask_report_said"]  # the place stood in the first message
    assert said_by(answers[-1]) == ["utter_not_done_opened"]
    number = answers[-1]["replies"][-1]["number"]
    with sqlite3.connect(service.folder / "wenzheng.db") as database:
        row = database.execute(
            "SELECT audience, category, handled_by, what FROM tickets WHERE number = ?", (number,)
        ).fetchone()
    assert row[:3] == ("supervisors", "not-done", "local")
    assert "租房合同要先备案" in row[3]


def test_what_others_reported_nearby_is_offered_and_can_be_followed(service: Service) -> None:
    number, _ = opened(service, "学府路地铁口的井盖碎了一大块,晚上看不见很危险", "学府路地铁口", "不留电话", "确认")
    with sqlite3.connect(service.folder / "wenzheng.db") as database:
        database.execute("UPDATE tickets SET summary = '学府路地铁口井盖破碎' WHERE number = ?", (number,))
    asked = service.talk("学府路地铁口井盖破了", "学府路地铁口", "不留电话")[-1]
    assert said_by(asked) == ["utter_nearby", "utter_report_summary"]
    assert "附近已有 1 人反映：学府路地铁口井盖破碎" in asked["replies"][0]["text"]
    joined = service.say(conversation=asked["conversation"], payload=asked["replies"][0]["choices"][0]["payload"])
    assert (joined["outcome"], joined["replies"][0]["number"]) == ("ticket_joined", number)
    assert "地铁口的井盖碎了一大块" not in str(joined)  # another citizen's own words
    progress = service.say("我的工单怎么样了", asked["conversation"])
    assert progress["outcome"] == "ticket_progress"
    refused = service.say("催一下", asked["conversation"])  # not theirs to act on
    assert said_by(refused) == ["utter_ticket_of_others"] and "地铁口的井盖碎了一大块" not in str(refused)


def test_a_picture_alone_begins_a_report_and_reaches_the_hotline(service: Service) -> None:
    browser = requests.Session()
    files = {"file": ("lamp.jpg", encoded(noise(320, 240, 3)), "image/jpeg")}
    upload = browser.post(f"{service.url}/api/v1/uploads", files=files, timeout=60).json()["upload"]
    sent = {"conversation": None, "client_id": "picture-1", "attachments": [upload]}
    begun = browser.post(f"{service.url}/api/v1/messages", json=sent, timeout=60).json()
    assert said_by(begun) == ["utter_pictures_received", "utter_ask_report_what"]
    for place, text in enumerate(REPORT):
        said = {"conversation": begun["conversation"], "client_id": f"words-{place}", "text": text}
        answer = browser.post(f"{service.url}/api/v1/messages", json=said, timeout=60).json()
    assert answer["outcome"] == "ticket_opened"
    record = eventually(lambda: service.received(answer["replies"][-1]["number"]))
    assert len(record["appeal"]["attachments"]) == 1


def test_a_report_of_wrongdoing_is_never_joined_with_others(service: Service) -> None:
    number, _ = opened(service, "学府路烧烤店占道经营", "学府路8号", "不留电话", "确认")
    with sqlite3.connect(service.folder / "wenzheng.db") as database:
        database.execute("UPDATE tickets SET summary = '学府路8号烧烤店占道经营' WHERE number = ?", (number,))
    asked = service.talk("我要举报学府路烧烤店占道经营", "学府路8号", "匿名")[-1]
    assert said_by(asked) == ["utter_report_summary"]


def test_yes_and_all_right_close_what_is_solved(service: Service) -> None:
    _, conversation = answered(service)
    assert said_by(service.say("不满意", conversation)) == ["utter_ask_rating"]
    assert said_by(service.say("是的", conversation)) == ["utter_ticket_rated"]
    _, conversation = answered(service)
    assert said_by(service.say("解决了", conversation)) == ["utter_ask_satisfaction"]
    assert said_by(service.say("没有", conversation)) == ["utter_ask_satisfaction"]
    rated = service.say("好的", conversation)
    assert (said_by(rated), rated["replies"][0]["state"]) == (["utter_ticket_rated"], "已办结")


def test_no_to_solved_is_asked_why_and_handled_again(service: Service) -> None:
    _, conversation = answered(service)
    assert said_by(service.say("不满意", conversation)) == ["utter_ask_rating"]
    assert said_by(service.say("没有", conversation)) == ["utter_ask_unsolved"]
    again = service.say("只修了一盏,另一盏还黑着", conversation)
    assert (said_by(again), again["replies"][0]["state"]) == (["utter_ticket_reopened"], "已派单")


def test_taking_back_is_answered_with_a_typed_no_and_a_typed_yes(service: Service) -> None:
    number, conversation = opened(service)
    assert said_by(service.say("帮我撤回工单", conversation)) == ["utter_ask_withdraw"]
    assert said_by(service.say("没有", conversation)) == ["utter_ticket_kept"]
    assert said_by(service.say("帮我撤回工单", conversation)) == ["utter_ask_withdraw"]
    done = service.say("是的", conversation)
    assert (done["outcome"], done["replies"][0]["number"]) == ("ticket_withdrawn", number)
