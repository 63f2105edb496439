"""Answers of the demonstration: real entries at their published revision, and evidence that leads to them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any

from commands.demonstration.words import cases
from conversations import words
from foundation.database import Database
from knowledge.decision import RULES
from knowledge.local import LocalValues
from knowledge.store import Revision, Store

NAMED = 4  # candidates of a turn
ANSWERS_FROM = 0.5
CHANCES = {"answer": (0.58, 0.98), "ask_back": (0.15, 0.48), "nothing": (0.01, 0.06)}
NOT_ASKED = ("nonsense", "others_data", "other_peoples_data")


class NothingPublished(LookupError):
    """There is no entry that could answer anything."""


class Library:
    """What is published, and questions that it answers or does not."""

    def __init__(self, database: Database, city: str) -> None:
        store = Store(database)
        self._store, self._local = store, LocalValues(city)
        self._revisions = {one.entry.id: one for one in store.published()}
        self.questions = [case for case in cases("retrieval-development") if self._is_known(case)]
        self._gaps = [case["question"] for case in cases("unanswerable-development") if case["why"] not in NOT_ASKED]
        if not self.questions:
            raise NothingPublished
        self._domains: dict[str, list[Revision]] = defaultdict(list)
        for one in self._revisions.values():
            self._domains[one.entry.domain].append(one)

    def _is_known(self, case: dict[str, Any]) -> bool:
        return bool(case["relevant"]) and case["relevant"][0] in self._revisions

    def revision(self, entry: str) -> Revision:
        """The published revision of an entry."""
        return self._revisions[entry]

    def any(self, chance: Random) -> Revision:
        """Some revision."""
        return chance.choice(list(self._revisions.values()))

    def beside(self, chance: Random, right: Revision) -> Revision:
        """Another one of the same domain, where there is one."""
        others = [one for one in self._domains[right.entry.domain] if one is not right]
        return chance.choice(others or [right])

    def question(self, chance: Random) -> dict[str, Any]:
        """A case that an entry answers; some are asked far more often than others."""
        return chance.choices(self.questions, cum_weights=self._weights)[0]

    def unanswerable(self, chance: Random) -> str:
        """A question that no entry answers; some come again and again."""
        return str(self._gaps[min(int(chance.expovariate(1 / 12)), len(self._gaps) - 1)])

    @cached_property
    def _weights(self) -> list[float]:
        return list(accumulate(1 / (1 + place % 97) for place in range(len(self.questions))))

    def found(self, chance: Random, right: Revision, decision: str, intent: str = "ask") -> dict[str, Any]:
        """The evidence of a turn: candidates with their probabilities, the decision and its reason."""
        least, most = CHANCES[decision]
        best = round(chance.uniform(least, most), 4)
        others = [one for one in self._domains[right.entry.domain] if one is not right]
        near = [right, *chance.sample(others, min(NAMED - 1, len(others)))]
        chances = [best, *sorted((round(best * chance.uniform(0.05, 0.6), 4) for _ in near[1:]), reverse=True)]
        candidates = [_candidate(chance, one, share) for one, share in zip(near, chances, strict=True)]
        offered = [one["entry"] for one in candidates if one["probability"] >= best * RULES["choice_ratio"]]
        knowledge = {
            "snapshot": "demonstration",
            "decision": decision,
            "reason": _reason(decision, best),
            "offered": offered[: RULES["choices"]],
            "candidates": candidates,
            "questions": [],
        }
        return evidence(intent, round(chance.uniform(0.82, 0.99), 4), knowledge)

    def card(self, revision: Revision, facet: str = "") -> dict[str, Any]:
        """The card of an entry, with one facet first where one was asked for."""
        entry, shown = revision.entry, revision.entry.facet(facet)
        everything = entry.lead + "".join(one.text for one in entry.facets)
        return {
            "type": "card",
            "title": entry.title,
            "lead": self._local.fill(shown.text if shown else entry.lead),
            "facets": [{"name": one.name, "text": self._local.fill(one.text)} for one in entry.facets if one != shown],
            "sources": list(self._sources(revision)),
            "checked_on": entry.checked_on.isoformat(),
            "local": self._local.city if self._local.used_in(everything) else "",
            "related": [],
            "sample": revision.sample,
            "origin": {"kind": "entry", "id": entry.id, "revision": revision.revision},
        }

    def button(self, revision: Revision) -> str:
        """What pressing the button of an entry sends."""
        return f"/ask{json.dumps({'entry': revision.entry.id, 'revision': str(revision.revision)})}"

    def asks_back(self, found: dict[str, Any]) -> dict[str, Any]:
        """The reply that names what may have been meant."""
        offered = [self._revisions[name] for name in found["knowledge"]["offered"]]
        choices = [{"title": one.entry.title, "payload": self.button(one)} for one in offered]
        choices.append({"title": "都不是", "payload": '/choose{"choice": "none"}'})
        numbered = "".join(f"\n{number}. {one['title']}" for number, one in enumerate(choices, start=1))
        return words.reply("utter_clarify", options=numbered) | {"type": "choices", "choices": choices}

    def _sources(self, revision: Revision) -> Iterable[dict[str, Any]]:
        known = self._store.sources([one.source for one in revision.entry.sources])
        for citation in revision.entry.sources:
            if citation.source in known:
                source = known[citation.source]
                issuer = f"{source.issuer}，{source.number}" if source.number else source.issuer
                named = {"title": source.title, "issuer": issuer, "year": source.year, "url": source.url}
                yield named | {"article": citation.article}


def evidence(intent: str, confidence: float, knowledge: dict[str, Any] | None = None) -> dict[str, Any]:
    """What decided a turn."""
    named = {"name": intent, "confidence": confidence}
    return {"intent": named, "intent_ranking": [named], "knowledge": knowledge, "danger": None}


def _candidate(chance: Random, revision: Revision, probability: float) -> dict[str, Any]:
    cosine = round(0.45 + 0.45 * probability + chance.uniform(-0.04, 0.04), 4)
    return {
        "entry": revision.entry.id,
        "revision": revision.revision,
        "title": revision.entry.title,
        "score": round(6 * cosine + 3 * probability, 3),
        "probability": probability,
        "cosine": cosine,
        "keyword": round(chance.uniform(1, 9), 3),
        "coverage": round(min(1.0, 0.3 + probability * chance.uniform(0.4, 0.8)), 3),
        "near_miss": 0.0,
        "spelling": 0.0,
        "sound": 0.0,
        "passage": revision.entry.questions[0] if revision.entry.questions else revision.entry.title,
    }


def _reason(decision: str, best: float) -> str:
    floor = RULES["ask_floor"]
    if decision == "answer":
        return f"{best:.2f} ≥ {ANSWERS_FROM:.2f}"
    return f"{best:.2f} < {floor:.2f}" if decision == "nothing" else f"{floor:.2f} ≤ {best:.2f} < {ANSWERS_FROM:.2f}"
