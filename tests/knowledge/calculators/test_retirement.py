"""The four official tables of the gradual delay, and the ways in which citizens say when they were born."""

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import CALCULATORS
from knowledge.calculators.retirement import Month, RetirementCalculator

TODAY = date(2026, 11, 28)
CALCULATOR = CALCULATORS["retirement"]
assert isinstance(CALCULATOR, RetirementCalculator)
RULE = CALCULATOR


def table(year: int, original: int, every: int, most: int) -> list[tuple[int, int, int, int, int]]:
    """An official table, built row by row as it is printed: one more month of delay after `every` months of birth."""
    rows = []
    delay = 0
    for place, count in enumerate(range(year * 12, (year + 20) * 12)):
        if place % every == 0 and delay < most:
            delay += 1
        retires = count + original * 12 + delay
        rows.append((count // 12, count % 12 + 1, original * 12 + delay, retires // 12, retires % 12 + 1))
    return rows


@pytest.mark.parametrize(
    ("group", "rows"),
    [
        ("man", table(1965, 60, 4, 36)),
        ("woman_55", table(1970, 55, 4, 36)),
        ("woman_50", table(1975, 50, 2, 60)),
    ],
    ids=["附表1", "附表2", "附表3"],
)
def test_every_row_of_the_tables_of_ages(group: str, rows: list[tuple[int, int, int, int, int]]) -> None:
    for year, month, age, retire_year, retire_month in rows:
        one = RULE.count(Month.of(year, month), group)
        assert (one.age, one.when) == (age, Month.of(retire_year, retire_month)), (year, month)


@pytest.mark.parametrize(
    ("group", "born", "age", "when"),
    [
        ("man", (1965, 1), (60, 1), (2025, 2)),
        ("man", (1965, 4), (60, 1), (2025, 5)),
        ("man", (1965, 5), (60, 2), (2025, 7)),
        ("man", (1965, 12), (60, 3), (2026, 3)),
        ("man", (1966, 1), (60, 4), (2026, 5)),
        ("man", (1966, 5), (60, 5), (2026, 10)),
        ("man", (1970, 1), (61, 4), (2031, 5)),
        ("man", (1972, 1), (61, 10), (2033, 11)),
        ("man", (1976, 8), (62, 11), (2039, 7)),
        ("man", (1976, 9), (63, 0), (2039, 9)),
        ("man", (1976, 12), (63, 0), (2039, 12)),
        ("man", (1990, 6), (63, 0), (2053, 6)),
        ("man", (1964, 12), (60, 0), (2024, 12)),
        ("woman_55", (1970, 1), (55, 1), (2025, 2)),
        ("woman_55", (1971, 4), (55, 4), (2026, 8)),
        ("woman_55", (1975, 1), (56, 4), (2031, 5)),
        ("woman_55", (1981, 8), (57, 11), (2039, 7)),
        ("woman_55", (1981, 9), (58, 0), (2039, 9)),
        ("woman_50", (1975, 1), (50, 1), (2025, 2)),
        ("woman_50", (1975, 3), (50, 2), (2025, 5)),
        ("woman_50", (1978, 1), (51, 7), (2029, 8)),
        ("woman_50", (1984, 10), (54, 11), (2039, 9)),
        ("woman_50", (1984, 11), (55, 0), (2039, 11)),
        ("woman_50", (1974, 12), (50, 0), (2024, 12)),
    ],
)
def test_rows_known_from_the_published_tables(
    group: str, born: tuple[int, int], age: tuple[int, int], when: tuple[int, int]
) -> None:
    one = RULE.count(Month.of(*born), group)
    assert one.age == age[0] * 12 + age[1]
    assert one.when == Month.of(*when)


@pytest.mark.parametrize(
    ("year", "months"),
    [
        (2025, 180),
        (2029, 180),
        (2030, 186),
        (2031, 192),
        (2032, 198),
        (2033, 204),
        (2034, 210),
        (2035, 216),
        (2036, 222),
        (2037, 228),
        (2038, 234),
        (2039, 240),
        (2050, 240),
    ],
)
def test_the_table_of_contribution_years(year: int, months: int) -> None:
    assert RULE.contribution(year) == months


def test_nobody_may_go_more_than_three_years_earlier_or_below_the_original_age() -> None:
    for group, original in (("man", 60), ("woman_55", 55), ("woman_50", 50)):
        for count in range(1955 * 12, 2000 * 12):
            one = RULE.count(Month(count), group)
            assert original * 12 <= one.early_age <= one.age <= one.early_age + 36
            assert one.late.count - one.when.count == 36


def test_a_man_reads_the_month_the_years_and_both_ends() -> None:
    result = RULE.compute({"year": 1966, "month": 5, "group": "man"}, date(2026, 4, 1))
    assert result.text.startswith("您60岁5个月退休，就是2026年10月。养老保险要交满15年。")
    assert "最早2026年5月（60岁）" in result.text
    assert "最晚2029年10月" in result.text
    assert any("16÷4" in step for step in result.steps)


def test_a_woman_who_names_no_post_is_told_both_at_once() -> None:
    values = RULE.read("我78年1月生的女职工,多大退?")
    assert RULE.missing(values) is None
    text = RULE.compute(values, TODAY).text
    assert "51岁7个月" in text and "2029年8月" in text
    assert "57岁1个月" in text and "2035年2月" in text and "满18年" in text


def test_who_goes_early_reads_the_years_of_the_year_he_chooses() -> None:
    result = RULE.compute({"year": 1972, "month": 1, "group": "man"}, TODAY)
    assert "2033年11月。养老保险要交满17年。" in result.text
    assert "最早2032年1月（60岁），那年退要交满16年6个月。" in result.text
    assert "早退最早2032年1月，那年退最少要交满16年6个月" in result.steps[-1]
    assert any("选了提前退的，最少年限按您选的那一年看" in note for note in result.notes)
    now = RULE.compute({"year": 1971, "month": 1, "group": "man"}, date(2031, 3, 1))
    assert "现在就可以，今年退要交满16年。" in now.text


def test_a_woman_who_names_no_post_reads_that_the_chosen_year_counts() -> None:
    text = RULE.compute({"year": 1978, "month": 1, "group": "woman"}, TODAY).text
    assert "早退，最多早3年，年限按您选的那一年看" in text


def test_who_is_past_the_month_is_told_so() -> None:
    assert "2020年5月" in RULE.compute({"year": 1960, "month": 5, "group": "man"}, TODAY).text
    values = {"year": 1966, "month": 6, "group": "man"}
    assert "现在就可以" in RULE.compute(values, date(2026, 8, 1)).text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("我78年1月生的女职工,多大退?", {"year": 1978, "month": 1, "group": "woman"}),
        ("我75年3月的，几岁能退", {"year": 1975, "month": 3}),
        ("男，1966年5月出生，什么时候退休", {"year": 1966, "month": 5, "group": "man"}),
        ("１９７０年１０月生的男职工啥时候退", {"year": 1970, "month": 10, "group": "man"}),
        ("一九七二年十一月出生 男的 几岁退休", {"year": 1972, "month": 11, "group": "man"}),
        ("七八年一月的女工人", {"year": 1978, "month": 1, "group": "woman_50"}),
        ("1978-01出生，女干部", {"year": 1978, "month": 1, "group": "woman_55"}),
        ("我爸66年的今年能退不", {"year": 1966, "group": "man"}),
        ("我妈1973年8月15日生，在车间上班", {"year": 1973, "month": 8, "group": "woman_50"}),
        ("我老婆80年元月生的，管理岗", {"year": 1980, "month": 1, "group": "woman_55"}),
        ("68年的男的多大退休", {"year": 1968, "group": "man"}),
        ("1990年参加工作，1968年3月出生", {"year": 1968, "month": 3}),
        ("交了15年的社保，什么时候退休", {}),
        ("干了30年几岁能退", {}),
        ("2025年1月起退休年龄是多少", {}),
    ],
)
def test_reading_a_message(text: str, values: dict[str, Any]) -> None:
    assert RULE.read(text) == values


@pytest.mark.parametrize(
    ("asked", "text", "values"),
    [
        ("year", "78", {"year": 1978}),
        ("year", "1978", {"year": 1978}),
        ("year", "1978年", {"year": 1978}),
        ("year", "1978.1", {"year": 1978, "month": 1}),
        ("year", "1978/1", {"year": 1978, "month": 1}),
        ("year", "197801", {"year": 1978, "month": 1}),
        ("year", "19780115", {"year": 1978, "month": 1}),
        ("year", "78年1月", {"year": 1978, "month": 1}),
        ("year", "七八年一月", {"year": 1978, "month": 1}),
        ("year", "05年", {"year": 2005}),
        ("year", "是1978年1月的", {"year": 1978, "month": 1}),
        ("month", "1", {"month": 1}),
        ("month", "十二月", {"month": 12}),
        ("month", "３月份", {"month": 3}),
        ("month", "1978年1月", {"year": 1978, "month": 1}),
        ("group", "女", {"group": "woman"}),
        ("group", "男", {"group": "man"}),
        ("group", "50", {"group": "woman_50"}),
        ("group", "55的", {"group": "woman_55"}),
        ("group", "工人", {"group": "woman_50"}),
        ("group", "女干部", {"group": "woman_55"}),
        ("group", "不知道", {"group": "woman"}),
        ("group", "女，管理或技术岗（原来55岁退）", {"group": "woman_55"}),
        ("group", "4", {"group": "woman"}),
        ("group", "今天天气不错", {}),
    ],
)
def test_reading_a_bare_answer(asked: str, text: str, values: dict[str, Any]) -> None:
    assert RULE.read(text, asked) == values


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (None, "我2030年生的几岁退休"),
        ("year", "1890年"),
        ("year", "1978年13月"),
        ("month", "13"),
        ("month", "0"),
        ("year", "不知道"),
        (None, "俺是七三年腊月生人，男，几岁退休"),
        ("month", "农历三月"),
    ],
)
def test_impossible_births_are_refused_with_a_sentence(asked: str | None, text: str) -> None:
    with pytest.raises(ValueError, match="。$"):
        RULE.read(text, asked)


def test_fields_are_asked_in_order_and_only_once() -> None:
    values: dict[str, Any] = {}
    for name, answer in (("year", "75年"), ("month", "3月"), ("group", "男")):
        field = RULE.missing(values)
        assert field and field.name == name
        values |= RULE.read(answer, name)
    assert RULE.missing(values) is None
