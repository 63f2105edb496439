"""Days of annual leave, also for the years of joining and leaving, and of maternity leave."""

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.calculators.calculator import NotPossible, Result, number_said
from knowledge.calculators.dates import dates, months_between, said_day, said_length
from knowledge.calculators.numerals import plain
from knowledge.calculators.service import ServiceCalculator

_MONTH_AND_DAY = re.compile(r"(?<!\d)(?<!\d年)(\d{1,2})(?:月|[-./])(\d{1,2})(?:日|号)?")


class LeaveCalculator(ServiceCalculator):
    """职工带薪年休假条例; 女职工劳动保护特别规定第七条."""

    def spotted(self, said: str) -> dict[str, Any]:
        """Years worked, the situation this year with its date, and the months of a lost pregnancy."""
        values = super().spotted(said)
        for situation, pattern in self.rules["situations"].items():
            if re.search(pattern, said) and re.search("年假|年休假|年价", said):
                values |= {"situation": situation} | self._date(said)
                break
        return values | (self._pregnancy(said) if re.search("流产|小产|胎停|引产", said) else {})

    def answered(self, asked: str, text: str) -> dict[str, Any]:
        """Bare dates and months of pregnancy, besides what every calculator reads."""
        said = self.digits(text)
        if asked == "date":
            return self._date(said) or super().answered(asked, text)
        if asked == "pregnancy":
            return self._pregnancy(said) or super().answered(asked, plain(text))
        values = super().answered(asked, text)
        if "start" in values:  # the first job began then
            return {"service": months_between(self.day(values["start"], self.today()), self.today())[0]}
        return values

    def compute(self, values: Mapping[str, Any], today: date) -> Result:
        """The days of the leave that was asked for."""
        self.check(values)
        if values["kind"] == "annual":
            return self._annual(values, today)
        if values["kind"] == "maternity":
            return self._maternity(values)
        days, step = self.rules["miscarriage"][values["pregnancy"]], self.words[f"step_{values['pregnancy']}"]
        return Result(self.say("miscarriage", days=days), (step,), self.notes("miscarriage"))

    def whole_year(self, months: float) -> int:
        """Days of annual leave in a whole year for the months worked in life."""
        return next((int(rule["days"]) for rule in self.rules["annual"] if months >= rule["from"]), 0)

    def _annual(self, values: Mapping[str, Any], today: date) -> Result:
        whole = self.whole_year(values["service"])
        steps = [self.say("step_annual", length=said_length(int(values["service"])))]
        notes = ["continuous", "excluded", "more"]
        situation = values.get("situation")
        if not whole:
            text = self.words["annual_none"]
        elif situation == "joined":
            text, step = self._joined(whole, self.day(values["date"], today))
            steps.append(step)
        elif situation == "left":
            text, step = self._left(whole, self.day(values["date"], today), values["taken"])
            steps.append(step)
            notes.append("unpaid")
        else:
            text = self.say("annual", days=whole)
            notes.append("partial")
        return Result(text, tuple(steps), self.notes(*notes))

    def _joined(self, whole: int, day: date) -> tuple[str, str]:
        left = (date(day.year, 12, 31) - day).days + 1
        value = left / self.rules["days_of_year"] * whole
        days = math.floor(value)
        said = {"date": said_day(day), "left": left, "whole": whole, "value": number_said(value), "days": days}
        return self.say("joined", days=days, whole=whole), self.say("step_joined", **said)

    def _left(self, whole: int, day: date, taken: float) -> tuple[str, str]:
        passed = (day - date(day.year, 1, 1)).days + 1
        value = passed / self.rules["days_of_year"] * whole
        due, days = math.floor(value), max(0, math.floor(value - taken))
        said = {"date": said_day(day), "left": passed, "whole": whole, "value": number_said(value)}
        step = self.say("step_left", taken=number_said(taken), days=days, **said)
        if not days:
            step = self.say("step_due", days=due, **said)
        text = self.say("left" if days else "left_all", due=due, taken=number_said(taken), days=days)
        return text, step

    def _maternity(self, values: Mapping[str, Any]) -> Result:
        rule = self.rules["maternity"]
        more = int(values["babies"]) - 1
        days = rule["days"] + more * rule["each_more"]
        steps = [self.say("step_base", days=rule["days"])]
        if values["difficulty"] == "difficult":
            days += rule["difficult"]
            steps.append(self.say("step_difficult", days=rule["difficult"]))
        if more:
            steps.append(self.say("step_more", number=more, days=more * rule["each_more"]))
        if values["difficulty"] == "caesarean":
            text = self.say("caesarean", days=days, more=days + rule["difficult"])
            return Result(text, tuple(steps), self.notes("caesarean", "local"))
        return Result(self.say("maternity", days=days), tuple(steps), self.notes("local"))

    def _pregnancy(self, said: str) -> dict[str, Any]:
        rule = self.rules["pregnancy"]
        if re.search("(不|没|未)(满|到)4个?月|4个?月(以下|以内|不到|内)", said):
            return {"pregnancy": "early"}
        months = re.search(rule["said"], said)
        weeks = re.search(rule["weeks"], said)
        if months:
            return {"pregnancy": "late" if float(months[1]) >= rule["late_from"] else "early"}
        if weeks:
            is_late = int(weeks[1]) * rule["days_a_week"] >= rule["late_from"] * rule["days_a_month"]
            return {"pregnancy": "late" if is_late else "early"}
        return {}

    def _date(self, said: str) -> dict[str, Any]:
        """A date as YYYY-MM-DD; the year is this one where none was said."""
        year, month, day = self.today().year, 0, 0
        if found := next((found for found in dates(said) if found.month and found.day), None):
            year, month, day = found.year, found.month or 0, found.day or 0
        elif match := _MONTH_AND_DAY.search(said):
            month, day = int(match[1]), int(match[2])
        else:
            return {}
        try:
            return {"date": date(year, month, day).isoformat()}
        except ValueError as error:
            raise NotPossible(self.words["no_day"]) from error
