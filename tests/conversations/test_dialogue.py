"""Dialogue around answers, through real Rasa, real search and real HTTP."""

from tests.service import Service


def test_two_questions_in_one_message_get_two_cards(service: Service) -> None:
    [answer] = service.talk("身份证掉了怎么补？另外社保卡丢了怎么补办？")
    assert answer["outcome"] == "answered"
    assert [reply["origin"]["id"] for reply in answer["replies"]] == ["id-card-lost", "social-security-card-lost"]


def test_a_calculation_asks_for_what_is_missing_and_shows_how_it_counted(service: Service) -> None:
    answers = service.talk("帮我算算我多大退休", "1965年1月", "男")
    assert [answer["outcome"] for answer in answers] == ["clarifying", "clarifying", "calculated"]
    [card] = answers[-1]["replies"]
    assert card["origin"] == {"kind": "calculator", "id": "retirement", "revision": None}
    assert "60岁1个月" in card["lead"] and "2025年2月" in card["lead"]
    assert card["sources"] and card["facets"][0]["name"] == "怎么算的"


def test_a_message_that_says_everything_is_counted_at_once(service: Service) -> None:
    [answer] = service.talk("我爸1965年1月生的,多大能退休")
    assert answer["outcome"] == "calculated", answer
    assert "60岁1个月" in answer["replies"][0]["lead"]


def test_an_impossible_value_is_said_so_and_asked_again(service: Service) -> None:
    answers = service.talk("帮我算算我多大退休", "1890年13月")
    assert answers[-1]["outcome"] == "clarifying"
    again = service.talk("帮我算算我多大退休", "1890年13月", "1965年1月", "男")
    assert again[-1]["outcome"] == "calculated"


def test_a_calculation_is_left_by_another_question_by_cancelling_and_by_a_complaint(service: Service) -> None:
    ways = {"身份证掉了咋补": "answered", "算了": "cancelled", "我要投诉小区物业半夜施工": "collecting"}
    for between, outcome in ways.items():
        answers = service.talk("帮我算算我多大退休", between, "男")
        assert [answer["outcome"] for answer in answers][1] == outcome
        assert answers[-1]["outcome"] not in ("calculated", "clarifying") or "出生" not in str(answers[-1]["replies"])


def test_what_only_sounds_like_an_answer_goes_on_to_its_own_entry(service: Service) -> None:
    answers = service.talk("干了3年被辞退能赔多少钱", "社保卡丢了怎么补")
    assert answers[0]["outcome"] == "clarifying"
    assert answers[-1]["replies"][0]["origin"]["id"] == "social-security-card-lost"


def test_a_button_of_another_calculation_begins_that_one(service: Service) -> None:
    asked = service.say("帮我算算我多大退休")
    for text in ("1965年1月",):
        asked = service.say(text, asked["conversation"])
    old = next(one for one in asked["replies"][0]["choices"] if one["title"].startswith("男"))
    service.say("干了3年被辞退能赔多少钱", asked["conversation"])
    pressed = service.say(conversation=asked["conversation"], payload=old["payload"])
    assert pressed["outcome"] == "clarifying" and "出生" in pressed["replies"][0]["text"]


def test_an_entry_offers_the_calculator_of_its_matter(service: Service) -> None:
    answer = service.say("现在多大年纪退休")
    button = next(one for one in answer["replies"][0]["related"] if one["title"].startswith("帮我算"))
    asked = service.say(conversation=answer["conversation"], payload=button["payload"])
    assert asked["outcome"] == "clarifying"
    assert "出生" in asked["replies"][0]["text"]


def test_a_choice_of_a_calculation_can_be_pressed(service: Service) -> None:
    answers = service.talk("帮我算算我多大退休", "1965年1月")
    choice = next(one for one in answers[-1]["replies"][0]["choices"] if one["title"].startswith("男"))
    chosen = service.say(conversation=answers[-1]["conversation"], payload=choice["payload"])
    assert chosen["outcome"] == "calculated"


def test_more_detail_is_the_whole_entry(service: Service) -> None:
    answers = service.talk("身份证掉了咋补", "说详细点")
    assert answers[-1]["outcome"] == "answered"
    text = answers[-1]["replies"][0]["text"]
    assert all(f"【{name}】" in text for name in ("谁能办", "带什么", "多久"))


def test_none_of_these_twice_offers_a_person_and_keeps_the_question(service: Service) -> None:
    first = service.say("证件过期了")
    assert first["outcome"] == "clarifying"
    none = service.say("都不是", first["conversation"])
    assert none["outcome"] == "no_answer" and set(none["offers"]) == {"person", "ticket"}
    again = service.say("渔船证到哪里办", first["conversation"])
    assert "12345" in again["replies"][0]["text"] and "person" in again["offers"]


def test_a_new_topic_takes_over_and_its_facets_are_meant_from_then_on(service: Service) -> None:
    answers = service.talk("身份证掉了咋补", "护照丢了怎么补", "多少钱")
    assert answers[1]["replies"][0]["origin"]["id"] != "id-card-lost"
    assert answers[2]["replies"][0]["origin"]["id"] == answers[1]["replies"][0]["origin"]["id"]


def test_yes_after_the_offer_of_a_ticket_begins_one_with_what_was_said(service: Service) -> None:
    answers = service.talk("渔船证到哪里办", "好的")
    assert answers[-1]["outcome"] == "collecting"
