"""The words and limits around a person: what citizens say, what they read, and what operators have at hand."""

import pytest

from conversations.handover.canned import canned, fitting
from conversations.handover.settings import says, settings
from conversations.screen import LONGEST, for_people
from knowledge import plain_language

PLAIN = 80  # of 100


@pytest.mark.parametrize("text", ["算了", "不等了。", "取消排队吧", "“不找人工了”", "不转了"])
def test_words_that_end_the_wait(text: str) -> None:
    assert says("stop", text)


@pytest.mark.parametrize("text", ["不等了我要投诉", "算了一下还差三天", "取消我的工单", ""])
def test_words_that_do_not(text: str) -> None:
    assert not says("stop", text)


@pytest.mark.parametrize("text", ["转人工", "我要找人工", "帮我转人工客服吧", "/ask_person"])
def test_words_that_ask_for_a_person_where_rasa_is_down(text: str) -> None:
    assert says("asks", text) and not says("asks", f"{text}智能专业")


def test_canned_answers_are_plain_short_and_named_once() -> None:
    assert len({one.title for one in canned()}) == len(canned())
    for one in canned():
        assert one.keywords and len(one.text) <= LONGEST, one.title
        assert plain_language.score(one.text) >= PLAIN, plain_language.check(one.text)


def test_the_phrases_that_fit_most_words_come_first() -> None:
    assert next(one.title for one in fitting("路灯坏了没人管，急")) == "请说详细"
    assert fitting("") == []


def test_a_queue_is_told_down_to_the_last_place_and_ends_before_an_operator_could_be_missed() -> None:
    told = settings()["ahead_told"]
    assert told == sorted(told, reverse=True) and told[-1] == 0
    assert settings()["vanished_after"] >= 4 * 30  # the page gives a sign every 30 seconds, hidden ones every minute


def test_words_of_staff_keep_their_punctuation_and_lose_what_nobody_sees() -> None:
    assert for_people("您好，\u200b请打１２３４５。\r\n谢谢\x00 ") == "您好，请打12345。\n谢谢"
