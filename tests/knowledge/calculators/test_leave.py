"""Annual leave, also by parts of a year, and maternity leave."""

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import CALCULATORS
from knowledge.calculators.leave import LeaveCalculator
from tests.hotline.clock import Clock

TODAY = date(2026, 11, 28)
CALCULATOR = CALCULATORS["leave"]
assert isinstance(CALCULATOR, LeaveCalculator)
RULE = CALCULATOR
LEFT = {"service": 144, "situation": "left", "date": "2026-06-30", "taken": 0}


@pytest.mark.parametrize(
    ("months", "days"), [(0, 0), (11, 0), (12, 5), (119, 5), (120, 10), (239, 10), (240, 15), (480, 15)]
)
def test_days_of_a_whole_year(months: int, days: int) -> None:
    assert RULE.whole_year(months) == days


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"service": 144}, "您一年有10天年假。"),
        ({"service": 8}, "您还没有年假。"),
        ({"service": 144, "situation": "joined", "date": "2026-07-01"}, "您今年在新单位有5天年假"),
        ({"service": 60, "situation": "joined", "date": "2026-10-21"}, "您今年在新单位有0天年假"),
        ({"service": 60, "situation": "left", "date": "2026-06-30", "taken": 1}, "您今年该有2天年假，休了1天，还差1天"),
        ({"service": 60, "situation": "left", "date": "2026-06-30", "taken": 4}, "没有欠的"),
        ({"service": 240, "situation": "left", "date": "2026-12-31", "taken": 0}, "还差15天"),
        (LEFT | {"joined": "2026-03-01"}, "您今年该有3天年假"),
        (LEFT | {"joined": "2020-03-01"}, "您今年该有4天年假"),
        (LEFT | {"joined": "before"}, "您今年该有4天年假"),
    ],
)
def test_annual_leave(more: dict[str, Any], text: str) -> None:
    values = {"kind": "annual"} | more
    assert RULE.missing(values) is None
    assert text in RULE.compute(values, TODAY).text


@pytest.mark.parametrize(
    ("difficulty", "babies", "text"),
    [
        ("normal", 1, "产假至少98天，各地另加"),
        ("difficult", 1, "产假至少113天"),
        ("normal", 2, "产假至少113天"),
        ("difficult", 2, "产假至少128天"),
        ("normal", 3, "产假至少128天"),
        ("caesarean", 1, "产假至少98天。当地把剖宫产算难产的，再加15天，是113天。"),
    ],
)
def test_maternity_leave(difficulty: str, babies: int, text: str) -> None:
    values = {"kind": "maternity", "difficulty": difficulty, "babies": babies}
    result = RULE.compute(values, TODAY)
    assert text in result.text and "各地另加" in result.text


@pytest.mark.parametrize(("pregnancy", "days"), [("early", 15), ("late", 42)])
def test_leave_after_a_lost_pregnancy(pregnancy: str, days: int) -> None:
    assert f"{days}天" in RULE.compute({"kind": "miscarriage", "pregnancy": pregnancy}, TODAY).text


@pytest.mark.parametrize(
    ("asked", "text", "values"),
    [
        (None, "工龄12年年假几天", {"kind": "annual", "service": 144}),
        (None, "我干了一年半，有几天年休假", {"kind": "annual", "service": 18}),
        (None, "双胞胎难产产假几天", {"kind": "maternity", "difficulty": "difficult", "babies": 2}),
        (None, "我怀孕3个月流产了能休几天", {"kind": "miscarriage", "pregnancy": "early"}),
        (None, "怀孕20周引产，休几天", {"kind": "miscarriage", "pregnancy": "late"}),
        (None, "怀孕不到16周流产，休几天", {"kind": "miscarriage", "pregnancy": "early"}),
        (None, "怀孕16周流产，休几天", {"kind": "miscarriage", "pregnancy": "late"}),
        (None, "怀孕满16周流产，休几天", {"kind": "miscarriage", "pregnancy": "late"}),
        (None, "怀孕未满十六个星期小产，休几天", {"kind": "miscarriage", "pregnancy": "early"}),
        ("pregnancy", "16周不到", {"pregnancy": "early"}),
        ("pregnancy", "没满16周", {"pregnancy": "early"}),
        ("pregnancy", "不满4月", {"pregnancy": "early"}),
        ("pregnancy", "4个月以内", {"pregnancy": "early"}),
        ("pregnancy", "4个月", {"pregnancy": "late"}),
        ("joined", "不是今年进的", {"joined": "before"}),
        ("joined", "2020年", {"joined": "before"}),
        ("kind", "产假", {"kind": "maternity"}),
        ("kind", "1", {"kind": "annual"}),
        ("service", "十二年", {"service": 144}),
        ("service", "12", {"service": 144}),
        ("difficulty", "剖腹产", {"difficulty": "caesarean", "kind": "maternity"}),
        ("difficulty", "不知道", {"difficulty": "normal"}),
        ("babies", "双胞胎", {"babies": 2}),
        ("babies", "1", {"babies": 1}),
        ("pregnancy", "不满4个月", {"pregnancy": "early"}),
        ("pregnancy", "5个月", {"pregnancy": "late"}),
        ("pregnancy", "三个月", {"pregnancy": "early"}),
        ("taken", "没休", {"taken": 0}),
        ("taken", "休了3天", {"taken": 3}),
    ],
)
def test_reading(asked: str | None, text: str, values: dict[str, Any]) -> None:
    assert RULE.read(text, asked) == values


def test_a_date_without_a_year_is_in_this_one(clock: Clock) -> None:
    year = 2026
    assert RULE.read("7月1日", "date") == {"date": f"{year}-07-01"}
    read = RULE.read("我工作了12年，今年7月1日进新公司，年假几天")
    assert read == {"kind": "annual", "service": 144, "situation": "joined", "date": f"{year}-07-01"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("今年3月1日入职6月30日离职", {"date": "06-30", "joined": "03-01"}),
        ("我6月30号离职，3月1号才进的公司", {"date": "06-30", "joined": "03-01"}),
        ("从3月1日干到6月30日，离职", {"date": "06-30", "joined": "03-01"}),
        ("6月30号离职", {"date": "06-30"}),
        ("6月30日离职，7月15日进新公司", {"date": "06-30"}),
        ("今年入职的，6月30日离职", {"date": "06-30", "newly": True}),
        ("今年3月入职，6月30日离职", {"date": "06-30", "newly": True}),
        ("2020年3月入职，今年6月30日离职", {"date": "06-30", "joined": "before"}),
    ],
)
def test_who_leaves_is_read_with_both_dates(clock: Clock, text: str, read: dict[str, Any]) -> None:
    year = 2026
    full = {name: f"{year}-{value}" if str(value)[0] == "0" else value for name, value in read.items()}
    expected = {"kind": "annual", "service": 144, "situation": "left"} | full
    assert RULE.read(f"{text}，工作了12年，年假几天") == expected


def test_the_day_of_joining_is_asked_for_where_it_was_this_year(clock: Clock) -> None:
    field = RULE.missing({"kind": "annual"} | LEFT | {"newly": True})
    assert field and field.name == "joined"
    field = RULE.missing({"kind": "annual", "service": 144, "situation": "left", "joined": "2026-03-01"})
    assert field and (field.name, "离开" in field.ask, "进" in field.ask) == ("date", True, False)
    clock.set("2026-11-29 00:10")  # still the day before in UTC
    assert RULE.read("今天", "date") == {"date": "2026-11-29"}


def test_the_days_in_the_company_are_counted_from_joining_or_the_assumption_is_said() -> None:
    result = RULE.compute({"kind": "annual"} | LEFT | {"joined": "2026-03-01"}, TODAY)
    assert "从2026年3月1日到2026年6月30日，在单位122天。122÷365×10=3.34" in result.steps[1]
    assert "按年初" not in result.text
    assumed = RULE.compute({"kind": "annual"} | LEFT, TODAY)
    assert "按年初就在这家单位算" in assumed.text and any("今年才进" in note for note in assumed.notes)


def test_nobody_leaves_before_joining() -> None:
    with pytest.raises(ValueError, match="。$"):
        RULE.compute({"kind": "annual"} | LEFT | {"joined": "2026-07-01"}, TODAY)


def test_the_first_job_counts_as_a_length() -> None:
    assert RULE.read("2010年7月", "service")["service"] >= 180


@pytest.mark.parametrize(
    ("asked", "text"),
    [("service", "90年"), ("service", "七八年"), ("date", "2月30日"), ("babies", "20个"), ("taken", "-2")],
)
def test_impossible_answers_are_refused_with_a_sentence(asked: str, text: str) -> None:
    with pytest.raises(ValueError, match="。$"):
        RULE.read(text, asked)


def test_only_what_matters_is_asked() -> None:
    field = RULE.missing({})
    assert field and field.name == "kind"
    field = RULE.missing({"kind": "miscarriage"})
    assert field and field.name == "pregnancy"
    field = RULE.missing({"kind": "annual", "service": 144, "situation": "left", "date": "2026-06-30"})
    assert field and field.name == "taken"
