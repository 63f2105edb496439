"""The list of turns is as quick with very many turns as with few, whatever it is narrowed to.

WENZHENG_TURNS says how many at most (a million takes some minutes to make); the times are printed with `-s`.
"""

import json
import os
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import quote

import pytest

from foundation.database import Database
from foundation.privacy import Vault
from tests.faults.many_turns import RARE, fill
from tests.hotline.support import DATA_KEYS, Desk, make_settings, postgresql_database
from tests.service import ROOT
from tests.web.visitor import Visitor, signed_in

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3600)]
SIZES = [size for size in (1_000, 100_000, 1_000_000) if size <= int(os.environ.get("WENZHENG_TURNS", "100000"))]
ROUNDS = 15
MOST_TIMES = 2.0  # as long as with the fewest turns
LOOKING_MS = 60.0  # what three thousand turns far from each other may take on a busy machine; no number adds to it
CASES = ROOT / "evaluation/cases/retrieval-development.jsonl"
DOMAINS = [path.name for path in sorted((ROOT / "knowledge/corpus").iterdir()) if path.is_dir()]
QUERIES = {
    "全部": "",
    "结果": "outcome=answered",
    "结果（少见）": "outcome=refused",
    "几种结果": "outcome=answered,no_answer,refused",
    "条目": "entry=entry-7",
    "条目＋几种结果": "entry=entry-7&outcome=refused,small_talk",
    "每个会话一行": "each=conversation",
    "每个会话一行＋结果": "each=conversation&outcome=refused,no_answer",
    "意图": "intent=ask_facet",
    "把握": "band=low",
    "主题": f"domain={quote(DOMAINS[0])}",
    "渠道": "channel=web",
    "评价": "thumb=down",
    "判过": "reviewed=yes",
    "没判过": "reviewed=no",
    "一天": "since=2026-11-26&until=2026-11-26",
    "把握低、没判过": "band=low&reviewed=no",
    "没用、没判过": "thumb=down&reviewed=no",
    "主题＋意图＋渠道": f"domain={quote(DOMAINS[0])}&intent=abuse&channel=web",
    "常见的词": f"words={quote('怎么')}",
    "少见的词": f"words={quote(RARE)}",
    "没有的词": f"words={quote('怎么貔')}",
    "一个字": f"words={quote('貅')}",
    "词＋结果": f"words={quote('身份证')}&outcome=refused",
}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_list_takes_no_longer_with_very_many_turns(tmp_path: Path, kind: str) -> None:
    questions = [json.loads(line)["question"] for line in CASES.read_text(encoding="utf-8").splitlines()]
    with ExitStack() as databases:
        urls = {size: _url(databases, kind, tmp_path / f"{size}.db") for size in SIZES}
        _compare({size: _visitor(url, tmp_path, size, questions) for size, url in urls.items()})


def _compare(visitors: dict[int, Visitor]) -> None:
    taken: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for place in range(ROUNDS + 1):
        for name, query in QUERIES.items():
            for size, visitor in visitors.items():
                started = time.perf_counter()
                visitor.see(f"/desk/conversations?{query}")
                assert visitor.status == 200
                if place:  # the first round warms up
                    taken[name][size].append((time.perf_counter() - started) * 1000)
    medians = {name: {size: median(times) for size, times in by_size.items()} for name, by_size in taken.items()}
    print("\n毫秒（中位数）", *(f"{size:>10,}" for size in SIZES), sep="\t")
    for name, by_size in medians.items():
        print(name, *(f"{by_size[size]:>10.1f}" for size in SIZES), sep="\t")
    slow = {
        name: by_size
        for name, by_size in medians.items()
        if max(by_size.values()) > MOST_TIMES * by_size[SIZES[0]] + LOOKING_MS
    }
    assert not slow


def _url(databases: ExitStack, kind: str, file: Path) -> str:
    return f"sqlite:///{file}" if kind == "sqlite" else databases.enter_context(postgresql_database())


def _visitor(url: str, folder: Path, size: int, questions: list[str]) -> Visitor:
    desk = Desk(Database(url), Vault(DATA_KEYS), make_settings(url, folder).copy(update={"messages_per_minute": 0}))
    desk.database.create_tables()
    fill(desk.database, size, questions, DOMAINS)
    return signed_in(desk, "operator")
