"""Whether a report is read right: where it is, and what is wrong there."""

import re
from typing import Any

from actions.report_reading import matter
from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.progress import watched
from evaluation.report import Findings, table
from evaluation.routing import Parser
from evaluation.understanding import as_rasa_reads

LENGTHS_DIFFER = 0.4  # of the longer place, at most, where one place contains the other
KNOWN_POSITIVE: Case = {"id": "-", "text": "人民路12号的路灯坏了", "place": "人民路12号", "matter": "路灯坏了"}
_BESIDE_WORDS = re.compile(r"[\W_]+")


def evaluate(parser: Parser, cases: list[Case]) -> Findings:
    """Read every case. Raises EvaluationError when a plain place and matter are not found."""
    if not _line(parser, KNOWN_POSITIVE)["both"]:
        raise EvaluationError(f"从“{KNOWN_POSITIVE['text']}”里读不出地点和事情,没有评测。")
    lines = [_line(parser, case) for case in watched(cases, "反映")]
    shares = {part: round(sum(line[f"{part}_right"] for line in lines) / len(lines), 4) for part in ("place", "matter")}
    missed = [line for line in lines if not line["both"]]
    result = {
        "cases": len(lines),
        **shares,
        "both": round(1 - len(missed) / len(lines), 4),
        "misses": [line["id"] for line in missed],
    }
    return Findings(result, _body(result, missed), lines)


def same_place(expected: str | None, found: str | None) -> bool:
    """True when both are nothing, or one contains the other and is not much longer; punctuation counts for nothing."""
    one, other = sorted((_words(expected), _words(found)), key=len)
    return one in other and (len(other) - len(one)) <= LENGTHS_DIFFER * len(other)


def _line(parser: Parser, case: Case) -> Case:
    entities = parser.parse(case["text"]).get("entities") or []
    place = next((str(one["value"]) for one in entities if one["entity"] == "place"), None)
    kept = matter(as_rasa_reads(case["text"]))
    place_right = same_place(case["place"] and as_rasa_reads(case["place"]), place)
    matter_right = _words(as_rasa_reads(case["matter"])) in _words(kept)
    read = {"place_found": place, "matter_kept": kept, "place_right": place_right, "matter_right": matter_right}
    return {**case, **read, "both": place_right and matter_right}


def _words(text: str | None) -> str:
    return _BESIDE_WORDS.sub("", text or "")


def _body(result: dict[str, Any], missed: list[Case]) -> str:
    rows = [
        (one["id"], one["text"], one["place"], one["place_found"], one["matter"], one["matter_kept"]) for one in missed
    ]
    return "\n\n".join(
        [
            f"{result['cases']} 条反映:地点读对 {result['place']},事情读全 {result['matter']},都对 {result['both']}。",
            f"## 没有都读对的({len(missed)} 条)",
            table(["题", "消息", "地点", "读成", "事情", "留下"], [[cell or "无" for cell in row] for row in rows]),
        ]
    )
