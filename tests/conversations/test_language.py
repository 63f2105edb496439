"""English is told from Chinese with foreign words, from pinyin, from codes and from addresses."""

import pytest

from conversations.language import is_english


@pytest.mark.parametrize(
    "text",
    [
        "My ID card is lost, what should I do?",
        "How do I renew my passport?",
        "The street light in front of my house is broken",
        "where can i register a company",
        "Hello, I need help",
        "HELP! There is a fire in building 3!",
        "I lost my residence permit. Please help.",
        "it's too noisy at night",
    ],
)
def test_an_english_sentence_is_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "身份证丢了怎么补",
        "請問身份證丟了怎麼補",
        "ETC怎么办",
        "怎么apply一个permit，how much",
        "shenfenzheng diu le zenme ban",
        "wo de sfz diaole zenme ban",
        "women xiang ban shen fen zheng",
        "ni hao",
        "nihao, wo yao tou su",
        "wo yao tousu, lu deng huai le",
        "chuang men ji liang guang dian",
        "20261123-000123 AB12CD34",
        "hello",
        "ok thanks",
        "https://example.org/how-to-get-my-card",
        "someone@example.org",
        "WIFI",
        "KFC",
        "x" * 1000,
        "12345",
        "身份证をなくしました",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert not is_english(text)
