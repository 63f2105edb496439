"""Days of annual leave, also for the years of joining and leaving, and of maternity leave."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from knowledge.calculators.calculator import Field, NotPossible, Result, number_said
from knowledge.calculators.dates import Found, dates, months_between, said_day, said_length
from knowledge.calculators.numerals import plain
from knowledge.calculators.service import ServiceCalculator, stands

_MONTH_AND_DAY = re.compile(r"(?<!\d)(?<!\d年)(\d{1,2})(?:月|[-./])(\d{1,2})(?:日|号)?")


class LeaveCalculator(ServiceCalculator):
    """职工带薪年休假条例; 女职工劳动保护特别规定第七条."""

    def spotted(self, said: str) -> dict[str, Any]:
        """Years worked, the situation this year with its date, and the months of a lost pregnancy."""
        values = super().spotted(said)
        for situation, pattern in self.rules["situations"].items():
            if re.search(pattern, said) and re.search("年假|年休假|年价", said):
                values |= {"situation": situation} | self._this_year(said, situation)
                break
        return values | (self._pregnancy(said) if re.search("流产|小产|胎停|引产", said) else {})

    def answered(self, asked: str, text: str) -> dict[str, Any]:
        """Bare dates and months of pregnancy, besides what every calculator reads."""
        said = self.digits(text)
        if asked == "joined" and any(found.year < self.today().year for found in dates(said)):
            return {"joined": "before"}
        if asked in ("date", "joined") and (days := self._days(said)):
            return {asked: self._written_day(days[0])}
        if asked == "date" and re.search(self.rules["now"], said):
            return {"date": self.today().isoformat()}
        if asked == "pregnancy":
            return self._pregnancy(said) or super().answered(asked, plain(text))
        values = super().answered(asked, text)
        if "start" in values:  # the first job began then
            return {"service": months_between(self.day(values["start"], self.today()), self.today())[0]}
        return values

    def missing(self, values: Mapping[str, Any]) -> Field | None:
        """Who leaves is asked for the day of leaving; the day of joining only where it was this year."""
        field = super().missing(values)
        if field and field.name == "date" and values["situation"] == "left":
            return replace(field, ask=self.words["ask_left"])
        return field

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuses a day of leaving before the day of joining."""
        super().check(values)
        joined = values.get("joined", "before")
        if joined != "before" and joined > values.get("date", joined):
            raise NotPossible(self.words["future"])

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
            day, joined = self.day(values["date"], today), values.get("joined")
            start = self.day(joined, today) if joined not in (None, "before") else day.replace(month=1, day=1)
            text, step = self._left(whole, max(start, day.replace(month=1, day=1)), day, values["taken"])
            text += self.words["assumed"] if joined is None else ""
            steps.append(step)
            notes += ["unpaid"] if joined else ["this_year", "unpaid"]
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

    def _left(self, whole: int, start: date, day: date, taken: float) -> tuple[str, str]:
        """Counts the days in this company this year, from the first of January or from joining."""
        passed = (day - start).days + 1
        value = passed / self.rules["days_of_year"] * whole
        due, days = math.floor(value), max(0, math.floor(value - taken))
        said = {"start": said_day(start), "date": said_day(day), "left": passed}
        said |= {"whole": whole, "value": number_said(value)}
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
        """Whether the months or weeks said reach the limit; "under" a length never does where it is the limit."""
        rule = self.rules["pregnancy"]
        limit = rule["late_from"] * rule["days_a_month"]
        for unit, days in (("months", rule["days_a_month"]), ("weeks", rule["days_a_week"])):
            if match := re.search(rule[unit], said):
                length = float(match[1]) * days
                is_under = stands(match.start(), match.end(), said, rule["under"])
                return {"pregnancy": "late" if length > limit or (length == limit and not is_under) else "early"}
        return {}

    def _this_year(self, said: str, situation: str) -> dict[str, Any]:
        """The date of what happens this year, and for who leaves also when he joined, be it only that it was lately."""
        days = self._days(said)
        named = {
            name: next((found for found in days if stands(found.start, found.end, said, rule)), None)
            for name, rule in self.rules["beside"].items()
        }
        if situation == "joined":
            day = named["joined"] or next(iter(days), None)
            return {"date": self._written_day(day)} if day else {}
        joined = self._written_day(named["joined"]) if named["joined"] else None
        day = named["left"] or next((found for found in days if found != named["joined"]), None)
        if day:
            values = {"date": self._written_day(day)}
        else:
            values = {"date": self.today().isoformat()} if re.search(self.rules["leaves_now"], said) else {}
        if joined and joined <= values.get("date", joined):  # a later one is the next company
            return values | {"joined": joined}
        return values | self._joined_without_day(said, int(values.get("date", self.today().isoformat())[:4]))

    def _joined_without_day(self, said: str, year: int) -> dict[str, Any]:
        rule = self.rules["beside"]["joined"]
        for found in dates(said):
            if not found.day and stands(found.start, found.end, said, rule):
                return {"joined": "before"} if found.year < year else {"newly": True}
        return {"newly": True} if re.search(self.rules["newly"], said) else {}

    def _days(self, said: str) -> list[Found]:
        """Every day that is named, those with their year first; the year is this one where none was said."""
        full = list(dates(said))
        short = [
            Found(self.today().year, int(match[1]), int(match[2]), *match.span(), short=False)
            for match in _MONTH_AND_DAY.finditer(said)
            if not any(match.start() < found.end and found.start < match.end() for found in full)
        ]
        return [found for found in full if found.month and found.day] + short

    def _written_day(self, found: Found) -> str:
        try:
            return found.day_or(1).isoformat()
        except ValueError as error:
            raise NotPossible(self.words["no_day"]) from error
