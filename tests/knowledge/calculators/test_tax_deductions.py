"""Special deductions before income tax, from a citizen's answers."""

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import CALCULATORS

TODAY = date(2026, 11, 28)
RULE = CALCULATORS["tax_deductions"]
NOTHING: dict[str, Any] = {
    "infants": 0,
    "pupils": 0,
    "elderly": "none",
    "housing": "none",
    "study": "none",
    "medical": 0,
}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"infants": 1, "share": "all"}, ["每月能扣2000元，一年24000元"]),
        ({"pupils": 2, "share": "all"}, ["每月能扣4000元，一年48000元"]),
        ({"infants": 1, "pupils": 1, "share": "half"}, ["每月能扣2000元"]),
        ({"elderly": "only"}, ["每月能扣3000元，一年36000元"]),
        ({"elderly": "shared"}, ["每月能扣1500元"]),
        ({"housing": "loan"}, ["每月能扣1000元，一年12000元"]),
        ({"housing": "rent_big"}, ["每月能扣1500元"]),
        ({"housing": "rent_middle"}, ["每月能扣1100元"]),
        ({"housing": "rent_small"}, ["每月能扣800元"]),
        ({"study": "degree"}, ["每月能扣400元，一年4800元"]),
        ({"study": "certificate"}, ["证书扣3600元", "今年一共能扣3600元"]),
        ({"study": "both"}, ["每月能扣400元", "一年一共能扣8400元"]),
        ({"medical": 15000}, ["没有能填的"]),
        ({"medical": 30000}, ["大病扣15000元"]),
        ({"medical": 200000}, ["大病扣80000元"]),
        ({}, ["没有能填的"]),
        (
            {"infants": 1, "pupils": 1, "share": "all", "elderly": "only", "housing": "loan"},
            ["每月能扣8000元，一年96000元"],
        ),
    ],
)
def test_amounts(given: dict[str, Any], words: list[str]) -> None:
    values = NOTHING | given
    assert RULE.missing(values) is None
    text = RULE.compute(values, TODAY).text
    assert all(word in text for word in words), text
    assert "不是退给您的钱" in text


def test_a_whole_talk() -> None:
    values: dict[str, Any] = {}
    answers = {
        "infants": "没有",
        "pupils": "两个",
        "share": "一人一半",
        "elderly": "有兄弟姐妹",
        "housing": "房贷",
        "study": "没有",
        "medical": "3万",
    }
    for name, answer in answers.items():
        field = RULE.missing(values)
        assert field and field.name == name
        values |= RULE.read(answer, name)
    assert RULE.missing(values) is None
    result = RULE.compute(values, TODAY)
    assert result.text.startswith("按您说的，每月能扣4500元，一年54000元。")
    assert len(result.steps) == 4


def test_parents_are_asked_how_they_share_only_where_there_are_children() -> None:
    field = RULE.missing({"infants": 0, "pupils": 0})
    assert field and field.name == "elderly"


@pytest.mark.parametrize(
    ("asked", "text", "values"),
    [
        (None, "我有2个孩子上小学，独生子女，个税能扣多少", {"pupils": 2, "elderly": "only"}),
        (None, "一个3岁以下的宝宝，在还房贷，个税能扣多少", {"infants": 1, "housing": "loan"}),
        (None, "有房贷也在租房", {}),
        (None, "我不是独生子女", {"elderly": "shared"}),
        ("infants", "一个", {"infants": 1}),
        ("infants", "没有", {"infants": 0}),
        ("infants", "双胞胎", {"infants": 2}),
        ("pupils", "不知道", {"pupils": 0}),
        ("elderly", "独生", {"elderly": "only"}),
        ("elderly", "我有个姐姐", {"elderly": "shared"}),
        ("elderly", "不是", {"elderly": "shared"}),
        ("elderly", "没到60", {"elderly": "none"}),
        ("housing", "在省会租房", {"housing": "rent_big"}),
        ("housing", "县城", {"housing": "rent_small"}),
        ("housing", "都没有", {"housing": "none"}),
        ("study", "在读研究生", {"study": "degree"}),
        ("study", "考了个证", {"study": "certificate"}),
        ("medical", "三万五", {"medical": 35000}),
        ("medical", "没有", {"medical": 0}),
    ],
)
def test_reading(asked: str | None, text: str, values: dict[str, Any]) -> None:
    assert RULE.read(text, asked) == values


@pytest.mark.parametrize(
    ("asked", "text"), [("infants", "-1"), ("pupils", "1.5个"), ("pupils", "30"), ("medical", "-5")]
)
def test_impossible_answers_are_refused_with_a_sentence(asked: str, text: str) -> None:
    with pytest.raises(ValueError, match="。$"):
        RULE.read(text, asked)
