"""Numbers and dates in the shapes that citizens write."""

import pytest

from knowledge.calculators.dates import add_months, dates, length_in_months, months_between
from knowledge.calculators.numerals import digits


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("三千五", "3500"),
        ("三千五百", "3500"),
        ("三千零五", "3005"),
        ("1.2万", "12000"),
        ("一万二", "12000"),
        ("一万两千三百", "12300"),
        ("2万5千", "25000"),
        ("1万2500", "12500"),
        ("3千5", "3500"),
        ("８０００", "8000"),
        ("8k", "8000"),
        ("1.5w", "15000"),
        ("8,500元", "8500元"),
        ("一百五", "150"),
        ("一百五十", "150"),
        ("十二", "12"),
        ("二十", "20"),
        ("七八年一月", "78年1月"),
        ("一九七八年", "1978年"),
        ("二〇〇五年十月", "2005年10月"),
        ("元月", "1月"),
        ("负五千", "-5000"),
        ("二十多年", "20多年"),
        ("干了三四年", "干了几年"),
        ("两三个", "几个"),
        ("万一", "万一"),
        ("千万别", "千万别"),
    ],
)
def test_numbers_become_digits(text: str, said: str) -> None:
    assert digits(text) == said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("78年1月", (1978, 1, None)),
        ("05年", (2005, None, None)),
        ("1978.1", (1978, 1, None)),
        ("1978-01-15", (1978, 1, 15)),
        ("1978/1/5", (1978, 1, 5)),
        ("197801", (1978, 1, None)),
        ("19780115", (1978, 1, 15)),
        ("2024年6月5号", (2024, 6, 5)),
        ("78年13月", (1978, 13, None)),
    ],
)
def test_dates_are_found(text: str, found: tuple[int, int | None, int | None]) -> None:
    assert [(date.year, date.month, date.day) for date in dates(text)] == [found]


@pytest.mark.parametrize(
    ("text", "months"),
    [("3年4个月", 40), ("3年零4个月", 40), ("2年半", 30), ("2.5年", 30), ("半年", 6), ("8个月", 8), ("很久", None)],
)
def test_lengths_are_months(text: str, months: int | None) -> None:
    assert length_in_months(text) == months


def test_months_end_where_a_month_ends() -> None:
    (start,) = [found.day_or(1) for found in dates("2024-01-31")]
    assert add_months(start, 1).isoformat() == "2024-02-29"
    assert months_between(start, add_months(start, 12)) == (12, 0)
