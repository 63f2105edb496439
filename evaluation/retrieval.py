"""How well the right entry or document is found: by words alone, by vectors alone, and by the product."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.metrics import mean_reciprocal_rank, rank, recall_at
from evaluation.progress import watched
from evaluation.report import Findings, table
from evaluation.searchable import Searchable
from knowledge.embedder import Embedder
from knowledge.retriever import NEAR_MISS, WEIGHTS
from knowledge.vector_index import Vectors

DEPTH = 10  # places that count, and that are written down
SHOWN_MISSES = 50
System = Callable[[str, Vectors], list[str]]


@dataclass
class _Track:
    """What one system did: the ranked ids of each case and the seconds that all of them took."""

    ranked: list[list[str]] = field(default_factory=list)
    seconds: float = 0.0


def evaluate(searchable: Searchable, embedder: Embedder, cases: list[Case]) -> Findings:
    """Rank every case by every system. Raises EvaluationError when a system misses what it must find."""
    relevant = [{str(one) for one in case["relevant"]} for case in cases]
    unknown = sum(not known & searchable.ids() for known in relevant)
    if unknown == len(cases):
        raise EvaluationError("没有一道题的 relevant 出现在被检索的内容里,请检查两个文件是不是一对。")
    ways = systems(searchable)
    _check_known_positive(searchable, embedder, ways)
    tracks = {name: _Track() for name in ways}
    for case in watched(cases, "检索"):
        _run(case["question"], embedder, ways, tracks)
    ranks = {name: [rank(*pair) for pair in zip(track.ranked, relevant, strict=True)] for name, track in tracks.items()}
    result = {
        "queries": len(cases),
        "systems": {
            name: {
                "recall@1": round(recall_at(1, found), 4),
                "recall@5": round(recall_at(5, found), 4),
                "mrr@10": round(mean_reciprocal_rank(found, DEPTH), 4),
                "ms_per_query": round(tracks[name].seconds * 1000 / len(cases), 2),
            }
            for name, found in ranks.items()
        },
    }
    lines = [
        {
            **case,
            "ranked": {name: track.ranked[i] for name, track in tracks.items()},
            "rank": {name: found[i] for name, found in ranks.items()},
        }
        for i, case in enumerate(cases)
    ]
    return Findings(result, _body(result, lines, unknown), lines)


def systems(searchable: Searchable) -> dict[str, System]:
    """Each system takes a question and its vector, and gives ids, best first."""
    depth = WEIGHTS["passages"]

    def keyword(question: str, _vector: Vectors) -> list[str]:
        hits = zip(*searchable.keywords.search(searchable.words(question), depth), strict=True)
        return _best(searchable, (position for position, score in hits if score > 0))

    def dense(_question: str, vector: Vectors) -> list[str]:
        return _best(searchable, searchable.vectors.search(vector, depth)[0])

    def product(question: str, vector: Vectors) -> list[str]:
        return [find.entry for find in searchable.retriever.search(question, vector)]

    return {"keyword": keyword, "dense": dense, "product": product}


def _best(searchable: Searchable, positions: Iterable[int]) -> list[str]:
    """Each id once, at the place of its best passage."""
    passages = (searchable.passages[position] for position in positions)
    return list(dict.fromkeys(passage.entry for passage in passages if passage.kind != NEAR_MISS))


def _run(question: str, embedder: Embedder, ways: dict[str, System], tracks: dict[str, _Track]) -> None:
    started = time.perf_counter()
    vector = embedder.queries([question])[0]
    embedding = time.perf_counter() - started
    for name, system in ways.items():
        started = time.perf_counter()
        tracks[name].ranked.append(system(question, vector)[:DEPTH])
        tracks[name].seconds += time.perf_counter() - started + (0.0 if name == "keyword" else embedding)


def _check_known_positive(searchable: Searchable, embedder: Embedder, ways: dict[str, System]) -> None:
    known = searchable.known_positive()
    vector = embedder.queries([known.text])[0]
    for name, system in ways.items():
        if known.entry not in system(known.text, vector)[:DEPTH]:
            raise EvaluationError(f"{name} 用“{known.text[:40]}”找不到它自己({known.entry}),检索有问题,没有评测。")


def _body(result: dict[str, Any], lines: list[Case], unknown: int) -> str:
    rows = [(name, *figures.values()) for name, figures in result["systems"].items()]
    missed = [line for line in lines if line["rank"]["product"] != 1]
    misses = [
        (line["id"], line["question"], "、".join(map(str, line["relevant"])), "、".join(line["ranked"]["product"][:3]))
        for line in missed[:SHOWN_MISSES]
    ]
    return "\n\n".join(
        [
            f"{result['queries']} 道题。keyword 只按词,dense 只按向量,product 是上线的配比;三者检索同样的文字段。",
            table(["系统", "recall@1", "recall@5", "MRR@10", "毫秒/题"], rows),
            *([f"注意:{unknown} 道题的 relevant 不在被检索的内容里,按没有找到计。"] if unknown else []),
            f"## product 第一名不对的题({len(missed)} 道,最多列 {SHOWN_MISSES} 道)",
            table(["题", "问题", "应为", "得到"], misses),
        ]
    )
