"""Whether citizens get the right answer from the running service; a new conversation for every case."""

from dataclasses import asdict
from typing import Any, Protocol

from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.judging import KINDS, check, judge, leads, message, top_candidate
from evaluation.metrics import calibration_error
from evaluation.progress import watched
from evaluation.report import Findings, table
from evaluation.service import Answer

KNOWN_POSITIVE: Case = {
    "id": "known-positive",
    "kind": "answerable",
    "turns": ["身份证丢了怎么补"],
    "expect": {"entries": ["id-card-lost"], "outcomes": ["answered"], "must_have_any": [["身份证"]]},
}
COUNTED = ("cases", "answered", "wrong", "declined", "right")


class Speaker(Protocol):
    """Something that answers messages."""

    def say(self, message: dict[str, Any], conversation: str | None = None) -> Answer:
        """The answer to one message."""

    def erase(self, conversation: str) -> None:
        """Forget a conversation."""


def evaluate(speaker: Speaker, cases: list[Case]) -> Findings:
    """Ask every case. Raises EvaluationError when the service cannot even say how a lost identity card is replaced."""
    for case in cases:
        check(case)
    if not _line(speaker, KNOWN_POSITIVE)["right"]:
        raise EvaluationError(f"服务答不对“{KNOWN_POSITIVE['turns'][0]}”,没有评测。")
    lines = [_line(speaker, case) for case in watched(cases, "问答")]
    chances = [tuple(line["top"]) for line in lines if line["top"]]
    result = {
        **_counts(lines),
        "ece": round(calibration_error(chances), 4),
        "by_kind": {kind: _counts([line for line in lines if line["kind"] == kind]) for kind in KINDS},
    }
    return Findings(result, _body(result, lines), lines)


def written(line: Case) -> Case:
    """The part of a case's line that `--out` holds."""
    return {name: line[name] for name in ("id", "replies", "leads", "outcomes", "evidence", "right")}


def _line(speaker: Speaker, case: Case) -> Case:
    answers: list[Answer] = []
    for turn in case["turns"]:
        answers.append(speaker.say(message(turn), answers[-1]["conversation"] if answers else None))
    speaker.erase(answers[-1]["conversation"])
    return {
        **case,
        "replies": [[reply["text"] for reply in answer["replies"]] for answer in answers],
        "leads": [leads(answer) for answer in answers],
        "outcomes": [answer["outcome"] for answer in answers],
        "evidence": [answer["evidence"] for answer in answers],
        "origin": [reply["origin"]["id"] for reply in answers[-1]["replies"]],
        "top": top_candidate(case, answers[-1]),
        **asdict(judge(case, answers[-1])),
    }


def _counts(lines: list[Case]) -> dict[str, int]:
    answered = sum(line["answered"] for line in lines)
    wrong, right = sum(line["wrong"] for line in lines), sum(line["right"] for line in lines)
    return dict(zip(COUNTED, (len(lines), answered, wrong, len(lines) - answered, right), strict=True))


def _failure(line: Case) -> tuple[object, ...]:
    verdict = "答错" if line["wrong"] else "不符"
    return line["id"], line["turns"][-1], line["outcomes"][-1], "、".join(line["origin"]), verdict


def _body(result: dict[str, Any], lines: list[Case]) -> str:
    rows = [(kind, *counts.values()) for kind, counts in result["by_kind"].items()]
    rows.append(("合计", *(result[name] for name in COUNTED)))
    failed = [_failure(line) for line in lines if not line["right"]]
    return "\n\n".join(
        [
            table(["类别", "题数", "回答了", "其中答错", "没有回答(反问或承认)", "完全符合"], rows),
            f"把握程度的校准误差(ECE){result['ece']}。",
            f"## 不符合预期的({len(failed)} 道)",
            table(["题", "最后一问", "结果", "出处", "判定"], failed),
        ]
    )
