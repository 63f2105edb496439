"""What a calculation says: the result, how it was counted and what to mind, in the text as on the card."""

from datetime import date
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.calculations import ActionCalculate
from actions.cards import related
from foundation.database import Database
from knowledge.calculators import CALCULATORS
from knowledge.calculators.signing import sign
from knowledge.entry import parse
from knowledge.publishing import CORPUS
from tests.knowledge.import_files import with_sources
from tests.test_repository import ROOT


def calculated(calculator: str, **values: Any) -> dict[str, Any]:
    """What is said once these values are known."""
    slots = {"calculation": {"id": calculator, "values": values, "asked": None}}
    message = {"text": "", "intent": {"name": "calculate"}, "calculation": {"id": calculator, "goes_on": True}}
    dispatcher = CollectingDispatcher()
    events = ActionCalculate().run(dispatcher, Tracker("c1", slots, message, [], False, None, {}, None), {})
    [said] = dispatcher.messages
    replied: dict[str, Any] = said | {"events": events}
    return replied


def text(said: dict[str, Any]) -> str:
    """The fixed words of the response, filled in."""
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    words: str = responses[said["response"]][0]["text"]
    return words.format_map(said)


def test_the_text_alone_is_the_whole_reply(database: Database) -> None:
    with_sources(database)
    said = calculated("dismissal", service=36, reason="layoff", wage=8000)
    facets = said["custom"]["reply"]["facets"]
    assert [one["name"] for one in facets] == ["怎么算的", "注意"]
    whole = text(said)
    assert "24000元" in whole and "劳动合同法" in whole
    for facet in facets:
        assert f"{facet['name']}：\n{facet['text']}" in whole


def test_a_calculator_out_of_force_ends_with_words_and_is_offered_no_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sources(database)
    entry = parse((CORPUS / "社保与退休/retirement-age.md").read_text(encoding="utf-8"))
    assert [one["title"] for one in related(entry)] == ["帮我算：算退休年龄"]
    monkeypatch.setattr(CALCULATORS["retirement"], "valid_to", date(2026, 1, 1))
    assert related(entry) == []
    said = calculated("retirement", year=1970, month=1)
    assert said["response"] == "utter_calculation_over" and "到期" in text(said)
    assert {"event": "slot", "name": "calculation", "value": None, "timestamp": None} in said["events"]


def test_a_result_is_a_sample_until_its_rules_are_signed(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        sign(connection, ["retirement"], "ke-zhang")
    signed = calculated("retirement", year=1970, month=1, group="man")
    assert signed["custom"]["reply"]["sample"] is False and "示例内容" not in text(signed)
    other = calculated("dismissal", service=36, reason="layoff", wage=8000)
    assert other["custom"]["reply"]["sample"] is True and "示例内容" in text(other)
