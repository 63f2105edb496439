"""What must hold before a new snapshot may serve: entries are plain and found, saved cases come to no less."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from knowledge.confidence import sample_of
from knowledge.decision import ANSWER
from knowledge.entry import Entry
from knowledge.fitting import Case, Embedded
from knowledge.plain_language.entries import check_entry
from knowledge.retriever import NEAR_MISS, QUESTION, TITLE, Retriever
from knowledge.snapshot import Snapshot
from knowledge.vector_index import Vectors

# what a saved case comes to: answered wrongly, not answered, not answered with the right entry first, answered rightly
WRONG, SILENT, FIRST, RIGHT = range(4)
LIMITS = yaml.safe_load((Path(__file__).parent / "checks.yml").read_text(encoding="utf-8"))


class Refused(Exception):
    """A snapshot that may not serve; `problems` says why, one sentence each; `checked` is all that was found."""

    def __init__(self, problems: Sequence[str], checked: "Checked | None" = None) -> None:
        super().__init__("；".join(problems))
        self.problems, self.checked = list(problems), checked


@dataclass(frozen=True)
class Checked:
    """What the checks found."""

    lost: list[str]  # entries that too few of their own questions find
    right_first: dict[str, float | None]  # share of the saved cases whose first find is right: before, now
    answered: dict[str, float | None]  # share of them that are answered outright, and rightly
    wrong: dict[str, float | None]  # share of all, those without a right entry too, that are answered wrongly
    worse: list[str]  # saved questions that came to something better before
    better: list[str]
    broken: list[str]  # those of the worse ones that staff reviewed, and whose entry is still there
    known: list[str]  # what is wrong with entries that serve as they are already: told, and no reason to refuse
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
        return said + (f"；原来就有的毛病 {len(self.known)} 处" if self.known else "")


def run(
    new: Snapshot, former: Snapshot | None, entries: Sequence[Entry], asked: Embedded, cases: Sequence[Case]
) -> Checked:
    """Check a new snapshot of these entries, against the former one where there is one of the same model.

    `asked` holds the vectors of the cases' questions.
    """
    lost = lost_entries(new.retriever, new.vectors.vectors())
    serving = {entry for entry, number in new.revisions.items() if former and former.revisions.get(entry) == number}
    lost_before = set(lost) & serving
    if former and lost_before:
        lost_before = set(lost_entries(former.retriever, former.vectors.vectors(), lost_before))
    faults = [(f"条目 {entry} 用自己的问法找不到", entry in lost_before) for entry in lost]
    faults += [(f"条目 {one.id} 不像人话:{said}", one.id in serving) for one in entries if (said := _first_error(one))]
    comparable = former if former is not None and former.model == new.model else None
    compared = _compare(new, comparable, [(case, asked[case["question"]]) for case in cases])
    return replace(
        compared,
        lost=lost,
        known=[said for said, is_known in faults if is_known],
        problems=[*(said for said, is_known in faults if not is_known), *compared.problems],
    )


def _compare(new: Snapshot, former: Snapshot | None, asked: Sequence[tuple[Case, Vectors]]) -> Checked:
    """What the saved cases come to in both; without a former snapshot, in the new one only."""
    now = [_grade(new, case, vector) for case, vector in asked]
    before = [_grade(former, case, vector) for case, vector in asked] if former else []
    graded = list(zip(asked, before, now, strict=True)) if former else []
    answerable = [bool(case.get("relevant")) for case, _ in asked]
    shares = {
        name: {"before": share(before, answerable), "now": share(now, answerable)}
        for name, share in {"right_first": _right_first, "answered": _answered, "wrong": _wrong}.items()
    }
    broken = {
        case["question"]: said
        for (case, vector), was, is_now in graded
        if is_now < was and case.get("reviewed") and (said := _broken(new, case, vector, was, is_now))
    }
    return Checked(
        lost=[],
        **shares,
        worse=[case["question"] for (case, _), was, is_now in graded if is_now < was],
        better=[case["question"] for (case, _), was, is_now in graded if is_now > was],
        broken=list(broken),
        known=[],
        problems=[*_fallen(shares, len(asked)), *broken.values()],
    )


def _grade(snapshot: Snapshot, case: Case, vector: Vectors, *, as_served: bool = False) -> int:
    """What a case comes to; unless it is asked `as_served`, what it taught the snapshot itself is left out."""
    retriever, question, relevant = snapshot.retriever, case["question"], case.get("relevant") or ()
    sample = sample_of(retriever, question, vector, without=() if as_served else retriever.own_case(question))
    is_right = bool(sample.finds) and sample.finds[0].entry in relevant
    if snapshot.confidence.decide(sample, 1).kind == ANSWER:
        return RIGHT if is_right else WRONG
    return FIRST if is_right else SILENT


def _broken(new: Snapshot, case: Case, vector: Vectors, was: int, is_now: int) -> str:
    """Why a reviewed case that comes to less than before is broken; "" where it is not."""
    question, relevant = case["question"], case.get("relevant")
    if not relevant:
        title = new.titles.get(sample_of(new.retriever, question, vector).finds[0].entry, "")
        return f"审过的题“{question}”没有条目能答，现在却会用“{title}”回答"
    if was < FIRST or not new.revisions.keys() & relevant:
        return ""
    if is_now < FIRST:
        return f"审过的题“{question}”原来答得对，现在答不对"
    if case.get("asks_back") or _grade(new, case, vector, as_served=True) == RIGHT:
        return ""
    return f"审过的题“{question}”原来直接回答，现在不直接回答了"


def _fallen(shares: dict[str, dict[str, float | None]], count: int) -> Iterator[str]:
    for name, sign, said in (
        ("right_first", 1, "存好的题第一名答对的比例降了"),
        ("answered", 1, "存好的题直接答对的比例降了"),
        ("wrong", -1, "存好的题答错的比例升了"),
    ):
        before, now = shares[name]["before"], shares[name]["now"]
        says_something = name == "right_first" or count >= LIMITS["fewest"]
        if says_something and before is not None and now is not None and sign * (before - now) > LIMITS["worse"][name]:
            yield f"{said} {abs(before - now):.1%}"


def lost_entries(retriever: Retriever, vectors: Vectors, among: Collection[str] | None = None) -> list[str]:
    """The entries that their title does not find, or too few of their questions, each with itself left out.

    Only those `among` which one asks, where that is given.
    """
    tried: dict[str, list[bool]] = {}
    titled: dict[str, bool] = {}
    for position, passage in enumerate(retriever.passages):
        if passage.kind not in (QUESTION, TITLE) or (among is not None and passage.entry not in among):
            continue
        without = [position] if passage.kind == QUESTION else []
        found = [find.entry for find in retriever.search(passage.text, vectors[position], without=without)]
        if passage.kind == TITLE:
            titled[passage.entry] = passage.entry in found[:1]
        else:
            tried.setdefault(passage.entry, []).append(passage.entry in found[: LIMITS["among"]])
    entries = {one.entry for one in retriever.passages if one.kind != NEAR_MISS}
    entries &= set(among) if among is not None else entries
    return sorted(
        entry
        for entry in entries
        if not titled.get(entry, True) or sum(tried.get(entry, [])) < LIMITS["found"] * len(tried.get(entry, []))
    )


def _first_error(entry: Entry) -> str:
    errors = check_entry(entry).errors
    return f"{errors[0].where},{errors[0].why}" if errors else ""


def _right_first(grades: Sequence[int], answerable: Sequence[bool]) -> float | None:
    return _share([grade >= FIRST for grade, has_answer in zip(grades, answerable, strict=False) if has_answer])


def _answered(grades: Sequence[int], answerable: Sequence[bool]) -> float | None:
    return _share([grade == RIGHT for grade, has_answer in zip(grades, answerable, strict=False) if has_answer])


def _wrong(grades: Sequence[int], _: Sequence[bool]) -> float | None:
    return _share([grade == WRONG for grade in grades])


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None
