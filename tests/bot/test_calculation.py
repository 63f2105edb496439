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


def test_a_part_of_the_wage_is_an_answer_however_long_and_a_long_message_about_else_is_none() -> None:
    guard = CalculationGuard(CalculationGuard.get_default_config())
    asked = {"id": "dismissal", "values": {"service": 36, "reason": "layoff"}, "asked": "wage"}
    goes_on = {"id": "dismissal", "goes_on": True}
    for text in ("我每个月到手的工资大概是6000块钱左右吧", "底薪3000，提成平均5000，一共8000左右"):
        assert guard._meant(text, {}, {}, asked) == goes_on
        assert guard._meant(text, {}, {"decision": "answer"}, asked) is None
    assert guard._meant("社保局的电话是多少，周末有没有人上班啊", {}, {}, asked) is None
