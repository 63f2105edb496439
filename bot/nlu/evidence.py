"""Attaches the evidence: which entries the message and, where it leans on it, the open topic lead to."""

import re
import time
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.embedding import VECTOR, embedder
from bot.nlu.step import Step
from foundation.clock import local, now
from foundation.database import Database
from foundation.settings import load_settings
from knowledge.confidence import sample_of
from knowledge.decision import ANSWER
from knowledge.retriever import WEIGHTS
from knowledge.snapshot import Snapshot, SnapshotReader
from knowledge.withdrawn import Withdrawn

KNOWLEDGE = "knowledge"
WARM_UP = "您好"
LEANING_LENGTH = 14  # a message this short may lean on what was said before
JOINED = yaml.safe_load((Path(__file__).parent / "joined_questions.yml").read_text(encoding="utf-8"))
_BETWEEN = re.compile("|".join(JOINED["between"]))
_ASKING = re.compile("|".join(JOINED["asking"]))


@lru_cache(maxsize=1)
def reader() -> SnapshotReader:
    """The snapshot reader of this process, started at the first call."""
    return SnapshotReader(load_settings().data_dir / "snapshots")


@lru_cache(maxsize=1)
def withdrawn() -> Withdrawn:
    """The entries that were taken back, as this process knows them."""
    return Withdrawn(Database(load_settings().database_url))


@lru_cache(maxsize=1)
def _timezone() -> str:
    return load_settings().timezone


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class KnowledgeEvidence(Step):
    """Searches once for the message, for each question in it where there are several, and for topic and message."""

    def __init__(self, config: dict[str, Any]) -> None:
        # Created only where messages are answered: model and snapshot are there before the first citizen waits.
        super().__init__(config)
        search(reader().snapshot, WARM_UP, embedder().queries([WARM_UP])[0])

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            if text and not text.startswith("/"):
                topic, in_form = tracker.get_slot("topic"), bool(tracker.active_loop_name)
                message.set(KNOWLEDGE, _evidence(text, message, topic, in_form=in_form), add_to_output=True)
        return messages


def _evidence(text: str, message: Message, topic: str | None, *, in_form: bool) -> dict[str, Any]:
    started = time.perf_counter()
    snapshot = reader().snapshot  # taken once: a whole message sees one snapshot
    found = {"snapshot": snapshot.name, **search(snapshot, text, message.get(VECTOR))}
    embedded = 0.0
    if topic in snapshot.titles and _leans(text, message, found):
        joined = f"{snapshot.titles[topic]},{text}"
        before = time.perf_counter()
        vector = embedder().queries([joined])[0]
        embedded += time.perf_counter() - before
        found["joined"] = search(snapshot, joined, vector)
    several = [] if in_form else questions(text)
    before = time.perf_counter()
    vectors = embedder().queries(several) if several else []
    embedded += time.perf_counter() - before
    found["questions"] = [search(snapshot, one, vector) for one, vector in zip(several, vectors, strict=True)]
    found["seconds"] = round(time.perf_counter() - started - embedded, 4)
    return found


def questions(text: str) -> list[str]:
    """The questions of a message that asks several things; none where it asks one."""
    if len(text) < JOINED["shortest_message"]:
        return []
    parts = [part.strip() for part in _BETWEEN.split(text)]
    asked = [part for part in parts if len(part) >= JOINED["shortest_part"] and _ASKING.search(part)]
    return asked[: JOINED["most"]] if len(asked) > 1 else []


def _leans(text: str, message: Message, found: dict[str, Any]) -> bool:
    asks_facet = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) == "ask_facet"
    return asks_facet or (len(text) <= LEANING_LENGTH and found["decision"] != ANSWER)


def search(snapshot: Snapshot, text: str, vector: Any) -> dict[str, Any]:
    """The decision on a question with its candidates, in plain values that a tracker can keep."""
    taken_back = withdrawn().of(snapshot.revisions)
    sample = sample_of(snapshot.retriever, text, vector, on=today(), withdrawn=taken_back)
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
                "spelling": round(find.spelling, 3),
                "sound": round(find.sound, 3),
                "passage": find.passage,
            }
            for find, probability in zip(finds, decision.probabilities, strict=False)
        ],
    }


def today() -> date:
    """The day on the clocks of the city."""
    return local(now(), _timezone()).date()
