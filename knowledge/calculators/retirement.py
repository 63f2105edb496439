"""The month of retirement under the gradual delay, the years to pay, and how much earlier or later one may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.calculators.births import BirthCalculator
from knowledge.calculators.calculator import Result
from knowledge.calculators.dates import said_length, said_month


@dataclass(frozen=True)
class Month:
    """A month, counted from the year 0."""

    count: int

    @classmethod
    def of(cls, year: int, month: int) -> "Month":
        """The month of a year."""
        return cls(year * 12 + month - 1)

    @property
    def year(self) -> int:
        """Its year."""
        return self.count // 12

    def plus(self, months: int) -> "Month":
        """The month so many months later."""
        return Month(self.count + months)

    def __str__(self) -> str:
        return said_month(self.year, self.count % 12 + 1)


@dataclass(frozen=True)
class Retirement:
    """What one group's rule gives for one month of birth; ages and lengths in months."""

    offset: int
    delay: int
    age: int
    when: Month
    early: Month
    early_age: int
    late: Month
    contribution: int  # by the year of the legal age
    early_contribution: int  # by the year of going as early as one may


class RetirementCalculator(BirthCalculator):
    """国务院关于渐进式延迟法定退休年龄的办法."""

    def compute(self, values: Mapping[str, Any], today: date) -> Result:
        """When this citizen retires; for a woman who names no post, under both rules."""
        self.check(values)
        birth = Month.of(values["year"], values["month"])
        groups = self.rules["both"] if values["group"] == "woman" else [values["group"]]
        counted = [self.count(birth, group) for group in groups]
        text = self._both(counted) if len(counted) == 2 else self._one(counted[0], Month.of(today.year, today.month))
        steps = [step for group, one in zip(groups, counted, strict=True) for step in self._steps(group, birth, one)]
        notes = ("special",) if values["group"] == "man" else ("post", "higher")
        return Result(text, tuple(steps), self.notes(*notes, "early_years", "resident", "proof"))

    def count(self, birth: Month, group: str) -> Retirement:
        """The rule itself for one group."""
        rule = self.rules["groups"][group]
        offset = birth.count - Month.of(*rule["start"]).count
        delay = 0 if offset < 0 else min(offset // rule["every"] + 1, rule["most"])
        original = rule["original"] * 12
        flexible = self.rules["flexible_months"]
        age = original + delay
        early_age = max(original, age - flexible)
        when = birth.plus(age)
        return Retirement(
            offset,
            delay,
            age,
            when,
            birth.plus(early_age),
            early_age,
            when.plus(flexible),
            self.contribution(when.year),
            self.contribution(birth.plus(early_age).year),
        )

    def contribution(self, year: int) -> int:
        """The least months of contributions for retiring in a year."""
        rule = self.rules["contribution"]
        more = max(0, year - rule["from"] + 1) * rule["months_a_year"]
        return int(min(rule["years"] * 12 + more, rule["most"] * 12))

    def _one(self, one: Retirement, now: Month) -> str:
        years = self.say("years", length=said_length(one.contribution))
        age, when = said_age(one.age), str(one.when)
        if one.when.count < now.count:
            return self.say("past", age=age, when=when, years=years)
        if one.early == one.when:
            early = self.words["early_none"]
        elif one.early.count <= now.count:
            early = self.say("early_now", length=said_length(self.contribution(now.year)))
        else:
            length = said_length(one.early_contribution)
            early = self.say("early", early=one.early, age=said_age(one.early_age), length=length)
        return self.say("one", age=age, when=when, years=years, early=early, late=one.late)

    def _both(self, counted: list[Retirement]) -> str:
        parts: dict[str, str] = {}
        for name, one in zip(("first", "second"), counted, strict=True):
            parts[f"{name}_age"] = said_age(one.age)
            parts[f"{name}_when"] = str(one.when)
            parts[f"{name}_years"] = self.say("two_years", length=said_length(one.contribution))
        return self.say("two", **parts)

    def _steps(self, group: str, birth: Month, one: Retirement) -> list[str]:
        rule = self.rules["groups"][group]
        start = Month.of(*rule["start"])
        parts = {**rule, "start": start, "birth": birth, "offset": one.offset, "delay": one.delay}
        said = {"age": said_age(one.age), "when": one.when, "length": said_length(one.contribution)}
        if one.offset < 0:
            first = [self.say("step_before", **parts)]
        else:
            delay = "step_most" if one.offset // rule["every"] + 1 > rule["most"] else "step_delay"
            first = [self.say(name, **parts) for name in ("step_group", delay)]
        age = self.say("step_age", original=rule["original"], delay=one.delay, **said)
        length = said_length(one.early_contribution)
        flexible = self.say("step_flexible", early=one.early, late=one.late, length=length)
        return [*first, age, self.say("step_years", **said), flexible]


def said_age(months: int) -> str:
    """61岁, 61岁4个月."""
    return f"{months // 12}岁" + (f"{months % 12}个月" if months % 12 else "")
