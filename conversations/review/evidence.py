"""The evidence of a turn in words: what it was taken for, what was found, what was decided and why."""

import re
from dataclasses import dataclass
from typing import Any

from conversations.evidence import deciding
from conversations.review.words import intent_label, words

MOST_CANDIDATES = 10
MOST_INTENTS = 3
_NUMBER = re.compile(r"\d+\.\d+")


@dataclass(frozen=True)
class Search:
    """One search: for what, what it decided and why, and the candidates, the best first."""

    label: str
    decided: bool  # whether the turn went by it
    decision: str
    reason: str
    candidates: list[dict[str, Any]]


@dataclass(frozen=True)
class Evidence:
    """Everything that decided a turn."""

    intents: list[tuple[str, float]]  # the one that was taken first
    searches: list[Search]
    danger: str
    snapshot: str
    seconds: list[tuple[str, float]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing had to be decided, as with a button that leads to one place."""
        return not (self.intents or self.searches or self.danger)


def read(evidence: dict[str, Any] | None, seconds: dict[str, float] | None) -> Evidence:
    """The evidence as it is kept, in words."""
    kept = evidence or {}
    knowledge = kept.get("knowledge") or {}
    danger = kept.get("danger") or {}
    return Evidence(
        _intents(kept),
        _searches(knowledge),
        str(words()["dangers"].get(danger.get("kind"), danger.get("kind") or "")),
        str(knowledge.get("snapshot") or ""),
        _seconds(seconds or {}, knowledge),
    )


def _intents(kept: dict[str, Any]) -> list[tuple[str, float]]:
    taken = [kept["intent"]] if kept.get("intent") else []
    ranked = [
        one for one in kept.get("intent_ranking") or [] if one.get("name") != (kept.get("intent") or {}).get("name")
    ]
    few = [*taken, *ranked][:MOST_INTENTS]
    return [
        (intent_label(one.get("name") or ""), float(one.get("confidence") or 0.0)) for one in few if one.get("name")
    ]


def _searches(knowledge: dict[str, Any]) -> list[Search]:
    found = [("own", knowledge), ("joined", knowledge.get("joined") or {})]
    found += [("question", one) for one in knowledge.get("questions") or []]
    went_by = deciding(knowledge)
    return [_search(name, one, decided=one is went_by) for name, one in found if one.get("decision")]


def _search(name: str, one: dict[str, Any], *, decided: bool) -> Search:
    about = words()["decisions"].get(one["decision"], {"label": one["decision"], "reason": ""})
    return Search(
        words()["searches"][name],
        decided,
        about["label"],
        _reason(str(about["reason"]), str(one.get("reason") or "")),
        list(one.get("candidates") or [])[:MOST_CANDIDATES],
    )


def _reason(sentence: str, kept: str) -> str:
    """The reason as a sentence; one of another form stays as it is."""
    try:
        return sentence.format(*_NUMBER.findall(kept)) or kept
    except IndexError:
        return kept


def _seconds(kept: dict[str, float], knowledge: dict[str, Any]) -> list[tuple[str, float]]:
    taken = {**kept, **({"search": knowledge["seconds"]} if knowledge.get("seconds") is not None else {})}
    return [(label, float(taken[name])) for name, label in words()["seconds"].items() if name in taken]
