"""Where a ticket probably belongs, how sure that is, and why, in words for operators."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hotline.catalogue import catalogue
from hotline.dispatch import destinations, rules
from hotline.dispatch.classifier import read
from hotline.dispatch.confirmed import text_of
from hotline.dispatch.own_words import unit
from hotline.dispatch.settings import settings
from hotline.dispatch.store import Model, OtherFormat, current, load
from hotline.dispatch.vectors import AsVectors, vectors_of

Vectors = NDArray[np.float32]
RULE, MODEL, WORDS, CATEGORY = "rule", "model", "words", "category"
ALTERNATIVES = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Suggestion:
    """A category and a department, how often such suggestions are right, and why."""

    category: str
    department: str
    confidence: float
    reason: str
    source: str  # rule, model, words (the model without vectors), category (people had set it)
    model: str  # the version
    similar: tuple[str, ...] = ()  # numbers of confirmed tickets that say about the same
    others: tuple[tuple[str, float], ...] = ()  # the next categories and how probable they are


class Dispatcher:
    """Suggests by the current model; a new one is taken up between two suggestions."""

    def __init__(self, root: Path, as_vectors: AsVectors) -> None:
        self._root = root
        self._as_vectors = as_vectors
        self._lock = Lock()
        self._model: Model | None = None
        self._seen = ""

    @property
    def model(self) -> Model | None:
        """The current model, or None before the first one that this version can read."""
        folder = current(self._root)
        with self._lock:
            if folder is not None and folder.name != self._seen:
                self._model, self._seen = _loaded(folder), folder.name
            return self._model

    def for_ticket(self, ticket: Any) -> Suggestion | None:
        """The suggestion for a ticket's row; None before the first model. A category that people set stands."""
        model, text = self.model, text_of(ticket)
        if model is None:
            return None
        vectors = self._vectors(model, text)
        made = suggested(model, text, vectors)
        if ticket.category not in ("", made.category):
            made = _given(model, ticket.category, made)
        return _with_similar(model, made, vectors, ticket.number)

    def suggest(self, text: str) -> Suggestion | None:
        """The suggestion for a text; None before the first model."""
        model = self.model
        if model is None:
            return None
        vectors = self._vectors(model, text)
        return _with_similar(model, suggested(model, text, vectors), vectors, "")

    def similar(self, text: str) -> tuple[str, ...]:
        """Numbers of confirmed tickets that say about the same; none before the first model, or without vectors."""
        made = self.suggest(text)
        return made.similar if made else ()

    def _vectors(self, model: Model, text: str) -> Vectors | None:
        found = vectors_of([text], self._as_vectors)
        if found is not None and found.shape[1] != len(model.classifier.features.mean):
            log.error("the vectors are not of the model that dispatch learned with; run wenzheng prepare")
            return None
        return found


def _loaded(folder: Path) -> Model | None:
    try:
        return load(folder)
    except OtherFormat:
        log.error("%s was written by another version of the code; run wenzheng prepare", folder)
        return None


def suggested(model: Model, text: str, vectors: Vectors | None) -> Suggestion:
    """By the first rule that matches, else by the model; a rule that names no category leaves that to the model."""
    rule = rules.matching(text)
    if rule is None:
        return _by_model(model, text, vectors)
    category = rule.get("category") or _by_model(model, text, vectors).category
    sure, reason = rules.chance(model.about.rules, rule), _reason("rule", why=rule["why"])
    return Suggestion(category, rule["department"], sure, reason, RULE, model.about.version)


def _by_model(model: Model, text: str, vectors: Vectors | None) -> Suggestion:
    labels = model.classifier.labels
    chances = model.classifier.probabilities(read([text], vectors))[0]
    ranked = [(labels[place], float(chances[place])) for place in np.argsort(-chances)]
    ranked = [one for one in ranked if one[0] in catalogue().categories]  # a leaf may have gone since
    category, sure = ranked[0]
    label = catalogue().category_label(category)
    if vectors is None:
        source, reason = WORDS, _reason("words", category=label)
    else:
        source, reason = MODEL, _reason("model", phrase=_nearest_phrase(model, category, vectors), category=label)
    department, elsewhere = _department(model, category)
    others = tuple(ranked[1 : 1 + ALTERNATIVES])
    return Suggestion(category, department, sure, reason + elsewhere, source, model.about.version, others=others)


def _given(model: Model, category: str, made: Suggestion) -> Suggestion:
    department, elsewhere = _department(model, category)
    reason = _reason("category", category=catalogue().category_label(category)) + elsewhere
    sure = float(settings()["category_given"])
    return replace(made, category=category, department=department, confidence=sure, reason=reason, source=CATEGORY)


def _department(model: Model, category: str) -> tuple[str, str]:
    """Where a category goes, and the reason where that is not its own department."""
    taken = destinations.elsewhere(model.about.departments, category)
    if taken is None:
        return catalogue().categories[category].department, ""
    label = catalogue().department_label(taken.department)
    return taken.department, _reason("elsewhere", every=taken.every, count=taken.count, department=label)


def _with_similar(model: Model, made: Suggestion, vectors: Vectors | None, besides: str) -> Suggestion:
    """The suggestion with the confirmed tickets that say about the same and went where it says."""
    held, wanted = model.remembered, settings()["similar"]
    if vectors is None or not held.numbers:
        return made
    centre = model.classifier.own.centre
    likeness = unit(held.vectors - centre) @ unit(vectors - centre)[0]
    alike = (int(place) for place in np.argsort(-likeness) if likeness[place] >= wanted["alike"])
    fits = [held.numbers[place] for place in alike if held.departments[place] == made.department]
    similar = tuple(number for number in fits if number != besides)[: wanted["shown"]]
    if not similar:
        return made
    department = catalogue().department_label(made.department)
    told = _reason("similar", tickets="、".join(similar), department=department)
    return replace(made, reason=made.reason + told, similar=similar)


def _nearest_phrase(model: Model, category: str, vectors: Vectors) -> str:
    own = model.classifier.own
    mine = np.flatnonzero(own.owners == model.classifier.labels.index(category))
    likeness = own.vectors[mine] @ unit(vectors - own.centre)[0]
    return model.phrases[category][int(np.argmax(likeness))]


def _reason(name: str, **words: object) -> str:
    return str(settings()["reasons"][name]).format(**words)
