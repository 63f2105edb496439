"""What a dismissed worker gets: N, N+1 or 2N, in months of wages and in yuan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.calculators.calculator import Field, Result, number_said, yuan
from knowledge.calculators.dates import said_length
from knowledge.calculators.service import ServiceCalculator


@dataclass(frozen=True)
class Amounts:
    """N, N+1 and 2N; wage and capped say from what."""

    years: float
    wage: float | None  # a month, after the cap; None where it was not said
    last: float | None  # the wage of the last month, without the cap
    is_capped: bool

    def said(self, times: float, more: int = 0) -> str:
        """An amount in yuan, or in months of wages where no wage was said."""
        if self.wage is None or self.last is None:
            return f"{number_said(self.years * times + more)}个月工资"
        return yuan(self.years * self.wage * times + self.last * more)


class DismissalCalculator(ServiceCalculator):
    """劳动合同法第四十六条、第四十七条、第八十七条."""

    def missing(self, values: Mapping[str, Any]) -> Field | None:
        """Dates stand for the length; the local average matters only for high wages."""
        known = dict(values)
        if "start" in known:
            known["service"] = None
        else:
            known["end"] = None
        wage = known.get("wage", "unknown")
        if wage == "unknown" or wage <= self.rules["rule"]["ask_average_above"]:
            known["average"] = None
        return super().missing(known)

    def compute(self, values: Mapping[str, Any], today: date) -> Result:
        """The amount for this reason, or the three of them where the reason is not known."""
        self.check(values)
        months, days = self.worked(values, today)
        kind = self.rules["kinds"][values["reason"]]
        amounts = self.amounts(values, self.years(months, days))
        double = self.rules["rule"]["double"]
        said = {"n": amounts.said(1), "n_plus": amounts.said(1, 1), "double": amounts.said(double)}
        if kind == "n_plus" and values.get("notice"):
            kind = "n"
        name = values["reason"] if kind == "nothing" else kind
        text = self.say(name, years=number_said(amounts.years), **said)
        steps = [*self._length_steps(values, months, days, amounts, today), *self._money_steps(kind, amounts, said)]
        return Result(text, tuple(steps), self._notes(values, kind, amounts, today))

    def years(self, months: int, days: int) -> float:
        """Years as the law counts them: half a year and more is one, less is a half, be it within one month."""
        rule = self.rules["rule"]
        whole, rest = divmod(months, 12)
        if rest >= rule["half_from_months"]:
            return whole + 1
        return whole + (rule["half"] if rest or days or not whole else 0)

    def amounts(self, values: Mapping[str, Any], years: float) -> Amounts:
        """Years and wage, both cut where the wage is over three times the local average."""
        rule = self.rules["rule"]
        wage, average = values.get("wage", "unknown"), values.get("average", "unknown")
        if wage == "unknown":
            return Amounts(years, None, None, False)
        if average != "unknown" and wage > average * rule["cap_times"]:
            return Amounts(min(years, rule["cap_years"]), average * rule["cap_times"], wage, True)
        return Amounts(years, wage, wage, False)

    def _length_steps(
        self, values: Mapping[str, Any], months: int, days: int, amounts: Amounts, today: date
    ) -> list[str]:
        length = said_length(months) + (self.words["days"] if days else "") if months else self.words["under_a_month"]
        steps = []
        if "start" in values:
            start, end = (self.said_date(values.get(name, "today"), today) for name in ("start", "end"))
            steps.append(self.say("step_dates", start=start, end=end, length=length))
        return [*steps, self.say("step_years", length=length, years=number_said(self.years(months, days)))]

    def _money_steps(self, kind: str, amounts: Amounts, said: Mapping[str, str]) -> list[str]:
        if amounts.wage is None or amounts.last is None or kind == "nothing":
            return []
        steps = []
        if amounts.is_capped:
            average = yuan(amounts.wage / self.rules["rule"]["cap_times"])
            steps.append(self.say("step_cap", average=average, wage=yuan(amounts.wage)))
        steps.append(self.say("step_wage", wage=yuan(amounts.wage), years=number_said(amounts.years), n=said["n"]))
        if kind in ("n_plus", "three"):
            steps.append(self.say("step_plus", last=yuan(amounts.last), n_plus=said["n_plus"]))
        if kind in ("double", "three"):
            steps.append(self.say("step_double", n=said["n"], double=said["double"]))
        return steps

    def _notes(self, values: Mapping[str, Any], kind: str, amounts: Amounts, today: date) -> tuple[str, ...]:
        rule = self.rules["rule"]
        is_high = amounts.wage is None or amounts.wage > rule["ask_average_above"]
        is_by_month = "start" in values and (len(values["start"]) == 7 or len(values.get("end", "today")) == 7)
        apply = {
            "wage": kind != "nothing",
            "plus": kind in ("n_plus", "three"),
            "cap": kind != "nothing" and is_high and values.get("average", "unknown") == "unknown",
            "old": self.started_on(values, today) < rule["law_from"],
            "months": is_by_month,
            "double": kind in ("n", "n_plus") and values["reason"] not in ("agreed", "forced"),
            "protected": kind != "nothing" or values["reason"] == "fault",
            "contract": kind != "nothing",
            "arbitration": True,
        }
        return self.notes(*(name for name, applies in apply.items() if applies))
