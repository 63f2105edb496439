"""Whether reports are read right, over a reader that one can read and over the trained model."""

from typing import Any

import pytest

from commands.prepare import RASA_MODEL
from evaluation import cases, reports
from evaluation.errors import EvaluationError
from evaluation.reports import same_place
from evaluation.understanding import Understanding


class Reader:
    """Finds the places that it was given."""

    def __init__(self, **places: str) -> None:
        self.places = {"人民路12号的路灯坏了": "人民路12号"} | places

    def parse(self, text: str) -> dict[str, Any]:
        place = self.places.get(text)
        time = {"entity": "time", "value": "昨天"}
        return {"intent": {"name": "report"}, "entities": [time] + [{"entity": "place", "value": place}] * bool(place)}


def case(name: str, text: str, place: str | None, matter: str) -> dict[str, Any]:
    return {"id": name, "text": text, "place": place, "matter": matter}


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("桂花路 3 号", "桂花路3号。", True),
        ("桂花路3号门口", "桂花路3号", True),
        ("桂花路", "桂花路邮局那一段", False),  # more than 40 % longer
        ("桂花路", "桃花路", False),
        (None, None, True),
        (None, "桂花路", False),
        ("桂花路", None, False),
    ],
)
def test_a_place_may_be_a_little_longer_or_shorter(expected: str | None, found: str | None, same: bool) -> None:
    assert same_place(expected, found) is same


def test_place_and_matter_are_judged_apart_and_misses_are_listed() -> None:
    told = [
        case("a", "桂花路3号,水管爆了", "桂花路3号", "水管爆了"),
        case("b", "东湖小区垃圾没人收", "东湖小区", "垃圾 没人收"),
        case("c", "我要投诉", None, "态度差"),
    ]
    found = reports.evaluate(Reader(**{told[0]["text"]: "桂花路3号"}), told)
    assert found.result == {"cases": 3, "place": 0.6667, "matter": 0.6667, "both": 0.3333, "misses": ["b", "c"]}
    assert "| b | 东湖小区垃圾没人收 | 东湖小区 | 无 |" in found.body


def test_a_reader_that_finds_nothing_is_refused_instead_of_scored_zero() -> None:
    reader = Reader()
    reader.places.clear()
    with pytest.raises(EvaluationError, match="人民路12号"):
        reports.evaluate(reader, [case("a", "水管爆了", None, "水管爆了")])


@pytest.mark.prove
def test_the_trained_model_reads_the_shipped_cases() -> None:
    told = cases.read(cases.shipped("reports", "development"), "text", "place", "matter")
    found = reports.evaluate(Understanding(RASA_MODEL), told)
    assert found.result["matter"] > 0.9
    assert found.result["place"] > 0.4
