"""3600 yuan a year and child; by the month for those born before 2025."""

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import CALCULATORS
from knowledge.calculators.childcare_subsidy import ChildcareSubsidyCalculator
from tests.hotline.clock import clock_at

TODAY = date(2026, 11, 28)
CALCULATOR = CALCULATORS["childcare_subsidy"]
assert isinstance(CALCULATOR, ChildcareSubsidyCalculator)
RULE = CALCULATOR


@pytest.mark.parametrize(
    ("born", "amounts"),
    [
        ((2022, 1), {2025: 300}),
        ((2022, 12), {2025: 3600}),
        ((2023, 5), {2025: 3600, 2026: 1500}),
        ((2023, 12), {2025: 3600, 2026: 3600}),
        ((2024, 1), {2025: 3600, 2026: 3600, 2027: 300}),
        ((2024, 12), {2025: 3600, 2026: 3600, 2027: 3600}),
        ((2025, 1), {2025: 3600, 2026: 3600, 2027: 3600}),
        ((2026, 11), {2026: 3600, 2027: 3600, 2028: 3600}),
        ((2021, 12), {}),
    ],
)
def test_amounts_by_year(born: tuple[int, int], amounts: dict[int, float]) -> None:
    assert RULE.amounts(*born) == amounts


def test_one_month_younger_is_300_more_until_the_whole_amount_is_reached() -> None:
    totals = [sum(RULE.amounts(count // 12, count % 12 + 1).values()) for count in range(2022 * 12, 2025 * 12)]
    assert totals == [300 * months for months in range(1, 37)]


@pytest.mark.parametrize(("moment", "year"), [("2026-12-31 23:59", 2025), ("2027-01-01 00:01", 2026)])
def test_years_may_be_named_from_today_which_is_the_citys(moment: str, year: int) -> None:
    with clock_at(moment):
        assert RULE.read("去年3月出生") == {"year": year, "month": 3}
        assert RULE.read("去年", "year") == {"year": year}


def test_the_result_comes_first_with_each_year() -> None:
    result = RULE.compute({"year": 2024, "month": 5}, TODAY)
    assert result.text == "按月算，一共8700元：2025年3600元、2026年3600元、2027年1500元。"
    assert "29个月×300元=8700元。" in result.steps


def test_twins_get_a_share_each() -> None:
    text = RULE.compute(RULE.read("双胞胎2025年3月生，育儿补贴一共多少钱"), TODAY).text
    assert "10800元" in text and "21600元" in text


def test_a_child_that_was_three_before_the_start_gets_nothing() -> None:
    assert "领不到" in RULE.compute({"year": 2021, "month": 12}, TODAY).text


@pytest.mark.parametrize(
    ("born", "note"),
    [
        ((2025, 6), "要在2026年12月31日以前"),
        ((2026, 6), "要在2027年12月31日以前"),
        ((2024, 6), "到2025年12月31日就过了"),
    ],
)
def test_the_last_day_of_the_first_application_is_named(born: tuple[int, int], note: str) -> None:
    assert note in RULE.compute({"year": born[0], "month": born[1]}, TODAY).notes[0]


@pytest.mark.parametrize(
    ("asked", "text", "values"),
    [
        (None, "我家娃2024年5月出生的育儿补贴能领多少", {"year": 2024, "month": 5}),
        (None, "孩子2024年生的育儿补贴还能领多少", {"year": 2024}),
        (None, "二四年五月生的宝宝能领几个月补贴", {"year": 2024, "month": 5}),
        (None, "2025年育儿补贴能领多少", {}),
        (None, "从2025年1月1日起育儿补贴多少钱", {}),
        (None, "龙凤胎，24年6月的", {"year": 2024, "month": 6, "children": 2}),
        ("year", "24年5月", {"year": 2024, "month": 5}),
        ("year", "2024.5", {"year": 2024, "month": 5}),
        ("year", "记得是夏天", {}),
        ("month", "五月", {"month": 5}),
    ],
)
def test_reading(asked: str | None, text: str, values: dict[str, Any]) -> None:
    assert RULE.read(text, asked) == values


@pytest.mark.parametrize(("asked", "text"), [("year", "1890年"), ("month", "13月"), ("year", "2031年1月生")])
def test_impossible_births_are_refused_with_a_sentence(asked: str, text: str) -> None:
    with pytest.raises(ValueError, match="。$"):
        RULE.read(text, asked)
