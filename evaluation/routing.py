"""Whether a message goes where it belongs: a question, a problem, or chit-chat."""

from typing import Any, Protocol

from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.metrics import accuracy, confusion, macro_f1, scores
from evaluation.progress import watched
from evaluation.report import Findings, table

INTENTS = {
    "ask_policy": ("ask", "ask_facet", "calculate"),
    "report_problem": ("report", "suggest", "emergency"),
    "chitchat": ("greet", "thank", "goodbye", "small_talk"),
}
ROUTES = {intent: route for route, intents in INTENTS.items() for intent in intents}
OTHER = "other"  # no route: always wrong
KNOWN_POSITIVE = ("谢谢您", "chitchat")
SHORT = 20  # characters: below, a report says little more than what is wrong


class Parser(Protocol):
    """Something that understands texts."""

    def parse(self, text: str) -> dict[str, Any]:
        """At least `intent` with its `name`."""


def evaluate(parser: Parser, cases: list[Case]) -> Findings:
    """Route every case. Raises EvaluationError for an unknown route, or when a plain thank-you is not understood."""
    unknown = {case["route"] for case in cases} - set(INTENTS)
    if unknown:
        raise EvaluationError(f"没有这样的去向:{'、'.join(sorted(map(str, unknown)))};只能是 {'、'.join(INTENTS)}。")
    text, expected = KNOWN_POSITIVE
    if _route(parser, text)[0] != expected:
        raise EvaluationError(f"模型连“{text}”都没有听懂,没有评测;请重新运行 wenzheng prepare。")
    lines = [_line(parser, case) for case in watched(cases, "去向")]
    wrong = [line for line in lines if line["got"] != line["route"]]
    result = _figures([(line["route"], line["got"]) for line in lines])
    result["short_reports"] = _short_reports(lines)
    result["misrouted"] = [{"id": line["id"], "expected": line["route"], "got": line["got"]} for line in wrong]
    return Findings(result, _body(result, wrong), lines)


def _line(parser: Parser, case: Case) -> Case:
    got, intent = _route(parser, case["text"])
    return {**case, "got": got, "intent": intent}


def _route(parser: Parser, text: str) -> tuple[str, str]:
    intent = str(parser.parse(text)["intent"]["name"])
    return ROUTES.get(intent, OTHER), intent


def _figures(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "cases": len(pairs),
        "accuracy": round(accuracy(pairs), 4),
        "macro_f1": round(macro_f1(pairs), 4),
        "per_route": {
            route: {name: round(value, 4) for name, value in vars(scores(pairs, route)).items()} for route in INTENTS
        },
        "confusion": confusion(pairs),
    }


def _short_reports(lines: list[Case]) -> dict[str, Any]:
    """How many of the short problems are understood as problems; no recall where there are none."""
    short = [line for line in lines if line["route"] == "report_problem" and len(line["text"]) < SHORT]
    hits = sum(line["got"] == line["route"] for line in short)
    return {"cases": len(short), "recall": round(hits / len(short), 4) if short else None}


def _body(result: dict[str, Any], wrong: list[Case]) -> str:
    rows = [(route, *figures.values()) for route, figures in result["per_route"].items()]
    columns = [*INTENTS, OTHER]
    came = [(route, *(result["confusion"].get(route, {}).get(got, 0) for got in columns)) for route in INTENTS]
    short = result["short_reports"]
    misrouted = [(line["id"], line["text"], line["route"], line["intent"]) for line in wrong]
    return "\n\n".join(
        [
            f"{result['cases']} 条消息,准确率 {result['accuracy']},宏平均 F1 {result['macro_f1']}。",
            table(["去向", "精确率", "召回率", "F1"], rows),
            f"不到 {SHORT} 个字的反映 {short['cases']} 条,听出来的比例 {short['recall']}。",
            "## 应去哪里(行)、去了哪里(列)",
            table(["", *columns], came),
            f"## 走错的({len(wrong)} 条)",
            table(["题", "消息", "应去", "意图"], misrouted),
        ]
    )
