"""Whether an answer is what a case expects, judged on what is shown before unfolding."""

from dataclasses import dataclass
from typing import Any

from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.service import Answer
from knowledge.card import FIRST_THINGS

KINDS = ("answerable", "unanswerable", "follow_up", "ask_back")
ANSWERED = ("answered", "answered_facet", "calculated")
EXPECTATIONS = {"entries", "facet", "outcomes", "must_have_any", "must_not"}


@dataclass(frozen=True)
class Verdict:
    """How the last turn of a case came out."""

    answered: bool
    wrong: bool
    right: bool


def check(case: Case) -> None:
    """Raises EvaluationError for a case that could not be judged."""
    if case["kind"] not in KINDS:
        raise EvaluationError(f"{case['id']} 的 kind 是 {case['kind']},只能是 {'、'.join(KINDS)}。")
    if not case["turns"]:
        raise EvaluationError(f"{case['id']} 没有一轮对话。")
    unknown = set(case["expect"]) - EXPECTATIONS
    if unknown:
        raise EvaluationError(f"{case['id']} 的 expect 里有不认识的 {'、'.join(sorted(unknown))}。")


def judge(case: Case, answer: Answer) -> Verdict:
    """The verdict on the answer to a case's last turn."""
    expect, shown = case["expect"], "\n".join(leads(answer))
    answered = answer["outcome"] in ANSWERED
    from_entries = _origin(answer) in _entries(case)
    has_all = all(any(phrase in shown for phrase in group) for group in expect.get("must_have_any", []))
    has_forbidden = any(phrase in shown for phrase in expect.get("must_not", []))
    bound = "entries" in expect or case["kind"] == "unanswerable"  # no entry is right where there is no answer
    return Verdict(
        answered,
        wrong=answered and ((bound and not from_entries) or not has_all or has_forbidden),
        right=("entries" not in expect or from_entries)
        and ("outcomes" not in expect or answer["outcome"] in expect["outcomes"])
        and ("facet" not in expect or _shows_facet(answer, expect["facet"]))
        and has_all
        and not has_forbidden,
    )


def leads(answer: Answer) -> list[str]:
    """What each reply shows before unfolding."""
    return [reply.get("lead") or reply["text"] for reply in answer["replies"]]


def top_candidate(case: Case, answer: Answer) -> tuple[float, bool] | None:
    """The stated probability of the first candidate and whether it is right; None where nobody knows."""
    if not answer["evidence"] or ("entries" not in case["expect"] and case["kind"] != "unanswerable"):
        return None
    first = answer["evidence"][0]
    return float(first["probability"]), first["entry"] in _entries(case)


def _entries(case: Case) -> list[str]:
    entries: list[str] = case["expect"].get("entries", [])
    return entries


def _origin(answer: Answer) -> str | None:
    return answer["replies"][0]["origin"]["id"] if answer["replies"] else None


def _shows_facet(answer: Answer, facet: str) -> bool:
    """A card that leads with a facet folds its usual lead, and the facet itself only where it was too long."""
    cards = [reply for reply in answer["replies"][:1] if reply["type"] == "card"]
    names = [one["name"] for card in cards for one in card["facets"]]
    return FIRST_THINGS in names and (facet not in names or names[0] == facet)


def message(turn: Any) -> dict[str, Any]:
    """A turn as the messages interface takes it: a text, or an object with `text` or `payload`."""
    return {"text": turn} if isinstance(turn, str) else dict(turn)
