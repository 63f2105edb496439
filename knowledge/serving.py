"""A snapshot begins to serve: which corrections reach citizens with it."""

from typing import Any

from foundation.database import Database
from knowledge import reviewed_cases
from knowledge.confidence import sample_of
from knowledge.decision import ANSWER, ASK_BACK
from knowledge.embedder import Embedder
from knowledge.retriever import WEIGHTS
from knowledge.reviewed_cases import ASKED_BACK
from knowledge.snapshot import Snapshot
from knowledge.vector_index import Vectors


def note_serving(database: Database, snapshot: Snapshot, embedder: Embedder) -> int:
    """Note which waiting corrections this snapshot brings, each answered as expected; how many."""
    with database.reading() as connection:
        waiting = reviewed_cases.waiting(connection)
    if not waiting:
        return 0
    vectors = embedder.queries([case.question for case in waiting])
    pairs = zip(waiting, vectors, strict=True)
    right = {case.id for case, vector in pairs if _is_right(snapshot, case, vector)}
    with database.writing() as connection:
        return reviewed_cases.note_live(connection, snapshot.name, snapshot.revisions, right)


def _is_right(snapshot: Snapshot, case: Any, vector: Vectors) -> bool:
    """Whether a snapshot answers a case from its entry, or asks back with it where that is expected."""
    sample = sample_of(snapshot.retriever, case.question, vector)
    decision = snapshot.confidence.decide(sample, WEIGHTS["candidates"])
    if case.outcome == ASKED_BACK:
        offered = {sample.finds[place].entry for place in decision.offered()}
        return decision.kind == ASK_BACK and case.entry in offered
    return decision.kind == ANSWER and sample.finds[0].entry == case.entry
