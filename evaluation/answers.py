"""Whether citizens get the right answer from the running service; a new conversation for every case."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

from evaluation import plots
from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.judging import KINDS, check, judge, leads, message, top_candidate
from evaluation.metrics import Chance, calibration_error, reliability, risk_at, risk_coverage
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


def evaluate(speaker: Speaker, cases: list[Case], answer_from: float | None = None) -> Findings:
    """Ask every case; `answer_from`, the threshold that is in force, is marked in the report.

    Raises EvaluationError when the service cannot even say how a lost identity card is replaced.
    """
    for case in cases:
        check(case)
    if not _line(speaker, KNOWN_POSITIVE)["right"]:
        raise EvaluationError(f"服务答不对“{KNOWN_POSITIVE['turns'][0]}”,没有评测。")
    lines = [_line(speaker, case) for case in watched(cases, "问答")]
    chances = _chances(lines)
    result: dict[str, Any] = {
        **_figures(lines),
        "by_kind": {kind: _counts([line for line in lines if line["kind"] == kind]) for kind in KINDS},
    }
    if any(line.get("unseen") for line in lines):
        for part, mark in (("unseen", True), ("seen", False)):
            result[part] = _figures([line for line in lines if bool(line.get("unseen")) == mark])
    shipped = {} if answer_from is None else {f"{answer_from:.2f}": risk_at(chances, answer_from)}
    drawn = {
        "reliability.svg": plots.reliability(reliability(chances)),
        "risk-coverage.svg": plots.risk_coverage(risk_coverage(chances), shipped),
    }
    body = [_body(result), _sureness(result["ece"], chances, shipped), _failures(lines)]
    return Findings(result, "\n\n".join(body), lines, drawn)


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


def _chances(lines: list[Case]) -> list[Chance]:
    return [line["top"] for line in lines if line["top"]]


def _figures(lines: list[Case]) -> dict[str, Any]:
    return {**_counts(lines), "ece": round(calibration_error(_chances(lines)), 4)}


def _failure(line: Case) -> tuple[object, ...]:
    verdict = "答错" if line["wrong"] else "不符"
    return line["id"], line["turns"][-1], line["outcomes"][-1], "、".join(line["origin"]), verdict


def _body(result: dict[str, Any]) -> str:
    rows = [(kind, *counts.values()) for kind, counts in result["by_kind"].items()]
    parts = {"unseen": "没见过的", "seen": "见过的"}
    rows += [(label, *(result[part][name] for name in COUNTED)) for part, label in parts.items() if part in result]
    rows.append(("合计", *(result[name] for name in COUNTED)))
    return table(["类别", "题数", "回答了", "其中答错", "没有回答(反问或承认)", "完全符合"], rows)


def _sureness(ece: float, chances: Sequence[Chance], shipped: dict[str, tuple[float, float]]) -> str:
    rows = [(f"{said:.2f}", f"{came:.2f}", count) for said, came, count in reliability(chances)]
    marked = [
        f"上线的门槛 {name}:{answered:.1%} 的题达到它,其中第一名不对的 {wrong:.1%}。"
        for name, (answered, wrong) in shipped.items()
    ]
    return "\n\n".join(
        [
            "## 把握程度",
            f"{len(chances)} 道题有第一名可对照,校准误差(ECE){ece}。点越靠近虚线,说的把握越可信;数字是题数。",
            "![横轴是说的把握,纵轴是第一名真对的比例](reliability.svg)",
            table(["说的把握(平均)", "第一名对的比例", "题数"], rows),
            "门槛从严到宽,回答的题越来越多(横轴),其中第一名不对的比例(纵轴)怎样变:",
            "![横轴是回答的比例,纵轴是其中不对的比例](risk-coverage.svg)",
            *marked,
        ]
    )


def _failures(lines: list[Case]) -> str:
    failed = [_failure(line) for line in lines if not line["right"]]
    listed = table(["题", "最后一问", "结果", "出处", "判定"], failed)
    return f"## 不符合预期的({len(failed)} 道)\n\n{listed}"
