"""From reports and confirmed tickets to a new model, which serves only if it is no worse than the old one."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from foundation.clock import now
from hotline.catalogue import FOLDER, catalogue
from hotline.dispatch import destinations, judging, rules
from hotline.dispatch.automatic import level_of
from hotline.dispatch.classifier import Texts, read
from hotline.dispatch.confirmed import Confirmed
from hotline.dispatch.settings import settings
from hotline.dispatch.store import About, Model, OtherFormat, Remembered, current, load, new_version, save
from hotline.dispatch.training import Phrases, learn
from hotline.dispatch.vectors import AsVectors, Remembering, vectors_of

HINTS = FOLDER / "hints.yml"
KNOWN = "vectors.npz"  # of every text that was learned from last time
TICKETS, REPORTS = "new_tickets", "reports"


@dataclass(frozen=True)
class Report:
    """A written report whose category is known; those of one situation say the same thing in different words."""

    text: str
    category: str
    situation: str


@dataclass(frozen=True)
class Trained:
    """What came of training: how often both models were right on what they had not learned, and which one serves."""

    switched: bool
    judged_on: str  # new_tickets: confirmed since the old model learned; reports: each on reports that it left out
    count: int
    old: float | None
    new: float
    about: About

    @property
    def result(self) -> dict[str, Any]:
        """For programs."""
        figures = {name: getattr(self, name) for name in ("switched", "judged_on", "count", "old", "new")}
        about = {"version": self.about.version, "reports": self.about.reports, "confirmed": self.about.confirmed}
        level = self.about.automatic
        return figures | about | {"corrected": self.about.corrected, "automatic": asdict(level) if level else None}


def reports_in(path: Path) -> list[Report]:
    """The development reports of a file, one JSON object a line."""
    lines = path.read_text(encoding="utf-8").split("\n")
    found = [json.loads(line) for line in lines if line.strip()]
    return [Report(one["text"], one["leaf"], one["situation"]) for one in found]


def category_phrases(as_vectors: AsVectors) -> Phrases:
    """What people say for each category: name, path, and the phrases of hints.yml; ValueError for a lost one."""
    hints: dict[str, list[str]] = yaml.safe_load(HINTS.read_text(encoding="utf-8"))
    lost = sorted(set(hints) - set(catalogue().categories))
    if lost:
        raise ValueError(f"categories.yml has no {', '.join(lost)}")
    leaves = sorted(catalogue().categories.items())
    of: dict[str, tuple[str, ...]] = {
        name: (leaf.label, " ".join(leaf.path[1:]), *hints.get(name, [])) for name, leaf in leaves
    }
    return Phrases(of, needed([phrase for own in of.values() for phrase in own], as_vectors))


def needed(texts: Sequence[str], as_vectors: AsVectors) -> NDArray[np.float32]:
    """The vectors of texts while learning, where there is no doing without; raises ValueError."""
    found = vectors_of(texts, as_vectors)
    if found is None:
        raise ValueError("learning needs vectors")
    return found


def train(
    root: Path, reports: Sequence[Report], tickets: Sequence[Confirmed], as_vectors: AsVectors, embedding: str
) -> Trained:
    """Learn from everything, compare with the current model, and switch to the new one unless it is worse.

    `embedding` is the fingerprint of the model that makes the vectors.
    """
    remembering = Remembering(root / KNOWN, embedding, as_vectors)
    reports = [one for one in reports if one.category in catalogue().categories]
    tickets = [one for one in tickets if one.category in catalogue().categories]
    said = [*(one.text for one in reports), *(one.text for one in tickets)]
    labels = [*(one.category for one in reports), *(one.category for one in tickets)]
    groups = [*(one.situation for one in reports), *(one.text or one.number for one in tickets)]
    texts, phrases = read(said, needed(said, remembering)), category_phrases(remembering)
    remembering.save()
    learned = learn(texts, labels, groups, phrases, phrases)
    sent = destinations.counted((one.category, one.department) for one in tickets)
    matched = rules.counted(_decided(reports, tickets))
    judged = judging.left_out(learned, tickets, sent, matched)
    about = About(
        version=new_version(),
        learned_at=now().isoformat(),
        embedding=embedding,
        reports=len(reports),
        confirmed=len(tickets),
        corrected=sum(one.corrected for one in tickets),
        known=tuple(one.number for one in tickets),
        accuracy=float(learned.chances()[1][: len(reports)].mean()) if reports else 0.0,
        automatic=level_of([(one.confidence, one.right) for one in judged]),
        departments=sent,
        rules=matched,
    )
    own = Texts({kind: documents[len(reports) :] for kind, documents in texts.documents.items()}, _own(texts, reports))
    model = Model(about, learned.classifier, phrases.of, _remembered(tickets, own))
    return _switched(root, model, tickets, own, judged)


def _switched(
    root: Path, new: Model, tickets: Sequence[Confirmed], texts: Texts, judged: Sequence[judging.Judged]
) -> Trained:
    """Let the new model serve unless it is worse than the one that does."""
    old = _old(root)
    if old is None or old.about.embedding != new.about.embedding:  # without its vectors it cannot be judged
        save(root, new)
        return Trained(True, REPORTS, new.about.reports, None, new.about.accuracy, new.about)
    fresh = judging.unseen(old, tickets, texts)
    wanted = settings()["switching"]
    if len(fresh) >= wanted["new_tickets_at_least"]:
        numbers = {one.number for one in fresh}
        before = judging.share_right(fresh)
        after = judging.share_right([one for one in judged if one.number in numbers])
        trained = Trained(after >= before, TICKETS, len(fresh), before, after, new.about)
    else:
        before, after = old.about.accuracy, new.about.accuracy
        trained = Trained(after >= before - wanted["slack"], REPORTS, new.about.reports, before, after, new.about)
    if trained.switched:
        save(root, new)
    return trained


def _old(root: Path) -> Model | None:
    folder = current(root)
    try:
        return load(folder) if folder else None
    except OtherFormat:
        return None


def _decided(reports: Sequence[Report], tickets: Sequence[Confirmed]) -> list[tuple[str, str, str]]:
    own = [(one.text, one.category, catalogue().categories[one.category].department) for one in reports]
    return own + [(one.text, one.category, one.department) for one in tickets]


def _own(texts: Texts, reports: Sequence[Report]) -> NDArray[np.float32]:
    assert texts.vectors is not None
    return texts.vectors[len(reports) :]


def _remembered(tickets: Sequence[Confirmed], texts: Texts) -> Remembered:
    assert texts.vectors is not None
    numbers, categories = tuple(one.number for one in tickets), tuple(one.category for one in tickets)
    return Remembered(numbers, categories, tuple(one.department for one in tickets), texts.vectors)
