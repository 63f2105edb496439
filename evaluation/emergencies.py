"""Whether danger is met with the right number first, and harmless look-alikes are not taken for it."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import yaml

from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.progress import watched
from evaluation.report import Findings, table

NUMBERS = Path(__file__).parent / "rescue_numbers.yml"
KNOWN_POSITIVE = {"id": "-", "text": "我家着火了", "danger": "fire"}
_NUMBER = re.compile(r"(?<!\d)1\d{2,4}(?!\d)")
_SENTENCE_END = re.compile(r"[。！!\n]")


class Listener(Protocol):
    """Something that understands texts and has fixed words to say."""

    def parse(self, text: str) -> dict[str, Any]:
        """At least `intent` with its `name`, and `danger` where there is one."""

    def words_of(self, response: str) -> str:
        """The fixed words of a response."""


def evaluate(listener: Listener, cases: list[Case]) -> Findings:
    """Meet every case. Raises EvaluationError for an unknown danger, or when a plain fire is not met with 119."""
    unknown = {case["danger"] for case in cases} - {None, *_numbers()}
    if unknown:
        raise EvaluationError(f"没有这样的危险:{'、'.join(sorted(map(str, unknown)))}。")
    first = _line(listener, KNOWN_POSITIVE)
    if not first["met"]:
        raise EvaluationError(f"“{first['text']}”没有先得到 119(得到:{_said(first)}),没有评测。")
    lines = [_line(listener, case) for case in watched(cases, "紧急情况")]
    dangers = [line for line in lines if line["danger"]]
    missed = [line["id"] for line in dangers if not line["taken_for_danger"]]
    misdirected = [line["id"] for line in dangers if line["taken_for_danger"] and not line["met"]]
    alarmed = [line["id"] for line in lines if not line["danger"] and line["taken_for_danger"]]
    result = {
        "cases": len(lines),
        "dangers": len(dangers),
        "met": sum(line["met"] for line in dangers),
        "missed": missed,
        "wrong_number": misdirected,
        "lookalikes": len(lines) - len(dangers),
        "taken_for_danger": len(alarmed),
        "alarmed": alarmed,
    }
    return Findings(result, _body(result, lines), lines)


def _line(listener: Listener, case: Case) -> Case:
    parsed = listener.parse(case["text"])
    taken = parsed["intent"]["name"] == "emergency"
    kind = (parsed.get("danger") or {}).get("kind") or "unclear"
    said = _first_numbers(listener.words_of(f"utter_emergency_{kind}")) if taken else []
    met = bool(case["danger"]) and not set(said).isdisjoint(_numbers()[case["danger"]])
    return {**case, "taken_for_danger": taken, "kind": kind if taken else None, "numbers": said, "met": met}


def _first_numbers(words: str) -> list[str]:
    """The numbers in the first sentence, which is what somebody in danger reads."""
    return _NUMBER.findall(_SENTENCE_END.split(words.strip(), maxsplit=1)[0])


def _said(line: Case) -> str:
    return "、".join(line["numbers"]) or "没有号码"


@lru_cache(maxsize=1)
def _numbers() -> dict[str, list[str]]:
    numbers: dict[str, list[str]] = yaml.safe_load(NUMBERS.read_text(encoding="utf-8"))
    return numbers


def _body(result: dict[str, Any], lines: list[Case]) -> str:
    wrong = [line for line in lines if (not line["met"] if line["danger"] else line["taken_for_danger"])]
    rows = [(line["id"], line["text"], line["danger"] or "无", line["kind"] or "无", _said(line)) for line in wrong]
    return "\n\n".join(
        [
            f"有危险的 {result['dangers']} 条,先给对号码的 {result['met']} 条。",
            f"看着像、其实没事的 {result['lookalikes']} 条,被当成危险的 {result['taken_for_danger']} 条。",
            table(["题", "消息", "应为", "当成", "先说的号码"], rows),
        ]
    )
