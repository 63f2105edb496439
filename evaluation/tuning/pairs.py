"""What the model is tuned on: questions beside passages that answer them, in groups that must not be told apart."""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluation.searchable import chunks
from knowledge.entry import Entry, parse
from knowledge.local import LocalValues
from knowledge.publishing import CORPUS, passages_of
from knowledge.retriever import LEAD, NEAR_MISS, QUESTION, TITLE

HELD_OUT = Path(__file__).with_name("held_out.txt")  # entries that teach nothing, so that "unseen" can be measured
ENTRY, STATUTE = "entry", "statute"
LARGE = 60  # questions of one cluster of articles: such a cluster is only ever learned from
TEST, DEVELOPMENT = 370, 100  # questions of statutes that are kept apart, at least


@dataclass(frozen=True)
class Pair:
    """A question, passages that answer it, and the entry or article that both belong to."""

    kind: str
    question: str
    passages: tuple[str, ...]
    groups: frozenset[str]


def entry_pairs(local: LocalValues, rng: random.Random) -> list[Pair]:
    """Each question of an entry with its title, lead, some other questions and some facets; near misses with theirs."""
    held = set(HELD_OUT.read_text(encoding="utf-8").split())
    entries = {entry.id: entry for entry in map(_read, sorted(CORPUS.glob("*/*.md"))) if entry.id not in held}
    pairs = [pair for entry in entries.values() for pair in _of_entry(entry, local, rng)]
    for entry in entries.values():
        for miss in entry.not_for:
            if miss.entry in entries:
                right = entries[miss.entry]
                texts = [p.text for p in passages_of(right, local) if p.kind in (TITLE, LEAD)]
                pairs.append(Pair(ENTRY, miss.question, (*texts, *right.questions[:4]), frozenset({right.id})))
    return pairs


def _of_entry(entry: Entry, local: LocalValues, rng: random.Random) -> Iterator[Pair]:
    passages = [passage for passage in passages_of(entry, local) if passage.kind != NEAR_MISS]
    first = [passage.text for passage in passages if passage.kind in (TITLE, LEAD)]
    facets = [passage.text for passage in passages if passage.kind.startswith("facet")]
    questions = [passage.text for passage in passages if passage.kind == QUESTION]
    for question in questions:
        others = rng.sample([one for one in questions if one != question], min(3, len(questions) - 1))
        shown = rng.sample(facets, min(2, len(facets)))
        yield Pair(ENTRY, question, (*first, *others, *shown), frozenset({entry.id}))


@dataclass(frozen=True)
class Statutes:
    """The shared statutes with their questions, split so that no article answers questions on two sides."""

    passages: dict[str, list[str]]
    questions: dict[str, list[dict[str, object]]]  # by split

    def pairs(self) -> list[Pair]:
        """The training questions with each article that answers them."""
        return [
            Pair(STATUTE, str(case["question"]), tuple(self.passages[article]), frozenset(relevant))
            for case in self.questions["training"]
            for relevant in [_relevant(case)]
            for article in relevant[:4]
        ]

    def articles(self, split: str) -> set[str]:
        """The articles that answer the questions of a split."""
        return {article for case in self.questions[split] for article in _relevant(case)}


def statutes(folder: Path) -> Statutes:
    """Read the shared statutes and split them, always in the same way."""
    documents = _lines(folder / "documents.jsonl")
    clusters = list(_clusters(_lines(folder / "train.jsonl")))
    small = [cluster for cluster in clusters if len(cluster) < LARGE]
    random.Random(7).shuffle(small)
    split: dict[str, list[dict[str, object]]] = {"test": [], "development": [], "training": []}
    for cluster in small:
        if len(split["test"]) < TEST:
            split["test"] += cluster
        elif len(split["development"]) < DEVELOPMENT:
            split["development"] += cluster
        else:
            split["training"] += cluster
    split["training"] += [case for cluster in clusters if len(cluster) >= LARGE for case in cluster]
    passages = {str(d["id"]): [f"{d['title']}:{chunk}" for chunk in chunks(str(d["text"]))] for d in documents}
    return Statutes(passages, split)


def _clusters(cases: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    """Questions that share an article, directly or over others, together; in the order of their first article's id."""
    leader: dict[str, str] = {}

    def lead(article: str) -> str:
        while leader.setdefault(article, article) != article:
            article = leader[article]
        return article

    for case in cases:
        for article in _relevant(case):
            leader[lead(article)] = lead(_relevant(case)[0])
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for case in cases:
        found[lead(_relevant(case)[0])].append(case)
    return (found[name] for name in sorted(found))


def _relevant(case: dict[str, object]) -> list[str]:
    named = case["relevant"]
    assert isinstance(named, list)
    return [str(one) for one in named]


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _read(path: Path) -> Entry:
    return parse(re.sub(r"\r\n", "\n", path.read_text(encoding="utf-8")))
