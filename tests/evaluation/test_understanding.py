"""Routing and emergencies, over a model that one can read; the trained one is loaded by the command itself."""

from typing import Any

import pytest

from evaluation import emergencies, routing
from evaluation.errors import EvaluationError
from evaluation.understanding import as_rasa_reads


class Model:
    """Understands the texts that it was given, and nothing else."""

    def __init__(self, **intents: str) -> None:
        self.intents = {"谢谢您": "thank", "我家着火了": "emergency/fire"} | intents
        self.words = {
            "utter_emergency_fire": "请马上打119。有人受伤打120。",
            "utter_emergency_medical": "请马上打120。",
            "utter_emergency_unclear": "您先别急。有危险请打110。",
        }

    def parse(self, text: str) -> dict[str, Any]:
        intent, _, kind = self.intents.get(text, "nlu_fallback").partition("/")
        return {"intent": {"name": intent}, "danger": {"kind": kind} if kind else None}

    def words_of(self, response: str) -> str:
        return self.words.get(response, "")


def route_cases(*routes: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"id": str(i), "text": text, "route": route} for i, (text, route) in enumerate(routes)]


def test_routes_are_counted_in_the_form_of_the_contract() -> None:
    understood = {"问": "ask", "点": "ask_facet", "错": "report", "报": "report", "建议": "suggest", "火": "emergency"}
    model = Model(**understood, 好="greet", 算了="cancel")
    told = [("问", "ask_policy"), ("点", "ask_policy"), ("错", "ask_policy")]
    told += [("报", "report_problem"), ("建议", "report_problem"), ("火", "report_problem")]
    told += [("好", "chitchat"), ("算了", "chitchat")]
    found = routing.evaluate(model, route_cases(*told))
    assert list(found.result) == [
        "cases",
        "accuracy",
        "macro_f1",
        "per_route",
        "confusion",
        "short_reports",
        "misrouted",
    ]
    assert found.result["accuracy"] == 0.75
    assert found.result["per_route"]["report_problem"] == {"precision": 0.75, "recall": 1.0, "f1": 0.8571}
    assert found.result["confusion"]["ask_policy"] == {"ask_policy": 2, "report_problem": 1}
    assert found.result["misrouted"] == [
        {"id": "2", "expected": "ask_policy", "got": "report_problem"},
        {"id": "7", "expected": "chitchat", "got": "other"},
    ]
    assert [line["intent"] for line in found.lines if line["got"] == "other"] == ["cancel"]


def test_short_problems_are_counted_apart_and_the_report_shows_where_all_went() -> None:
    model = Model(路灯不亮="report", 井盖没了="ask")
    long = "小区门口的路灯已经不亮好多天了没有人来修"
    told = [("路灯不亮", "report_problem"), ("井盖没了", "report_problem"), (long, "report_problem")]
    found = routing.evaluate(model, route_cases(*told))
    assert found.result["short_reports"] == {"cases": 2, "recall": 0.5}
    assert "| report_problem | 1 | 1 | 0 | 1 |" in found.body
    without = routing.evaluate(model, route_cases(("谢谢您", "chitchat")))
    assert without.result["short_reports"] == {"cases": 0, "recall": None}


def test_a_model_that_understands_nothing_is_refused_instead_of_scored_zero() -> None:
    model = Model(谢谢您="nlu_fallback")
    with pytest.raises(EvaluationError, match="谢谢您"):
        routing.evaluate(model, route_cases(("问", "ask_policy")))


def test_an_unknown_route_is_refused() -> None:
    with pytest.raises(EvaluationError, match="weather"):
        routing.evaluate(Model(), route_cases(("问", "weather")))


def danger_cases(*dangers: tuple[str, str | None]) -> list[dict[str, Any]]:
    return [{"id": str(i), "text": text, "danger": danger} for i, (text, danger) in enumerate(dangers)]


def test_a_danger_is_met_when_its_number_stands_in_the_first_sentence() -> None:
    kinds = {"冒烟": "fire", "晕倒": "medical", "打人": "medical"}
    model = Model(**{text: f"emergency/{kind}" for text, kind in kinds.items()}, 溺水="emergency", 漏水="report")
    told = [("冒烟", "fire"), ("晕倒", "medical"), ("打人", "violence")]
    told += [("溺水", "drowning_or_trapped"), ("不见了", "missing_person")]
    found = emergencies.evaluate(model, danger_cases(*told, ("漏水", None), ("演习", None)))
    assert found.result["met"] == 2
    # not noticed at all; the wrong number, and a number only in the second sentence
    assert found.result["missed"] == ["4"]
    assert found.result["wrong_number"] == ["2", "3"]
    assert (found.result["dangers"], found.result["lookalikes"]) == (5, 2)


def test_look_alikes_that_were_taken_for_danger_are_listed() -> None:
    found = emergencies.evaluate(Model(气死了="emergency/medical"), danger_cases(("气死了", None), ("按钮坏了", None)))
    assert (found.result["taken_for_danger"], found.result["alarmed"]) == (1, ["0"])
    assert "气死了" in found.body
    assert "按钮坏了" not in found.body


def test_a_model_without_words_for_a_fire_is_refused() -> None:
    model = Model()
    model.words.clear()
    with pytest.raises(EvaluationError, match="119"):
        emergencies.evaluate(model, danger_cases(("冒烟", "fire")))


def test_rasa_reads_what_the_intake_would_send_it() -> None:
    assert as_rasa_reads("／restart 身份證丟了,電話13800138000,另一個13900139000") == (
        "restart 身份证丢了,电话〔电话1〕,另一个〔电话2〕"
    )
