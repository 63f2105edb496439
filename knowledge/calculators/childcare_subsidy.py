"""What the national childcare subsidy comes to for one child or a multiple birth, year by year."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.calculators.births import BirthCalculator
from knowledge.calculators.calculator import Result, yuan
from knowledge.calculators.dates import said_day, said_month


class ChildcareSubsidyCalculator(BirthCalculator):
    """育儿补贴制度实施方案."""

    def spotted(self, said: str) -> dict[str, Any]:
        """The birth, and how many children were born at once."""
        twins = next((number for words, number in self.rules["twins"].items() if re.search(words, said)), None)
        return super().spotted(said) | ({"children": twins} if twins else {})

    def compute(self, values: Mapping[str, Any], today: date) -> Result:
        """The amounts a year and in all, each child counted alike."""
        self.check(values)
        year, month, children = values["year"], values["month"], values.get("children", 1)
        born = said_month(year, month)
        amounts = self.amounts(year, month)
        is_whole = self._is_whole(year)
        notes = self.notes("conditions", *(() if is_whole else ("month",)), "local", "tax")
        if not amounts:
            return Result(self.say("too_old", born=born), (self._step_born(year, month),), notes)
        total = sum(amounts.values())
        listed = "、".join(self.say("year_amount", year=y, amount=yuan(amount)) for y, amount in amounts.items())
        text = self.say("whole" if is_whole else "part", total=yuan(total), list=listed)
        steps = [self._step_born(year, month), *self._counted(total, is_whole)]
        if children > 1:
            text = self.say("children", children=children) + text
            text += self.say("total", children=children, total=yuan(total * children))
            steps.append(self.say("step_children", total=yuan(total), children=children, sum=yuan(total * children)))
        return Result(text, tuple(steps), (self._deadline(year, today), *notes))

    def amounts(self, year: int, month: int) -> dict[int, float]:
        """The amount of each year for a child born in a month; empty when it was three before the start."""
        rule = self.rules
        if self._is_whole(year):
            return {year + more: float(rule["amount"]) for more in range(rule["years"])}
        start_year, start_month = rule["start"]
        first = start_year * 12 + start_month - 1
        last = (year + rule["years"]) * 12 + month - 1
        months = Counter(count // 12 for count in range(first, last + 1))
        return {y: number * rule["amount"] / 12 for y, number in sorted(months.items())}

    def _is_whole(self, year: int) -> bool:
        return bool(year >= self.rules["start"][0])

    def _step_born(self, year: int, month: int) -> str:
        return self.say("step_born", born=said_month(year, month), third=said_month(year + self.rules["years"], month))

    def _counted(self, total: float, is_whole: bool) -> list[str]:
        if is_whole:
            return [self.words["step_whole"], self.say("step_years", total=yuan(total))]
        monthly = self.rules["amount"] / 12
        parts = {"months": round(total / monthly), "monthly": yuan(monthly), "total": yuan(total)}
        return [self.say("step_part", **parts), self.say("step_sum", **parts)]

    def _deadline(self, year: int, today: date) -> str:
        late = date(year + self.rules["first_application_years"], 12, 31)
        deadline = late if self._is_whole(year) else self.rules["old_deadline"]
        return self.say("deadline_open" if today <= deadline else "deadline_past", deadline=said_day(deadline))
