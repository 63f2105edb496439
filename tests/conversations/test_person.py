"""Asking for a person, as Rasa understands it: in the queue, out of a form and back into it, and to be rung up."""

from collections.abc import Iterator

import pytest

from tests.opening import ALWAYS, NEVER
from tests.service import Service


@pytest.fixture
def open_now(service: Service) -> Service:
    service.opens(*ALWAYS)
    return service


@pytest.fixture
def closed_now(service: Service) -> Iterator[Service]:
    service.opens(*NEVER)
    yield service
    service.opens(*ALWAYS)


@pytest.mark.parametrize("text", ["转人工", "我要找人工客服", "!/ask_person"])
def test_asking_for_a_person_leads_into_the_queue_and_the_button_out_of_it(open_now: Service, text: str) -> None:
    if text.startswith("!"):  # the button that is offered where there is no answer
        [_, failed] = open_now.talk("证件过期了", "都不是")
        assert text[1:] in [one["payload"] for one in failed["replies"][0]["choices"]]
        turn = open_now.say(conversation=failed["conversation"], payload=text[1:])
    else:
        [turn] = open_now.talk(text)
    assert (turn["outcome"], turn["offers"]) == ("waiting_for_person", [])
    [reply] = turn["replies"]
    assert reply["origin"]["id"] == "utter_person_wait"
    left = open_now.say(conversation=turn["conversation"], payload=reply["choices"][0]["payload"])
    assert left["outcome"] == "cancelled"


def test_a_form_that_was_left_for_a_person_goes_on_where_it_was(open_now: Service) -> None:
    turns = open_now.talk("我要投诉楼下烧烤店半夜还在吵", "转人工", "不等了", "东湖区学府路 12 号")
    assert [turn["outcome"] for turn in turns] == ["collecting", "waiting_for_person", "cancelled", "collecting"]
    assert len(turns[1]["replies"]) == 1


def test_off_hours_the_citizen_asks_to_be_rung_up_and_that_becomes_a_ticket(closed_now: Service) -> None:
    [turn] = closed_now.talk("转人工")
    assert turn["outcome"] == "unavailable" and "12345" in turn["replies"][0]["text"]
    payload = next(one["payload"] for one in turn["replies"][0]["choices"] if "回电话" in one["title"])
    value = turn["conversation"]
    asked = closed_now.say(conversation=value, payload=payload)
    assert asked["outcome"] == "collecting"
    assert closed_now.say("想问老人的高龄补贴为什么停了", value)["outcome"] == "collecting"
    summary = closed_now.say("13812345678", value)
    assert "高龄补贴" in summary["replies"][-1]["text"]
    done = closed_now.say("确认", value)
    assert done["outcome"] == "ticket_opened"
