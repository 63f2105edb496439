"""N, N+1 and 2N from length, wage and reason."""

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import CALCULATORS
from knowledge.calculators.dismissal import DismissalCalculator

TODAY = date(2026, 11, 28)
CALCULATOR = CALCULATORS["dismissal"]
assert isinstance(CALCULATOR, DismissalCalculator)
RULE = CALCULATOR


@pytest.mark.parametrize(
    ("months", "days", "years"),
    [
        (0, 0, 0.5),
        (0, 1, 0.5),
        (5, 29, 0.5),
        (6, 0, 1),
        (11, 0, 1),
        (12, 0, 1),
        (12, 1, 1.5),
        (17, 30, 1.5),
        (18, 0, 2),
        (36, 0, 3),
        (40, 0, 3.5),
        (43, 0, 4),
    ],
)
def test_years_as_the_law_counts_them(months: int, days: int, years: float) -> None:
    assert RULE.years(months, days) == years


@pytest.mark.parametrize(
    ("values", "amount"),
    [
        ({"service": 40, "reason": "agreed", "wage": 8000}, "28000元"),
        ({"service": 40, "reason": "no_fault", "notice": False, "wage": 8000}, "36000元"),
        ({"service": 40, "reason": "no_fault", "notice": True, "wage": 8000}, "28000元"),
        ({"service": 40, "reason": "illegal", "wage": 8000}, "56000元"),
        ({"service": 43, "reason": "layoff", "wage": 8000}, "32000元"),
        ({"service": 3, "reason": "expired", "wage": 5000}, "2500元"),
        ({"service": 180, "reason": "layoff", "wage": 30000, "average": 9000}, "324000元"),
        ({"service": 180, "reason": "illegal", "wage": 30000, "average": 9000}, "648000元"),
        ({"service": 60, "reason": "no_fault", "notice": False, "wage": 30000, "average": 9000}, "165000元"),
        ({"service": 180, "reason": "layoff", "wage": 27000, "average": 9000}, "405000元"),
        ({"service": 180, "reason": "layoff", "wage": 30000, "average": "unknown"}, "450000元"),
        ({"service": 36, "reason": "illegal", "wage": "unknown"}, "6个月工资"),
        ({"service": 36, "reason": "fault"}, "6个月工资"),
        ({"service": 36, "reason": "resigned"}, "一般没有补偿"),
        ({"start": "2026-11", "end": "today", "reason": "layoff", "wage": 8000}, "经济补偿4000元，就是0.5个月工资"),
        ({"start": "2026-11", "end": "today", "reason": "illegal", "wage": 8000}, "要赔8000元"),
    ],
)
def test_amounts(values: dict[str, Any], amount: str) -> None:
    assert RULE.missing(values) is None
    assert amount in RULE.compute(values, TODAY).text


def test_an_unknown_reason_shows_all_three() -> None:
    text = RULE.compute({"service": 40, "reason": "unknown", "wage": 8000}, TODAY).text
    assert all(amount in text for amount in ("28000元（N）", "36000元（N+1）", "56000元（2N）"))


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        ("2023-01-01", "2025-12-31", (36, 0)),
        ("2020-03-15", "2026-11-20", (80, 6)),
        ("2024-08-31", "2025-02-28", (6, 1)),
        ("2025-05-28", "today", (18, 1)),
        ("2019-03", "2026-11", (92, 0)),
    ],
)
def test_length_from_dates(start: str, end: str, worked: tuple[int, int]) -> None:
    assert RULE.worked({"start": start, "end": end}, TODAY) == worked


def test_less_than_a_month_is_said_so() -> None:
    steps = RULE.compute({"start": "2026-11", "end": "today", "reason": "layoff", "wage": 8000}, TODAY).steps
    assert "一共不到1个月" in steps[0] and "您干了不到1个月，算0.5个月" in steps[1]


def test_years_before_the_law_are_noted() -> None:
    assert any("2008年以前" in note for note in RULE.compute(_with(service=240), TODAY).notes)
    assert not any("2008年以前" in note for note in RULE.compute(_with(service=200), TODAY).notes)


def _with(service: int) -> dict[str, Any]:
    return {"service": service, "reason": "agreed", "wage": 6000}


@pytest.mark.parametrize(
    ("asked", "text", "values"),
    [
        (None, "干了3年被辞退能赔多少钱", {"service": 36}),
        (None, "干了3年半被开除能拿多少", {"service": 42}),
        (
            None,
            "在厂里工作了五年零七个月，每个月六千五，没理由辞退我",
            {"service": 67, "wage": 6500, "reason": "illegal"},
        ),
        (
            None,
            "2020年3月15日入职,2026年11月20日被裁员，月薪8000",
            {"start": "2020-03-15", "end": "2026-11-20", "wage": 8000, "reason": "layoff"},
        ),
        (None, "月薪1.2万，干了十个月", {"wage": 12000, "service": 10}),
        (None, "干了3年，底薪3000，被裁员", {"service": 36, "reason": "layoff"}),
        (None, "干了3年，每月到手6千，被裁员", {"service": 36, "reason": "layoff"}),
        (None, "一个月6000块到手，干了3年", {"service": 36}),
        (None, "到手工资每个月6000", {}),
        (None, "基本工资3000", {}),
        (None, "月薪8000底薪3000", {"wage": 8000}),
        (None, "应发工资8000，到手6500", {"wage": 8000}),
        (None, "底薪3000，提成平均5000", {}),
        (None, "底薪3000，提成平均5000，一共8000左右", {"wage": 8000}),
        (None, "工资到手一般都是每月7千", {}),
        ("wage", "底薪3000，提成平均5000，一共8000左右", {"wage": 8000}),
        (None, "干了三四年被辞退", {}),
        (None, "干了3年多被辞退", {}),
        ("service", "3年半", {"service": 42}),
        ("service", "三年零四个月", {"service": 40}),
        ("service", "8个月", {"service": 8}),
        ("service", "半年", {"service": 6}),
        ("service", "3", {"service": 36}),
        ("service", "2.5年", {"service": 30}),
        ("service", "2019年3月", {"start": "2019-03"}),
        ("end", "今天", {"end": "today"}),
        ("end", "还没走", {"end": "today"}),
        ("end", "2026年10月31号", {"end": "2026-10-31"}),
        ("reason", "裁员", {"reason": "layoff"}),
        ("reason", "没说理由", {"reason": "illegal"}),
        ("reason", "说我不胜任", {"reason": "no_fault"}),
        ("reason", "欠我工资我就走了", {"reason": "forced"}),
        ("reason", "不清楚", {"reason": "unknown"}),
        ("reason", "3", {"reason": "expired"}),
        ("notice", "没有", {"notice": False}),
        ("notice", "提前一个月通知了", {"notice": True}),
        ("wage", "八千", {"wage": 8000}),
        ("wage", "８５００元", {"wage": 8500}),
        ("wage", "税前1.2万吧", {"wage": 12000}),
        ("wage", "不知道", {"wage": "unknown"}),
        ("average", "9000", {"average": 9000}),
        ("average", "不知道", {"average": "unknown"}),
    ],
)
def test_reading(asked: str | None, text: str, values: dict[str, Any]) -> None:
    assert RULE.read(text, asked) == values


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("wage", "-5000"),
        ("wage", "负五千"),
        ("wage", "8"),
        ("wage", "到手6千"),
        ("wage", "底薪3000"),
        ("wage", "6000到手"),
        ("wage", "底薪3000，提成平均5000"),
        ("wage", "我每个月到手的工资大概是6000块钱左右吧"),
        ("service", "80年"),
        ("service", "两三年"),
        ("service", "3年多"),
        ("service", "不知道"),
        ("average", "3"),
        (None, "2026年2月30日入职，被辞退"),
        (None, "2026年5月入职，2025年5月离职"),
    ],
)
def test_impossible_answers_are_refused_with_a_sentence(asked: str | None, text: str) -> None:
    with pytest.raises(ValueError, match="。$"):
        RULE.read(text, asked)


def test_the_local_average_is_asked_only_for_high_wages() -> None:
    values: dict[str, Any] = {"service": 36, "reason": "layoff", "wage": 15000}
    assert RULE.missing(values) is None
    field = RULE.missing(values | {"wage": 15001})
    assert field and field.name == "average"


def test_notice_is_asked_only_where_it_counts() -> None:
    field = RULE.missing({"service": 36, "reason": "no_fault"})
    assert field and field.name == "notice"
    field = RULE.missing({"service": 36, "reason": "layoff"})
    assert field and field.name == "wage"
