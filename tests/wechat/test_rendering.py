"""Replies as WeChat shows them."""

from typing import Any

import pytest

from wechat.choices import chosen
from wechat.rendering import MOST_BYTES, Piece, cut, joined, piece_of
from wechat.words import says, words

CHOICES = [{"title": "挂失", "payload": "/a"}, {"title": "补办", "payload": "/b"}]


def reply(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, "origin": {"kind": "response", "id": "utter_x", "revision": None}} | more


def test_choices_are_numbered_through_over_all_replies() -> None:
    pieces = [piece_of(reply("要留电话吗？", choices=CHOICES)), piece_of(reply("好。")), Piece("还有：", (CHOICES[0],))]
    text, offered = joined(pieces)
    assert text == "要留电话吗？\n1. 挂失\n2. 补办\n\n好。\n\n还有：\n3. 挂失"
    assert [one["payload"] for one in offered] == ["/a", "/b", "/a"]


def test_a_text_that_numbers_its_choices_itself_is_numbered_once() -> None:
    asked = piece_of(reply("您想问的是哪一个？\n1. 挂失\n2. 补办", choices=CHOICES))
    assert joined([asked])[0] == "您想问的是哪一个？\n1. 挂失\n2. 补办"
    assert joined([Piece("先前的", (CHOICES[0],)), asked])[0].endswith("您想问的是哪一个？\n2. 挂失\n3. 补办")


def test_where_a_number_is_the_answer_itself_it_is_no_choice() -> None:
    text, offered = joined([piece_of(reply("孩子几岁？\n· 挂失\n· 补办", choices=CHOICES))])
    assert text == "孩子几岁？\n· 挂失\n· 补办" and offered == []


def test_a_card_names_what_can_be_asked_next() -> None:
    facets = [{"name": "先说要紧的", "text": "x"}, {"name": "带什么", "text": "y"}, {"name": "多久", "text": "z"}]
    card = reply("身份证丢了怎么补\n带户口本去办。", type="card", facets=facets, related=[CHOICES[0]])
    text, offered = joined([piece_of(card)])
    assert text.split("\n")[2:] == ["还可以问：带什么、多久", words().related, "1. 挂失"]
    assert offered == [CHOICES[0]]


def test_a_calculation_says_everything_and_names_nothing_that_could_be_asked() -> None:
    facets = [{"name": "怎么算的", "text": "- x"}, {"name": "注意", "text": "- y"}]
    origin = {"kind": "calculator", "id": "retirement", "revision": None}
    counted = reply("算退休年龄\n61岁。", type="card", origin=origin, facets=facets, related=[CHOICES[0]])
    text, offered = joined([piece_of(counted)])
    assert text.split("\n") == ["算退休年龄", "61岁。", words().related, "1. 挂失"]
    assert offered == [CHOICES[0]]


def test_links_are_plain_addresses_and_nothing_becomes_a_link_by_itself() -> None:
    link = reply("国家政务服务平台", type="link", title="国家政务服务平台", url="https://gjzwfw.www.gov.cn")
    assert joined([piece_of(link)])[0] == "国家政务服务平台\nhttps://gjzwfw.www.gov.cn"
    ticket = reply("工单 1", type="ticket", number="1", state="已提交", link="https://wz.example/t/abc", events=[])
    assert joined([piece_of(ticket)])[0].endswith("\nhttps://wz.example/t/abc")
    evil = joined([Piece('<a href="https://evil.example">领奖</a> <A HREF=x> 3<5 < b')])[0]
    assert "<a" not in evil.lower() and "</" not in evil and "3<5" in evil


def test_a_long_answer_is_cut_at_a_sentence_and_nothing_is_lost() -> None:
    sentences = [f"第{number}条：带好户口本和身份证，到户籍地派出所去办。" for number in range(60)]
    rest, parts = "".join(sentences), []
    while rest:
        first, rest = cut(rest)
        assert len(first.encode()) <= MOST_BYTES
        parts.append(first.removesuffix("\n" + words().more))
    assert len(parts) > 2 and "".join(parts) == "".join(sentences)
    assert all(part.endswith("。") for part in parts)


@pytest.mark.parametrize("text", ["好" * 3000, "a" * 5000, "https://x.example/?q=" + "a" * 3000, "😀" * 900])
def test_what_has_no_sentences_is_cut_between_characters(text: str) -> None:
    first, rest = cut(text)
    assert len(first.encode()) <= MOST_BYTES and first.removesuffix("\n" + words().more) + rest == text


def test_what_just_fits_is_left_whole() -> None:
    assert cut("a" * MOST_BYTES) == ("a" * MOST_BYTES, "")
    assert cut("") == ("", "")


@pytest.mark.parametrize(
    "text", ["2", "２", "2.", "2、", "②", "第二个", "第2个", "选2", "我选第二项吧", "二", " 2 ", "2。", "2号"]
)
def test_a_number_names_a_choice(text: str) -> None:
    assert chosen(text, CHOICES) == CHOICES[1]


@pytest.mark.parametrize("text", ["3", "0", "22", "12345", "2024年", "二楼", "2 号楼", "", "挂失", "13800001111", "-1"])
def test_other_words_name_none(text: str) -> None:
    assert chosen(text, CHOICES) is None


def test_without_choices_a_number_is_a_word() -> None:
    assert chosen("1", None) is None and chosen("1", []) is None


def test_what_is_asked_for_may_stand_in_quotes_and_nowhere_else() -> None:
    assert all(says(words().asks_more, text) for text in ("更多", "“更多”", "更多。", "看更多！"))
    assert not any(says(words().asks_more, text) for text in ("更多补贴", "有更多吗", ""))
    assert says(words().asks_notices_off, "请关闭通知") and says(words().asks_notices_on, "打开工单通知。")
    assert not says(words().asks_notices_off, "关闭通知栏怎么弄")
