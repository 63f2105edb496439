"""What must hold before a new snapshot may serve: entries are plain and found, saved cases no worse on the whole."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.embedder import Embedder
from knowledge.entry import Entry
from knowledge.fitting import Case
from knowledge.plain_language.entries import check_entry
from knowledge.retriever import NEAR_MISS, QUESTION, TITLE, Retriever
from knowledge.snapshot import Snapshot
from knowledge.vector_index import Vectors

LIMITS = yaml.safe_load((Path(__file__).parent / "checks.yml").read_text(encoding="utf-8"))


class Refused(Exception):
    """A snapshot that may not serve; `problems` says why, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Checked:
    """What the checks found."""

    lost: list[str]  # entries that too few of their own questions find
    right_first: dict[str, float | None]  # share of the saved cases whose first find is right: before, now
    worse: list[str]  # saved questions that were right first before and are not now
    better: list[str]
    problems: list[str]

    def as_json(self) -> dict[str, Any]:
        """Plain values for a file."""
        return asdict(self)

    def summary(self) -> str:
        """One sentence for whoever publishes."""
        before, now = self.right_first["before"], self.right_first["now"]
        said = f"检查：{len(self.lost)} 个条目用自己的问法找不到"
        if now is not None:
            said += f"；存好的题第一名答对 {now:.1%}"
        if before is not None:
            said += f"（原来 {before:.1%}，变好 {len(self.better)} 道，变差 {len(self.worse)} 道）"
        return said


def run(
    new: Snapshot, former: Snapshot | None, entries: Sequence[Entry], embedder: Embedder, cases: Sequence[Case]
) -> Checked:
    """Check a new snapshot of these entries, against the former one where there is one of the same model."""
    comparable = former if former is not None and former.model == new.model else None
    lost = lost_entries(new.retriever, new.vectors.vectors())
    asked = [case for case in cases if case.get("relevant")]
    embedded = list(embedder.queries([case["question"] for case in asked]))
    now = [_right_first(new, *pair) for pair in zip(asked, embedded, strict=True)]
    before = [_right_first(comparable, *pair) for pair in zip(asked, embedded, strict=True)] if comparable else []
    pairs = list(zip(asked, before, now, strict=True)) if before else []
    right_first = {"before": _share(before), "now": _share(now)}
    problems = [f"条目 {entry} 用自己的问法找不到" for entry in lost]
    problems += [f"条目 {entry.id} 不像人话:{error}" for entry in entries if (error := _first_error(entry))]
    if right_first["before"] is not None and right_first["now"] is not None:
        fall = right_first["before"] - right_first["now"]
        if fall > LIMITS["fall"]:
            problems.append(f"存好的题第一名答对的比例降了 {fall:.1%}")
    return Checked(
        lost,
        right_first,
        [case["question"] for case, was, is_now in pairs if was and not is_now],
        [case["question"] for case, was, is_now in pairs if is_now and not was],
        problems,
    )


def lost_entries(retriever: Retriever, vectors: Vectors) -> list[str]:
    """The entries that their title does not find, or too few of their questions, each with itself left out."""
    tried: dict[str, list[bool]] = {}
    titled: dict[str, bool] = {}
    for position, passage in enumerate(retriever.passages):
        if passage.kind not in (QUESTION, TITLE):
            continue
        without = [position] if passage.kind == QUESTION else []
        found = [find.entry for find in retriever.search(passage.text, vectors[position], without=without)]
        if passage.kind == TITLE:
            titled[passage.entry] = passage.entry in found[:1]
        else:
            tried.setdefault(passage.entry, []).append(passage.entry in found[: LIMITS["among"]])
    entries = {passage.entry for passage in retriever.passages if passage.kind != NEAR_MISS}
    return sorted(
        entry
        for entry in entries
        if not titled.get(entry, True) or sum(tried.get(entry, [])) < LIMITS["found"] * len(tried.get(entry, []))
    )


def _first_error(entry: Entry) -> str:
    errors = check_entry(entry).errors
    return f"{errors[0].where},{errors[0].why}" if errors else ""


def _right_first(snapshot: Snapshot, case: Case, vector: Vectors) -> bool:
    retriever = snapshot.retriever
    found = retriever.search(case["question"], vector, without=retriever.own_case(case["question"]))
    return bool(found) and found[0].entry in case["relevant"]


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None
