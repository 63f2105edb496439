"""How search keeps up as the knowledge grows: made passages like the real ones, each size in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation import plots
from evaluation.errors import EvaluationError
from evaluation.growth_step import KEYWORDS, QUESTION_VECTORS, QUESTION_WORDS, VECTORS, WORDS
from evaluation.progress import watched
from evaluation.report import Findings, table
from knowledge.embedder import Embedder
from knowledge.snapshot import Snapshot

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SEARCHES = 200
PROJECT = Path(__file__).parent.parent
HEADS = ["段数", "索引", "建立(秒)", "占用(MiB)", "最高(MiB)", "中位数(毫秒)", "第 95 百分位(毫秒)", "recall@10"]


def measure(snapshot: Snapshot, embedder: Embedder, questions: Sequence[str], sizes: Sequence[int] = SIZES) -> Findings:
    """Build and search at every size, with the words and vectors of a snapshot and real questions.

    Raises EvaluationError when a step fails, as one that needs more than the memory it may use does.
    """
    asked = list(questions)[:SEARCHES]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / f"{VECTORS}.npy", snapshot.vectors.vectors())
        np.save(folder / QUESTION_VECTORS, embedder.queries(asked))
        words = snapshot.retriever.words
        _write(folder / WORDS, [words(passage.text) for passage in snapshot.retriever.passages])
        _write(folder / QUESTION_WORDS, [words(question) for question in asked])
        steps = [(size, kind) for size in sizes for kind in (VECTORS, KEYWORDS)]
        found = {step: _run(folder, *step) for step in watched(steps, "增长")}
    rows = [{"passages": n, "vectors": found[n, VECTORS], "keywords": found[n, KEYWORDS]} for n in sizes]
    result = {"searches": len(asked), "sizes": rows}
    return Findings(result, _body(result), rows, {"growth.svg": _plot(rows)})


def _run(folder: Path, size: int, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "evaluation.growth_step", str(folder), kind, str(size)]
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # as the service runs
    ran = subprocess.run(command, cwd=PROJECT, env=os.environ | one_thread, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise EvaluationError(f"{size} 段时没有做完:{(ran.stderr.strip() or str(ran.returncode)).splitlines()[-1]}")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _plot(rows: list[dict[str, Any]]) -> str:
    sizes = [row["passages"] for row in rows]
    ways = {"vectors": "vectors", "keywords": "words"}
    series = {label: [row[way]["p95_ms"] for row in rows] for way, label in ways.items()}
    return plots.growth(sizes, series)


def _body(result: dict[str, Any]) -> str:
    def row(size: int, kind: str, found: dict[str, Any], recall: object) -> tuple[object, ...]:
        names = ("build_seconds", "held_mib", "peak_mib", "median_ms", "p95_ms")
        return (f"{size:,}", kind, *(found[name] for name in names), recall)

    rows = []
    for one in result["sizes"]:
        vectors = one["vectors"]
        kind = "向量,逐个比较" if vectors["exact"] else "向量,分格"
        rows.append(row(one["passages"], kind, vectors, vectors["recall@10"]))
        rows.append(row(one["passages"], "词", one["keywords"], ""))
    compared = [
        f"{one['passages']:,} 段分格检索的中位数是 {one['vectors']['median_ms']} 毫秒,"
        f"逐个比较要 {one['vectors']['exact_median_ms']} 毫秒。"
        for one in result["sizes"]
        if not one["vectors"]["exact"]
    ]
    return "\n\n".join(
        [
            f"每种大小用 {result['searches']} 个真实问题检索,单线程。多出来的段由真实的段变化而来。",
            table(HEADS, rows),
            *compared,
            "![检索一次的第 95 百分位(毫秒)随段数的变化,两轴都是对数](growth.svg)",
        ]
    )
