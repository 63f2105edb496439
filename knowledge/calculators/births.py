"""A calculator that starts from a year and a month of birth."""

import re
from collections.abc import Mapping
from typing import Any

from knowledge.calculators.calculator import Calculator, NotPossible
from knowledge.calculators.dates import Found, dates, full_year

_LUNAR = re.compile("农历|阴历|旧历|腊月|冬月|正月|闰月")
_BARE_MONTH = re.compile(r"\D{0,4}(\d{1,2})月?(?:份|\d{1,2}[日号])?\D{0,4}")
_BARE_BIRTH = re.compile(r"\D{0,4}((?:18|19|20)\d{2}|\d{2})(?:[年./-]?(\d{1,2})月?)?\D{0,4}")


class BirthCalculator(Calculator):
    """Reads `year` and `month`; which dates are births stands under `birth` in the YAML file."""

    def spotted(self, said: str) -> dict[str, Any]:
        """The year and month of birth that a message names; the month is the one on the identity card."""
        if _LUNAR.search(said):
            raise NotPossible(self.words["lunar"])
        found = [said_date for said_date in dates(said) if self._is_birth(said_date, said)]
        named = [said_date for said_date in found if self._is_named_birth(said_date, said)] or found
        return _year_and_month(min(named, key=lambda said_date: said_date.year)) if named else {}

    def answered(self, asked: str, text: str) -> dict[str, Any]:
        """A bare answer; a year may bring its month along."""
        said = self.digits(text)
        if asked == "month" and (match := _BARE_MONTH.fullmatch(said)):
            return {"month": int(match[1])}
        if asked in ("year", "month") and (birth := bare_birth(said)):
            return birth
        return super().answered(asked, text)

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuses months that do not exist and births that are still to come."""
        super().check(values)
        today = self.today()
        if (values.get("year", 0), values.get("month", 1)) > (today.year, today.month):
            raise NotPossible(self.words["future"])

    def _is_birth(self, found: Found, said: str) -> bool:
        rule = self.rules["birth"]
        if self._is_named_birth(found, said):
            return True
        if re.search(rule["not_before"], said[: found.start]) or re.match(rule["not_after"], said[found.end :]):
            return False
        is_likely = rule["least"] <= found.year <= rule["most"]
        is_year_enough = not found.short if rule["year_alone"] else False
        return is_likely and (found.month is not None or is_year_enough or said[found.end :].startswith("的"))

    def _is_named_birth(self, found: Found, said: str) -> bool:
        rule = self.rules["birth"]
        after = re.match("的?" + rule["after"], said[found.end :])
        return bool(after or re.search(rule["before"], said[: found.start]))


def bare_birth(said: str) -> dict[str, Any] | None:
    """The year, and the month if it is there, of an answer like 78, 1978.1, 7801 or 78年1月."""
    if found := next(dates(said), None):
        return _year_and_month(found)
    match = _BARE_BIRTH.fullmatch(said)
    if not match:
        return None
    return {"year": full_year(int(match[1]))} | ({"month": int(match[2])} if match[2] else {})


def _year_and_month(found: Found) -> dict[str, Any]:
    return {"year": found.year} | ({} if found.month is None else {"month": found.month})
