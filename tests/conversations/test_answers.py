"""Questions, through real Rasa, real search and real HTTP."""

import requests

from tests.service import Service


def test_a_question_is_answered_from_an_entry_with_its_basis(service: Service) -> None:
    [answer] = service.talk("身份证掉了咋补")
    assert answer["outcome"] == "answered"
    assert answer["intent"]["name"] == "ask"
    assert answer["evidence"][0]["entry"] == "id-card-lost"
    [card] = answer["replies"]
    assert card["origin"] == {"kind": "entry", "id": "id-card-lost", "revision": 1}
    assert card["type"] == "card" and card["sample"] is True and len(card["lead"]) <= 220
    assert any("居民身份证法" in source["title"] and source["year"] for source in card["sources"])
    assert card["checked_on"] and card["lead"] in card["text"]
    assert "{{" not in str(card)


def test_a_follow_up_gets_the_facet_of_the_open_topic(service: Service) -> None:
    answers = service.talk("身份证掉了咋补", "要带啥", "那多少钱", "说人话")
    assert [answer["outcome"] for answer in answers] == ["answered", *["answered_facet"] * 3]
    assert [answer["replies"][0]["origin"]["id"] for answer in answers] == ["id-card-lost"] * 4
    assert "户口簿" in answers[1]["replies"][0]["lead"]
    assert "40" in answers[2]["replies"][0]["lead"]


def test_the_facet_that_was_asked_for_stands_first(service: Service) -> None:
    [answer] = service.talk("补办身份证要多少钱")
    assert answer["outcome"] == "answered"
    assert "40" in answer["replies"][0]["lead"]


def test_an_unclear_question_is_asked_back_and_can_be_chosen_by_number(service: Service) -> None:
    asked = service.say("证件过期了")
    assert asked["outcome"] == "clarifying", asked
    [choices] = asked["replies"]
    assert choices["choices"][-1]["title"] == "都不是"
    chosen = service.say("1", asked["conversation"])
    assert chosen["outcome"] == "answered"
    assert chosen["replies"][0]["title"] == choices["choices"][0]["title"]


def test_a_button_leads_to_the_entry_it_names(service: Service) -> None:
    answer = service.say("身份证掉了咋补")
    related = answer["replies"][0]["related"][0]
    followed = service.say(conversation=answer["conversation"], payload=related["payload"])
    assert followed["outcome"] == "answered"
    assert followed["replies"][0]["title"] == related["title"]


def test_what_no_entry_answers_is_not_answered(service: Service) -> None:
    [answer] = service.talk("人民路派出所几点下班")
    assert answer["outcome"] in ("no_answer", "clarifying")
    [answer] = service.talk("我想知道火星移民局的电话号码是多少")
    assert answer["outcome"] not in ("answered", "answered_facet")


def test_small_talk_is_met_with_fixed_words(service: Service) -> None:
    answers = service.talk("你好", "谢谢", "再见")
    assert [answer["outcome"] for answer in answers] == ["small_talk"] * 3
    assert {answer["replies"][0]["origin"]["kind"] for answer in answers} == {"response"}


def test_every_turn_is_kept_with_evidence_origin_and_outcome(service: Service) -> None:
    answers = service.talk("身份证掉了咋补", "谢谢")
    value = answers[0]["conversation"]
    kept = requests.get(f"{service.url}/api/v1/conversations/{value}/messages?after=0", timeout=60).json()["messages"]
    assert [(item["turn"], item["from"]) for item in kept] == [(1, "citizen"), (1, "bot"), (2, "citizen"), (2, "bot")]
    assert kept[1]["replies"] == answers[0]["replies"]
