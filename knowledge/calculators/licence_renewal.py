"""When a driving licence can be renewed, until when it must be, and the yearly check from 70."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from knowledge.calculators.calculator import Calculator, NotPossible, Result
from knowledge.calculators.dates import Found, add_months, dates, said_day

LONG = "long"
EARLIEST = 1950
LATEST_YEARS = 11


class LicenceRenewalCalculator(Calculator):
    """机动车驾驶证申领和使用规定第六十二条、第六十三条、第七十四条、第七十九条."""

    def spotted(self, said: str) -> dict[str, Any]:
        """The day of expiry and the day of the first licence that a message names; to the day only."""
        values: dict[str, Any] = {}
        for found in dates(said):
            for name, rule in (("expiry", self.rules["expiring"]), ("issued", self.rules["issuing"])):
                is_named = re.search(rule["before"], said[: found.start]) or re.match(rule["after"], said[found.end :])
                if name not in values and found.day and is_named:
                    values[name] = self._written(found)
                    break
        return values | ({"expiry": "unknown"} if "issued" in values and "expiry" not in values else {})

    def answered(self, asked: str, text: str) -> dict[str, Any]:
        """A bare date, which must have its day."""
        found = next(dates(self.digits(text)), None) if asked in ("expiry", "issued") else None
        if found and not found.day:
            raise NotPossible(self.words["month_only"])
        return {asked: self._written(found)} if found else super().answered(asked, text)

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuses days of issue to come and days of expiry no licence bears."""
        super().check({name: value for name, value in values.items() if value})  # an age of 0 is not known
        today = self.today()
        if "issued" in values and not EARLIEST <= int(values["issued"][:4]) or values.get("issued", "") > str(today):
            raise NotPossible(self.words["odd"])
        expiry = values.get("expiry", LONG)
        if expiry not in (LONG, "unknown") and not EARLIEST <= int(expiry[:4]) <= today.year + LATEST_YEARS:
            raise NotPossible(self.words["odd"])

    def compute(self, values: Mapping[str, Any], today: date) -> Result:
        """What to do by when."""
        self.check(values)
        issued = date.fromisoformat(values["issued"]) if "issued" in values else None
        expiry, steps = self._expiry(values["expiry"], issued, today)
        notes = ["terms"] if expiry else []
        if values["expiry"] == "unknown":
            notes.append("assumed")
        text = self.words["long_assumed" if issued and values["expiry"] == "unknown" else "long"]
        if expiry:
            text, more = self._renewal(expiry, today)
            steps += more
            notes += ["where", "delay"]
        if values["age"] >= self.rules["yearly_age"]:
            proof, more = self._proof(issued, today)
            text += proof
            steps += more
            notes.append("proof")
        return Result(text, tuple(steps), self.notes(*notes, "big"))

    def _expiry(self, said: str, issued: date | None, today: date) -> tuple[date | None, list[str]]:
        """The day of expiry, None for a lasting licence; from the first licence where it is not known."""
        if said == LONG:
            return None, []
        if said != "unknown" or issued is None:
            return date.fromisoformat(said), []
        first = add_months(issued, self.rules["first_years"] * 12)
        second = add_months(first, self.rules["second_years"] * 12)
        steps = [self.say("step_issued", issued=said_day(issued), first=said_day(first))]
        if first >= today:
            return first, steps
        steps.append(self.say("step_second", second=said_day(second)))
        return (second, steps) if second >= today else (None, [*steps, self.words["step_third"]])

    def _renewal(self, expiry: date, today: date) -> tuple[str, list[str]]:
        opens = expiry - timedelta(days=self.rules["window_days"])
        cancel = add_months(expiry, self.rules["cancel_years"] * 12)
        restore = add_months(cancel, self.rules["restore_years"] * 12)
        said = {
            "expiry": said_day(expiry),
            "open": said_day(opens),
            "cancel": said_day(cancel),
            "restore": said_day(restore),
            "left": (expiry - today).days,
            "days": (today - expiry).days,
        }
        if today <= expiry:
            return self.say("open" if today >= opens else "early", **said), [self.say("step_window", **said)]
        steps = [self.say("step_expired", **said)]
        if today < cancel:
            return self.say("expired", **said), steps
        steps.append(self.say("step_restore", **said))
        return self.say("cancelled" if today <= restore else "gone", **said), steps

    def _proof(self, issued: date | None, today: date) -> tuple[str, list[str]]:
        if issued is None:
            return self.words["proof"], []
        cycle = _next_anniversary(issued, today - timedelta(days=self.rules["proof_days"]))
        end = cycle + timedelta(days=self.rules["proof_days"])
        text = self.say("proof_date", start=said_day(cycle), end=said_day(end))
        return text, [self.say("step_proof", cycle=said_day(cycle))]

    def _written(self, found: Found) -> str:
        try:
            return found.day_or(1).isoformat()
        except ValueError as error:
            raise NotPossible(self.words["no_day"]) from error


def _next_anniversary(day: date, after: date) -> date:
    years = after.year - day.year
    this_year = add_months(day, years * 12)
    return this_year if this_year >= after else add_months(day, (years + 1) * 12)
