"""How long an answer takes, beside a bare Rasa bot and the embedding alone, in one run; and the memory that is held."""

import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import cycle, islice
from typing import Any

from evaluation.bare import BareBot
from evaluation.metrics import percentile
from evaluation.processes import Process
from evaluation.progress import watched
from evaluation.report import Findings, table
from evaluation.service import Answer, Service
from knowledge.embedder import Embedder

WARM_UP = 5  # rounds that are not counted
LABELS = {"whole": "完整答复(消息接口)", "bare": "裸 Rasa,一个自定义动作", "embedding": "只算向量"}
Contender = Callable[[str], object]


def contenders(service: Service, bare: BareBot, embedder: Embedder, answers: list[Answer]) -> dict[str, Contender]:
    """What is compared, each for one question in a new conversation; what the service says is added to `answers`."""
    return {
        "whole": lambda question: answers.append(service.say({"text": question})),
        "bare": lambda question: bare.say(uuid.uuid4().hex, question),
        "embedding": lambda question: embedder.queries([question]),
    }


def measure(
    ways: dict[str, Contender], questions: Sequence[str], messages: int, seconds: float
) -> dict[str, list[float]]:
    """Milliseconds of each message by contender; the order turns, and no round begins after `seconds`."""
    names = list(ways)
    for question in islice(cycle(questions), WARM_UP):
        for name in names:
            ways[name](question)
    taken: dict[str, list[float]] = {name: [] for name in names}
    deadline = time.monotonic() + seconds
    for place, question in enumerate(watched(list(islice(cycle(questions), messages)), "计时")):
        if time.monotonic() > deadline:
            break
        turn = place % len(names)
        for name in names[turn:] + names[:turn]:
            started = time.perf_counter()
            ways[name](question)
            taken[name].append((time.perf_counter() - started) * 1000)
    return taken


def findings(taken: dict[str, list[float]], answers: Sequence[Answer], processes: Sequence[Process]) -> Findings:
    """Median and 95th percentile in milliseconds, ratios, how the answers ended (warm-up included), memory in MiB."""
    figures = {
        name: {"median_ms": percentile(values, 50), "p95_ms": percentile(values, 95)} for name, values in taken.items()
    }
    result = {
        "messages": len(taken["whole"]),
        **{name: {key: round(value, 1) for key, value in figure.items()} for name, figure in figures.items()},
        "ratios": {f"whole_to_{other}": _ratio(figures["whole"], figures[other]) for other in ("bare", "embedding")},
        "outcomes": dict(Counter(answer["outcome"] for answer in answers)),
        "memory": {
            "processes": [asdict(process) for process in processes],
            "sum_mib": round(sum(process.mib for process in processes), 1),
        },
    }
    lines = [
        {"message": place, **{f"{name}_ms": round(values[place], 2) for name, values in taken.items()}}
        for place in range(len(taken["whole"]))
    ]
    return Findings(result, _body(result), lines)


def _ratio(figure: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name.removesuffix("_ms"): round(value / other[name], 2) for name, value in figure.items()}


def _body(result: dict[str, Any]) -> str:
    times = [(label, result[name]["median_ms"], result[name]["p95_ms"]) for name, label in LABELS.items()]
    ratios = [(name, *ratio.values()) for name, ratio in result["ratios"].items()]
    held = [(one["name"], one["pid"], one["mib"]) for one in result["memory"]["processes"]]
    return "\n\n".join(
        [
            f"每种 {result['messages']} 条消息,同一轮里轮流发,每条都是新会话。",
            table(["", "中位数(毫秒)", "第 95 百分位(毫秒)"], times),
            table(["倍数", "中位数", "第 95 百分位"], ratios),
            f"服务的答复(含热身):{'、'.join(f'{name} {count}' for name, count in result['outcomes'].items())}。",
            f"服务占用内存合计 {result['memory']['sum_mib']} MiB(各进程常驻内存之和,共用的部分重复计算)。",
            table(["进程", "编号", "MiB"], held),
        ]
    )
