"""How well the right entry or document is found, by each of the systems side by side."""

import time
from dataclasses import dataclass, field
from typing import Any

from evaluation import plots
from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.metrics import mean_reciprocal_rank, rank, recall_at
from evaluation.progress import watched
from evaluation.report import Findings, table
from evaluation.searchable import Searchable
from evaluation.systems import System

DEPTH = 10  # places that count, and that are written down
SHOWN_MISSES = 50
NOTES = {
    "keyword": "只按词",
    "dense": "只按没有微调过的模型的向量",
    "product": "上线的模型和配比",
    "response_selector": "Rasa 自带的 ResponseSelector,用同样条目的问法训练",
}


@dataclass
class _Track:
    """What one system did: for each case the ranked ids and the seconds that it took."""

    ranked: list[list[str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def evaluate(searchable: Searchable, ways: dict[str, System], cases: list[Case]) -> Findings:
    """Rank every case by every system; cases marked `unseen` are reported apart as well.

    Raises EvaluationError when a system misses what it must find.
    """
    relevant = [{str(one) for one in case["relevant"]} for case in cases]
    unknown = sum(not known & searchable.ids() for known in relevant)
    if unknown == len(cases):
        raise EvaluationError("没有一道题的 relevant 出现在被检索的内容里,请检查两个文件是不是一对。")
    _check_known_positive(searchable, ways)
    tracks = {name: _Track() for name in ways}
    for case in watched(cases, "检索"):
        _run(case["question"], ways, tracks)
    ranks = {name: [rank(*pair) for pair in zip(track.ranked, relevant, strict=True)] for name, track in tracks.items()}
    result = _result(cases, tracks, ranks)
    lines = [
        {
            **case,
            "ranked": {name: track.ranked[i] for name, track in tracks.items()},
            "rank": {name: found[i] for name, found in ranks.items()},
        }
        for i, case in enumerate(cases)
    ]
    return Findings(result, _body(result, lines, unknown), lines, {"recall.svg": _plot(result)})


def _run(question: str, ways: dict[str, System], tracks: dict[str, _Track]) -> None:
    for name, system in ways.items():
        started = time.perf_counter()
        tracks[name].ranked.append(system(question)[:DEPTH])
        tracks[name].seconds.append(time.perf_counter() - started)


def _result(cases: list[Case], tracks: dict[str, _Track], ranks: dict[str, list[int | None]]) -> dict[str, Any]:
    """The figures of all cases and, where any is marked, of the unseen and the seen ones."""

    def figures(chosen: list[int]) -> dict[str, Any]:
        of_systems = {
            name: _figures([ranks[name][i] for i in chosen], [track.seconds[i] for i in chosen])
            for name, track in tracks.items()
        }
        return {"queries": len(chosen), "systems": of_systems}

    every = range(len(cases))
    marked = {mark: [i for i in every if bool(cases[i].get("unseen")) == mark] for mark in (True, False)}
    parts = {"unseen": marked[True], "seen": marked[False]} if marked[True] else {}
    return figures(list(every)) | {name: figures(chosen) for name, chosen in parts.items() if chosen}


def _figures(ranks: list[int | None], seconds: list[float]) -> dict[str, float]:
    return {
        "recall@1": round(recall_at(1, ranks), 4),
        "recall@5": round(recall_at(5, ranks), 4),
        "mrr@10": round(mean_reciprocal_rank(ranks, DEPTH), 4),
        "ms_per_query": round(sum(seconds) * 1000 / len(seconds), 2),
    }


def _check_known_positive(searchable: Searchable, ways: dict[str, System]) -> None:
    known = searchable.known_positive()
    for name, system in ways.items():
        if known.entry not in system(known.text)[:DEPTH]:
            raise EvaluationError(f"{name} 用“{known.text[:40]}”找不到它自己({known.entry}),检索有问题,没有评测。")


def _plot(result: dict[str, Any]) -> str:
    heads = ("recall@1", "recall@5", "mrr@10")
    return plots.bars(heads, {name: [one[head] for head in heads] for name, one in result["systems"].items()})


def _table(systems_: dict[str, dict[str, float]]) -> str:
    rows = [(name, *figures.values()) for name, figures in systems_.items()]
    return table(["系统", "recall@1", "recall@5", "MRR@10", "毫秒/题"], rows)


def _body(result: dict[str, Any], lines: list[Case], unknown: int) -> str:
    labels = {"unseen": "没见过的(条目不在训练和开发题里)", "seen": "见过的"}
    parts = [
        f"## {label}:{result[part]['queries']} 道题\n\n{_table(result[part]['systems'])}"
        for part, label in labels.items()
        if part in result
    ]
    missed = [line for line in lines if line["rank"]["product"] != 1]
    misses = [
        (line["id"], line["question"], "、".join(map(str, line["relevant"])), "、".join(line["ranked"]["product"][:3]))
        for line in missed[:SHOWN_MISSES]
    ]
    return "\n\n".join(
        [
            f"{result['queries']} 道题。{';'.join(f'{name}:{NOTES[name]}' for name in result['systems'])}。",
            _table(result["systems"]),
            "![各系统的召回率](recall.svg)",
            *([f"注意:{unknown} 道题的 relevant 不在被检索的内容里,按没有找到计。"] if unknown else []),
            *parts,
            f"## product 第一名不对的题({len(missed)} 道,最多列 {SHOWN_MISSES} 道)",
            table(["题", "问题", "应为", "得到"], misses),
        ]
    )
