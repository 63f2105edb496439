"""What is taken for a rating: nothing that the citizen did not say."""

from typing import Any

import pytest

from actions.ticket_rating import satisfaction, solved
from hotline.tables import tickets
from tests.actions.talking import Talk, code_of, names
from tests.hotline.support import Desk, rows


def row(desk: Desk, number: str) -> dict[str, Any]:
    return next(row for row in rows(desk.database, tickets) if row["number"] == number)


def rated(desk: Desk, number: str) -> tuple[str, bool | None, str]:
    found = row(desk, number)
    return found["state"], found["solved"], found["satisfaction"]


def last_text(desk: Desk, conversation: str = "c1") -> str:
    return str(desk.tickets.of_conversation(conversation)[0].events[-1]["text"])


@pytest.mark.parametrize(
    ("text", "settled", "how"),
    [
        ("不满意", "", "dissatisfied"),
        ("差评", "", "very_dissatisfied"),
        ("结果不认可", "", "dissatisfied"),
        ("敷衍了事,0分", "", "very_dissatisfied"),
        ("我对这个答复不服", "", "dissatisfied"),
        ("评个价", "", ""),
        ("很满意", "", "very_satisfied"),
        ("打五分", "", "very_satisfied"),
        ("10分", "", "very_satisfied"),
        ("打个60分", "", ""),
        ("处理得还可以", "", "satisfied"),
        ("回访问我满不满意,我说满意", "", "satisfied"),
        ("满意度选最低那档", "", "very_dissatisfied"),
        ("处理速度满意,结果不满意", "", "dissatisfied"),
        ("不是很满意", "", "dissatisfied"),
        ("解决了", "yes", ""),
        ("解决了,不错", "yes", "satisfied"),
        ("问题解决啦,很开心", "yes", ""),
        ("解决了一半", "", ""),
        ("说解决了其实没有", "", ""),
        ("解决了吗", "", ""),
        ("没解决，非常不满意", "no", "very_dissatisfied"),
        ("没修好", "no", ""),
        ("没有完全解决", "no", ""),
        ("没解决,可以重新办吗", "no", ""),
        ("没解决,等了十五分钟,一分钱没退", "no", ""),
    ],
)
def test_a_text_says_what_it_says(text: str, settled: str, how: str) -> None:
    assert (solved(text), satisfaction(text)) == (settled, how)


@pytest.mark.parametrize(
    "text", ["不满意", "差评", "结果不认可", "敷衍了事,0分", "我对这个答复不服", "评个价", "很满意"]
)
def test_whether_it_is_solved_is_asked_where_that_was_not_said(desk: Desk, text: str) -> None:
    number = desk.answered()
    [asked] = Talk("c1").say("rate", text)
    assert (asked["response"], asked["number"]) == ("utter_ask_rating", number)
    assert [button["title"] for button in asked["buttons"]] == ["解决了", "还没解决"]
    assert rated(desk, number) == ("answered", None, "")


def test_how_satisfied_is_not_asked_again_and_the_words_are_kept(desk: Desk) -> None:
    number, citizen = desk.answered(), Talk("c1")
    [asked] = citizen.say("rate", "敷衍了事,0分")
    assert names(citizen.press(asked["buttons"][0])) == ["utter_ticket_rated"]
    assert rated(desk, number) == ("closed", True, "very_dissatisfied")
    assert "敷衍了事,0分" in last_text(desk)


def test_what_is_not_solved_is_handled_again_with_the_words_that_were_said_before(desk: Desk) -> None:
    number, citizen = desk.answered(), Talk("c1")
    [asked] = citizen.say("rate", "我对这个答复不服")
    assert names(citizen.press(asked["buttons"][1])) == ["utter_ticket_reopened"]
    assert rated(desk, number) == ("dispatched", False, "dissatisfied")
    assert "我对这个答复不服" in last_text(desk)


def test_a_reason_that_is_missing_is_asked_for_and_the_satisfaction_stays(desk: Desk) -> None:
    number, citizen = desk.answered(), Talk("c1")
    [asked] = citizen.say("rate", "差评")
    citizen.press(asked["buttons"][1])
    assert citizen.slots["ticket_act"]["asks"] == "utter_ask_unsolved"
    assert names(citizen.fill("灯还黑着")) == ["utter_ticket_reopened"]
    assert rated(desk, number) == ("dispatched", False, "very_dissatisfied")


def test_not_solved_and_how_unhappy_are_taken_from_one_sentence(desk: Desk) -> None:
    for intent in ("rate", "reopen"):
        number = desk.answered()
        assert names(Talk("c1").say(intent, f"{number} 没解决，非常不满意")) == ["utter_ticket_reopened"]
        assert rated(desk, number) == ("dispatched", False, "very_dissatisfied")


def test_an_answer_that_is_typed_goes_on_with_the_question(desk: Desk) -> None:
    number, citizen = desk.answered(), Talk("c1")
    assert names(citizen.say("rate", "解决了")) == ["utter_ask_satisfaction"]
    assert names(citizen.say("rate", "很满意")) == ["utter_ticket_rated"]
    assert rated(desk, number) == ("closed", True, "very_satisfied")


def test_what_was_said_of_an_earlier_answer_counts_for_no_later_one(desk: Desk) -> None:
    number, citizen = desk.answered(), Talk("c1")
    citizen.say("rate", "差评")
    citizen.say("ticket_progress", "我的工单怎么样了")
    assert names(citizen.say("rate", "解决了")) == ["utter_ask_satisfaction"]
    assert rated(desk, number) == ("answered", None, "")


def test_a_rating_elsewhere_with_number_and_code_can_be_finished(desk: Desk) -> None:
    number, elsewhere = desk.answered(), Talk("c7")
    [asked] = elsewhere.say("rate", f"{number} {code_of(desk, number, 'c7')} 不满意")
    [how] = elsewhere.press({"payload": asked["buttons"][0]["payload"]})
    assert how["response"] == "utter_ticket_rated"
    assert rated(desk, number) == ("closed", True, "dissatisfied")


@pytest.mark.parametrize("yes", ["是的", "好的", "可以"])
def test_a_typed_yes_to_each_question_closes_it_and_none_is_taken_for_both(desk: Desk, yes: str) -> None:
    number, citizen = desk.answered(), Talk("c1")
    citizen.say("rate", "评个价")
    assert names(citizen.answer("rate", yes, "yes")) == ["utter_ask_satisfaction"]
    assert rated(desk, number) == ("answered", None, "")
    assert names(citizen.answer("rate", yes, "yes")) == ["utter_ticket_rated"]
    assert rated(desk, number) == ("closed", True, "satisfied")


def test_what_was_said_of_the_answer_holds_against_a_plain_yes(desk: Desk) -> None:
    number, citizen = desk.answered(), Talk("c1")
    citizen.say("rate", "差评")
    assert names(citizen.answer("rate", "好的", "yes")) == ["utter_ticket_rated"]
    assert rated(desk, number) == ("closed", True, "very_dissatisfied")


@pytest.mark.parametrize("no", ["没有", "没", "还没", "不是"])
def test_a_typed_no_to_solved_has_it_handled_again(desk: Desk, no: str) -> None:
    number, citizen = desk.answered(), Talk("c1")
    citizen.say("rate", "很不满意")
    citizen.answer("rate", no, "none")
    assert citizen.slots["ticket_act"]["asks"] == "utter_ask_unsolved"  # with the bare no it is no reason
    assert names(citizen.fill("灯还黑着")) == ["utter_ticket_reopened"]
    assert rated(desk, number) == ("dispatched", False, "very_dissatisfied")


def test_a_typed_no_that_says_why_is_the_reason(desk: Desk) -> None:
    number, citizen = desk.answered(), Talk("c1")
    citizen.say("rate", "评个价")
    assert names(citizen.answer("rate", "没有,灯还黑着", "none")) == ["utter_ticket_reopened"]
    assert rated(desk, number) == ("dispatched", False, "") and "灯还黑着" in last_text(desk)


@pytest.mark.parametrize(
    ("no", "reply", "how"), [("没有", "utter_ask_satisfaction", ""), ("不好", "utter_ticket_rated", "dissatisfied")]
)
def test_a_typed_no_to_satisfied_counts_where_it_is_plain(desk: Desk, no: str, reply: str, how: str) -> None:
    number, citizen = desk.answered(), Talk("c1")
    citizen.say("rate", "解决了")
    assert names(citizen.answer("rate", no, "none")) == [reply]
    assert rated(desk, number) == (("closed", True, how) if how else ("answered", None, ""))


def test_a_yes_to_another_question_rates_nothing(desk: Desk) -> None:
    number, citizen = desk.answered(), Talk("c1")
    citizen.say("rate", "解决了")
    citizen.say("ticket_progress", "我的工单怎么样了")
    assert names(citizen.answer("rate", "是的", "yes")) == ["utter_ask_rating"]
    assert rated(desk, number) == ("answered", None, "")
