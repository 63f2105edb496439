"""What a citizen may deduct before income tax, a month and a year."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.calculators.calculator import Calculator, Field, NotPossible, Result, yuan


class TaxDeductionsCalculator(Calculator):
    """个人所得税专项附加扣除."""

    def missing(self, values: Mapping[str, Any]) -> Field | None:
        """How parents share is asked only where there are children."""
        known = dict(values)
        if "infants" in known and "pupils" in known and not known["infants"] + known["pupils"]:
            known["share"] = "all"
        return super().missing(known)

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuses half children."""
        super().check(values)
        for name in ("infants", "pupils"):
            if values.get(name, 0) != int(values.get(name, 0)):
                raise NotPossible(self._about[name]["number"]["wrong"])

    def compute(self, values: Mapping[str, Any], today: date) -> Result:
        """The monthly sum, what comes once a year, and the year's total."""
        self.check(values)
        monthly, steps = self._monthly(values)
        once, shorts, once_steps = self._once(values)
        total = monthly * 12 + once
        if monthly:
            text = self.say("month", month=yuan(monthly), year=yuan(monthly * 12))
            text += self.say("once", list="，".join(shorts), total=yuan(total)) if once else ""
        else:
            text = self.say("only_once" if once else "none", list="，".join(shorts), total=yuan(total))
        return Result(text + self.words["meaning"], (*steps, *once_steps), self._notes(values))

    def _monthly(self, values: Mapping[str, Any]) -> tuple[float, list[str]]:
        amounts = self.rules["amounts"]
        share = 0.5 if values.get("share") == "half" else 1.0
        monthly, steps = 0.0, []
        for name in ("infants", "pupils"):
            if number := values[name]:
                monthly += number * amounts[name] * share
                half = self.words["half"] if share < 1 else ""
                said = yuan(number * amounts[name] * share)
                steps.append(self.say(name, number=number, amount=yuan(amounts[name] * share), sum=said, half=half))
        if amount := amounts["elderly"][values["elderly"]]:
            monthly += amount
            steps.append(self.say(values["elderly"], amount=yuan(amount)))
        if amount := amounts["housing"][values["housing"]]:
            monthly += amount
            title = self.rules["housing_titles"][values["housing"]]
            steps.append(self.say("housing", title=title, amount=yuan(amount)))
        if values["study"] in ("degree", "both"):
            monthly += amounts["degree"]
            steps.append(self.say("degree", amount=yuan(amounts["degree"])))
        return monthly, steps

    def _once(self, values: Mapping[str, Any]) -> tuple[float, list[str], list[str]]:
        amounts = self.rules["amounts"]
        once, shorts, steps = 0.0, [], []
        if values["study"] in ("certificate", "both"):
            once += amounts["certificate"]
            said = yuan(amounts["certificate"])
            shorts.append(self.say("certificate_short", amount=said))
            steps.append(self.say("certificate", amount=said))
        over, most = amounts["medical_over"], amounts["medical_most"]
        if medical := min(max(values["medical"] - over, 0), most):
            once += medical
            shorts.append(self.say("medical_short", amount=yuan(medical)))
            parts = {"spent": yuan(values["medical"]), "over": yuan(over), "most": yuan(most)}
            steps.append(self.say("medical", amount=yuan(medical), **parts))
        return once, shorts, steps

    def _notes(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        apply = {
            "whole_year": True,
            "shared": values["elderly"] == "shared",
            "children": bool(values["infants"] + values["pupils"]),
            "loan": values["housing"] == "loan",
            "rent": values["housing"].startswith("rent"),
            "degree": values["study"] in ("degree", "both"),
            "medical": values["medical"] > 0,
            "app": True,
        }
        return self.notes(*(name for name, applies in apply.items() if applies))
