"""How long someone worked: said as a length, or as the dates of joining and leaving."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from knowledge.calculators.calculator import Calculator, NotPossible
from knowledge.calculators.dates import Found, add_months, dates, length_in_months, months_between, said_day, said_month
from knowledge.calculators.numerals import is_about

_LENGTH = re.compile(
    r"(?<![\d年.])(?:\d{1,2}(?:\.\d)?年(?!\d{1,2}月|多|来)半?(?:零|又)?(?:\d{1,2}个月)?|\d{1,3}个月(?!多)|半年(?!多))"
)


class ServiceCalculator(Calculator):
    """Reads `service` (months), `start` and `end` (YYYY-MM-DD, or YYYY-MM where no day was said)."""

    def spotted(self, said: str) -> dict[str, Any]:
        """The dates of joining and leaving, and the months worked, that a message names."""
        values: dict[str, Any] = {}
        for found in dates(said):
            for name, rule in (("start", self.rules.get("started")), ("end", self.rules.get("ended"))):
                if rule and name not in values and found.month and stands(found.start, found.end, said, rule):
                    values[name] = self._written(found)
                    break
        worked = self._worked(said)
        return values | ({"service": worked} if worked is not None else {})

    def answered(self, asked: str, text: str) -> dict[str, Any]:
        """A bare length, a bare number of years, or a bare date."""
        said = self.digits(text)
        found = next((found for found in dates(said) if found.month is not None), None)
        if asked == "service":
            if found:
                return {"start": self._written(found)}
            return self._length(text, said) or super().answered(asked, text)
        if asked in ("end", "date") and found:
            return {asked: self._written(found)}
        return super().answered(asked, text)

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuses lengths and dates that cannot be."""
        super().check(values)
        if not 0 <= values.get("service", 0) <= self.rules["longest_months"]:
            raise NotPossible(self.words["too_long"])
        if "start" in values and self.day(values["start"], self.today()) > self.day(
            values.get("end", "today"), self.today()
        ):
            raise NotPossible(self.words["future"])

    def day(self, written: str, today: date) -> date:
        """The day of a value; the first of the month where no day was said."""
        return today if written == "today" else date.fromisoformat(f"{written}-01"[:10])

    def said_date(self, written: str, today: date) -> str:
        """A value as people say it, with its day only where one was said."""
        day = self.day(written, today)
        return said_month(day.year, day.month) if len(written) == len("2026-11") else said_day(day)

    def worked(self, values: Mapping[str, Any], today: date) -> tuple[int, int]:
        """Whole months worked and the days left over."""
        if "start" not in values:
            months = int(values["service"])
            return months, 15 if values["service"] > months else 0
        end = values.get("end", "today")
        start_day, end_day = self.day(values["start"], today), self.day(end, today)
        is_to_the_day = len(values["start"]) == 10 and (end == "today" or len(end) == 10)
        if is_to_the_day:
            return months_between(start_day, end_day + timedelta(days=1))
        return months_between(start_day.replace(day=1), end_day.replace(day=1))[0], 0

    def started_on(self, values: Mapping[str, Any], today: date) -> date:
        """The day of joining, counted back from today where only a length was said."""
        if "start" in values:
            return self.day(values["start"], today)
        return add_months(today, -int(values["service"]))

    def _length(self, text: str, said: str) -> dict[str, Any]:
        if is_about(text) or re.search(r"[年月][多来]|几年|几个月|\d[多几]", said):
            raise NotPossible(self.words["about"])
        if (months := length_in_months(said)) is not None:
            return {"service": months}
        match = re.fullmatch(r"\D{0,4}(\d{1,2}(?:\.\d)?)\D{0,3}", said)
        return {"service": float(match[1]) * 12} if match else {}

    def _worked(self, said: str) -> float | None:
        rule = self.rules["worked"]
        for match in _LENGTH.finditer(said):
            if re.search(rule["before"], said[: match.start()]) or re.match("的?工龄", said[match.end() :]):
                return length_in_months(match.group())
        return None

    def _written(self, found: Found) -> str:
        try:
            day = found.day_or(1)
        except ValueError as error:
            raise NotPossible(self.words["no_day"]) from error
        return day.isoformat()[: 10 if found.day else 7]


def stands(start: int, end: int, said: str, rule: Mapping[str, str]) -> bool:
    """Whether the words beside a date or a length, from start to end, name it."""
    return bool(re.search(rule["before"], said[:start]) or re.match(rule["after"], said[end:]))
