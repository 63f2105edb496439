"""The first look at a text."""

import pytest

from conversations.screen import for_rasa, is_readable, normalise


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("１３８１２３４５６７８", "13812345678"),
        ("你\u200b好\ufeff", "你好"),
        ("a\x00b\x07c", "a b c"),
        ("　身份证　 丢了 ", "身份证 丢了"),
        ("好的～", "好的～"),
        ("一\n二", "一\n二"),
    ],
)
def test_all_ways_to_write_become_one(raw: str, seen: str) -> None:
    assert normalise(raw) == seen


@pytest.mark.parametrize("order", ["/restart", "／restart", "  /restart", "\u200b／restart", "//restart", "/ /restart"])
def test_no_text_reaches_rasa_as_a_payload(order: str) -> None:
    assert not for_rasa(normalise(order)).startswith("/")


def test_traditional_characters_are_understood() -> None:
    assert for_rasa("身份證丟了怎麼補") == "身份证丢了怎么补"


@pytest.mark.parametrize(
    ("text", "readable"), [("😀😀", False), ("。。。", False), ("好", True), ("ok", True), ("7", True)]
)
def test_emoji_and_marks_alone_are_not_readable(text: str, readable: bool) -> None:
    assert is_readable(text) is readable
