"""Tone: greetings, transitions and closings change; facts, complaints and emergencies never."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.tone import dressed, phrases
from knowledge.local import STANDARD, TONES, LocalValues

ROOT = Path(__file__).parents[2]
RESPONSES: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
OUTCOMES: dict[str, Any] = yaml.safe_load((ROOT / "bot/outcomes.yml").read_text(encoding="utf-8"))
SERIOUS = ("emergency", "ticket_", "collecting", "cancelled", "handed_over", "waiting", "refused", "unavailable")
FACTS = ("answered", "answered_facet", "calculated")


def text_of(response: str) -> str:
    text: str = RESPONSES[response][0]["text"]
    return text


@pytest.mark.parametrize("tone", TONES)
def test_facts_complaints_and_emergencies_sound_the_same_in_every_tone(tone: str) -> None:
    for outcome, about in OUTCOMES.items():
        if outcome.startswith(SERIOUS) or outcome in FACTS:
            for response in about["responses"]:
                assert dressed(response, text_of(response), tone) == text_of(response), response
    card = "身份证丢了怎么补\n本人去派出所。\n依据：《居民身份证法》第十一条"
    assert dressed("utter_answered", card, tone) == card


def test_every_phrase_stands_in_its_response_and_has_words_in_every_tone() -> None:
    for response, pieces in phrases().items():
        for piece in pieces:
            assert piece["says"] in text_of(response), response
            assert set(piece) == {"says", *TONES} - {STANDARD}


def test_a_tone_changes_the_greeting_and_leaves_the_rest_of_it() -> None:
    said = {tone: dressed("utter_greet", text_of("utter_greet"), tone) for tone in TONES}
    assert len(set(said.values())) == len(TONES)
    assert all(text.endswith("我帮您转给 12345 热线。") for text in said.values())


def test_no_tone_brings_a_number_or_a_law_of_its_own() -> None:
    for pieces in phrases().values():
        for piece in pieces:
            for tone in ("warm", "lively"):
                added = set(re.findall(r"\d+|《[^》]+》", piece[tone]))
                assert added <= set(re.findall(r"\d+|《[^》]+》", piece["says"]))


def test_a_tone_that_nobody_knows_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("city: 甲市\ntone: rude\nvalues: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="rude"):
        LocalValues("甲市", tmp_path)
