"""Chinese working days: the announced calendar of 2026 with its make-up days, and a year that is not announced yet."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from foundation import working_days
from foundation.working_days import after_working_days, before_working_days, is_working_day, working_days_between


@pytest.fixture
def overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An override file of one's own."""
    file = tmp_path / "working_days.yml"
    monkeypatch.setattr(working_days, "OVERRIDES", file)
    working_days._overrides.cache_clear()
    yield file
    working_days._overrides.cache_clear()


def days(first: str, last: str) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


@pytest.mark.parametrize(
    ("holiday", "first", "last"),
    [
        ("元旦", "2026-01-01", "2026-01-03"),
        ("春节", "2026-02-15", "2026-02-23"),
        ("清明节", "2026-04-04", "2026-04-06"),
        ("劳动节", "2026-05-01", "2026-05-05"),
        ("端午节", "2026-06-19", "2026-06-21"),
        ("中秋节", "2026-09-25", "2026-09-27"),
        ("国庆节", "2026-10-01", "2026-10-07"),
    ],
)
def test_nobody_works_on_a_holiday_of_2026(holiday: str, first: str, last: str) -> None:
    assert not [day for day in days(first, last) if is_working_day(day)], holiday


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_a_weekend_day_that_makes_up_for_a_holiday_is_worked(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert is_working_day(date.fromisoformat(day))


def test_2026_has_248_working_days() -> None:
    assert sum(is_working_day(day) for day in days("2026-01-01", "2026-12-31")) == 248


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-09-30", 1, "2026-10-08"),  # over 国庆
        ("2026-09-30", 3, "2026-10-10"),  # the Saturday that makes up for it
        ("2026-10-03", 1, "2026-10-08"),  # from within a holiday
        ("2026-02-13", 1, "2026-02-14"),  # the Saturday before 春节
        ("2026-02-14", 5, "2026-02-28"),
        ("2026-03-04", 7, "2026-03-13"),  # an ordinary week and a half
        ("2026-03-04", 0, "2026-03-04"),
    ],
)
def test_working_days_are_counted_forward_and_back(start: str, count: int, end: str) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert after_working_days(first, count) == last
    assert working_days_between(first, last) == count
    if is_working_day(first):
        assert before_working_days(last, count) == first


def test_no_working_days_lie_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(date(2026, 3, 13), date(2026, 3, 4)) == 0


def test_a_year_that_is_not_announced_follows_the_statutory_days_and_the_week() -> None:
    assert not is_working_day(date(2027, 10, 1)), "国庆节 is statutory"
    assert not is_working_day(date(2027, 2, 5)), "除夕 is statutory"
    assert not is_working_day(date(2027, 3, 6)), "a Saturday"
    assert is_working_day(date(2027, 3, 8)), "a Monday"
    assert after_working_days(date(2026, 12, 30), 2) == date(2027, 1, 4), "over the turn of the year"


def test_the_override_file_comes_before_the_calendar(overrides: Path) -> None:
    overrides.write_text("free: [2026-03-04]\nworked: [2026-10-01, 2027-10-02]\n", encoding="utf-8")
    assert not is_working_day(date(2026, 3, 4))
    assert is_working_day(date(2026, 10, 1))
    assert is_working_day(date(2027, 10, 2))
    assert not is_working_day(date(2026, 10, 2)), "the rest of the calendar stays"
