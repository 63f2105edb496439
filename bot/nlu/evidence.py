"""Attaches the evidence: which entries fit the message, how sure that is, and what follows from it."""

import time
from functools import lru_cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.embedding import VECTOR, embedder
from bot.nlu.step import Step
from foundation.settings import load_settings
from knowledge.confidence import sample_of
from knowledge.decision import ANSWER
from knowledge.retriever import WEIGHTS
from knowledge.snapshot import Snapshot, SnapshotReader

KNOWLEDGE = "knowledge"
WARM_UP = "您好"
LEANING_LENGTH = 14  # a message this short may lean on what was said before


@lru_cache(maxsize=1)
def reader() -> SnapshotReader:
    """The snapshot reader of this process, started at the first call."""
    return SnapshotReader(load_settings().data_dir / "snapshots")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class KnowledgeEvidence(Step):
    """Searches once for the message and, when it leans on the open topic, once more for both together."""

    def __init__(self, config: dict[str, Any]) -> None:
        # Created only where messages are answered: model and snapshot are there before the first citizen waits.
        super().__init__(config)
        search(reader().snapshot, WARM_UP, embedder().queries([WARM_UP])[0])

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            if text and not text.startswith("/"):
                message.set(KNOWLEDGE, _evidence(text, message, tracker.get_slot("topic")), add_to_output=True)
        return messages


def _evidence(text: str, message: Message, topic: str | None) -> dict[str, Any]:
    started = time.perf_counter()
    snapshot = reader().snapshot  # taken once: a whole message sees one snapshot
    found = {"snapshot": snapshot.name, **search(snapshot, text, message.get(VECTOR))}
    if topic in snapshot.titles and _leans(text, message, found):
        joined = f"{snapshot.titles[topic]},{text}"
        found["joined"] = search(snapshot, joined, embedder().queries([joined])[0])
    found["seconds"] = round(time.perf_counter() - started, 4)
    return found


def _leans(text: str, message: Message, found: dict[str, Any]) -> bool:
    asks_facet = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) == "ask_facet"
    return asks_facet or (len(text) <= LEANING_LENGTH and found["decision"] != ANSWER)


def search(snapshot: Snapshot, text: str, vector: Any) -> dict[str, Any]:
    """The decision on a question with its candidates, in plain values that a tracker can keep."""
    sample = sample_of(snapshot.retriever, text, vector)
    finds, decision = sample.finds, snapshot.confidence.decide(sample, WEIGHTS["candidates"])
    return {
        "decision": decision.kind,
        "reason": decision.reason,
        "offered": [finds[i].entry for i in decision.offered()],
        "candidates": [
            {
                "entry": find.entry,
                "revision": snapshot.revisions[find.entry],
                "title": snapshot.titles[find.entry],
                "score": round(find.score, 3),
                "probability": round(probability, 4),
                "cosine": round(find.cosine, 4),
                "keyword": round(find.keyword, 3),
                "coverage": round(find.rare_coverage, 3),
                "near_miss": round(find.near_miss, 4),
                "passage": find.passage,
            }
            for find, probability in zip(finds, decision.probabilities, strict=False)
        ],
    }
