"""Dates and lengths of time in a message whose numbers are digits already."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_END = r"(?![\d])"
_YEAR = r"(?<!\d)(?P<year>(?:19|20|18)\d{2}|\d{2})"
_SHAPES = [
    re.compile(rf"{_YEAR}年(?P<month>\d{{1,2}})月份?(?P<day>\d{{1,2}})(?:日|号)?{_END}"),
    re.compile(rf"(?<!\d)(?P<year>(?:19|20|18)\d{{2}})([-./])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){_END}"),
    re.compile(rf"(?<!\d)(?P<year>(?:19|20)\d{{2}})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)?{_END}"),
    re.compile(rf"{_YEAR}年(?P<month>\d{{1,2}})月份?"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20|18)\d{2})[-./](?P<month>\d{1,2})(?![\d]|[-./]\d)"),
    re.compile(rf"{_YEAR}年(?!\d*个?月|半|内|多|以)"),
    re.compile(rf"(?<!\d)(?P<year>19\d{{2}}|20[0-3]\d)(?=(?:的|生|出生){_END})"),
]
_YEARS = re.compile(
    r"(?<!\d)(?P<years>\d{1,2}(?:\.\d+)?)年(?!\d{1,2}月)"
    r"(?P<half>半)?(?:零|又|加|外加)?(?:(?P<months>\d{1,2})个月)?"
)
_HALF_YEAR = re.compile(r"(?<![\d年])半年")
_MONTHS = re.compile(r"(?<!\d)(?P<months>\d{1,3})个月")
_YEARS_AGO = {"今": 0, "去": 1, "前": 2}
_NAMED_YEAR = re.compile(r"(?<!\d年)([今去前])年(?=\d{1,2}月|出?生(?!孩|娃|宝)|$)")
_NEW_CENTURY_BEFORE = 40


@dataclass(frozen=True)
class Found:
    """A date as said, month and day perhaps left out, and where it stands."""

    year: int
    month: int | None
    day: int | None
    start: int
    end: int
    short: bool  # the year had two digits

    def day_or(self, day: int) -> date:
        """The date, with `day` where none was said. Raises ValueError when there is no such day."""
        return date(self.year, self.month or 1, self.day or day)


def full_year(year: int) -> int:
    """The year of two digits in the century that people mean: 78 is 1978, 05 is 2005."""
    if year >= 100:
        return year
    return year + (2000 if year < _NEW_CENTURY_BEFORE else 1900)


def dates(text: str) -> Iterator[Found]:
    """Every date in the text, each once, the fullest reading of it, in order."""
    taken: list[Found] = []
    for shape in _SHAPES:
        for match in shape.finditer(text):
            if not any(match.start() < found.end and found.start < match.end() for found in taken):
                taken.append(_found(match))
    yield from sorted(taken, key=lambda found: found.start)


def _found(match: re.Match[str]) -> Found:
    said = match.groupdict()
    month, day = said.get("month"), said.get("day")
    return Found(
        full_year(int(said["year"])),
        int(month) if month else None,
        int(day) if day else None,
        *match.span(),
        short=len(said["year"]) == 2,
    )


def with_years(text: str, today: date) -> str:
    """The text with 今年3月, 去年生 and 前年 as years in digits."""
    return _NAMED_YEAR.sub(lambda match: f"{today.year - _YEARS_AGO[match[1]]}年", text)


def length_in_months(text: str) -> float | int | None:
    """The first length of time in the text in months (3年4个月, 2年半, 半年, 8个月), or None."""
    if match := _YEARS.search(text):
        years = round(float(match["years"]) * 12, 2)
        months = years + (6 if match["half"] else 0) + int(match["months"] or 0)
        return int(months) if months == int(months) else months
    if match := _MONTHS.search(text):
        return int(match["months"])
    return 6 if _HALF_YEAR.search(text) else None


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def months_between(start: date, end: date) -> tuple[int, int]:
    """Whole months from start to end, and the days left over."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return months, (end - add_months(start, months)).days


def said_month(year: int, month: int) -> str:
    """2029年8月."""
    return f"{year}年{month}月"


def said_day(day: date) -> str:
    """2029年8月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def said_length(months: int) -> str:
    """3年4个月, 3年, 4个月."""
    years, rest = divmod(months, 12)
    return (f"{years}年" if years or not rest else "") + (f"{rest}个月" if rest else "")
