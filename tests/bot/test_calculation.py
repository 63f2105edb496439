"""The guard that sees what is to be counted."""

from datetime import date

import pytest

from bot.nlu import calculation
from bot.nlu.calculation import CalculationGuard
from knowledge.calculators import CALCULATORS


def test_nothing_is_begun_outside_the_days_of_its_rules_and_what_was_begun_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard = CalculationGuard(CalculationGuard.get_default_config())
    monkeypatch.setattr(calculation, "today", lambda: date(2028, 1, 1))
    assert guard._meant("帮我算一下退休年龄", {}, {}, None) == {"id": "retirement", "goes_on": False}
    monkeypatch.setattr(CALCULATORS["retirement"], "valid_to", date(2027, 12, 31))
    assert guard._meant("帮我算一下退休年龄", {}, {}, None) is None
    asked = {"id": "retirement", "values": {}, "asked": "year"}
    assert guard._meant("1978年1月", {}, {}, asked) == {"id": "retirement", "goes_on": True}
