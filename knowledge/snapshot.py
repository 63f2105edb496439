"""An index snapshot: everything searchable, built aside from published revisions and swapped in one step."""

import json
import logging
import threading
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic

from knowledge.confidence import Confidence
from knowledge.keyword_index import KeywordIndex
from knowledge.pointer import current
from knowledge.ranking import SIGNS, Ranker
from knowledge.retriever import Passage, Retriever
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex, Vectors

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """One loaded snapshot: which revisions it was built from, how to search them, how sure a find is."""

    name: str
    revisions: dict[str, int]
    titles: dict[str, str]
    model: str
    retriever: Retriever
    confidence: Confidence
    vectors: VectorIndex

    def vectors_by_text(self) -> dict[str, Vectors]:
        """The vector of every passage."""
        texts = (passage.text for passage in self.retriever.passages)
        return dict(zip(texts, self.vectors.vectors(), strict=True))


@dataclass(frozen=True)
class Material:
    """What a snapshot is written from."""

    revisions: dict[str, int]
    titles: dict[str, str]
    names: list[str]
    model: str
    passages: list[Passage]
    lifetimes: dict[str, tuple[str, str]] = field(default_factory=dict)  # ISO dates; empty = open


def write(
    folder: Path,
    material: Material,
    vectors: VectorIndex,
    keywords: KeywordIndex,
    ranker: Ranker,
    confidence: Confidence,
) -> None:
    """Write a snapshot to an empty folder, which is made where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    passages = "".join(json.dumps(asdict(passage), ensure_ascii=False) + "\n" for passage in material.passages)
    (folder / "passages.jsonl").write_text(passages, encoding="utf-8")
    vectors.save(folder / "vectors.faiss")
    keywords.save(folder / "keywords")
    confidence.save(folder / "confidence.json")
    manifest = {key: value for key, value in asdict(material).items() if key != "passages"}
    manifest["signs"] = dict(zip(SIGNS, ranker.weights, strict=True))
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> Snapshot:
    """Read a snapshot. Raises OSError, ValueError or KeyError when it is broken."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    lines = (folder / "passages.jsonl").read_text(encoding="utf-8").split("\n")
    vectors = VectorIndex.load(folder / "vectors.faiss")
    retriever = Retriever(
        [Passage(**json.loads(line)) for line in lines if line],
        vectors,
        KeywordIndex.load(folder / "keywords"),
        Tokenizer(manifest["names"]),
        Ranker(tuple(float(manifest["signs"].get(name, 0.0)) for name in SIGNS)),
        dates_of(manifest["lifetimes"]),
    )
    return Snapshot(
        folder.name,
        manifest["revisions"],
        manifest["titles"],
        manifest["model"],
        retriever,
        Confidence.load(folder / "confidence.json"),
        vectors,
    )


def dates_of(lifetimes: dict[str, tuple[str, str]]) -> dict[str, tuple[date | None, date | None]]:
    """Lifetimes as dates."""

    def read(day: str) -> date | None:
        return date.fromisoformat(day) if day else None

    return {entry: (read(start), read(end)) for entry, (start, end) in lifetimes.items()}


class SnapshotReader:
    """Holds the current snapshot and follows the pointer in the background; a broken one leaves the old one serving."""

    def __init__(self, root: Path, *, every: float = 1.0, again_after: float = 60.0) -> None:
        """Looks `every` so many seconds; what could not be read is read again after as many as `again_after`."""
        self._root = root
        self._snapshot = self._load_current()
        self._again_after = again_after
        self._refused, self._again_at = "", 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, args=(every,), daemon=True, name="snapshot-reader")
        self._thread.start()

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot to use for one whole message: take it once."""
        return self._snapshot

    def close(self) -> None:
        """Stop following."""
        self._stop.set()

    def _load_current(self) -> Snapshot:
        folder = current(self._root)
        if folder is None:
            raise FileNotFoundError(f"{self._root} has no snapshot yet: run `wenzheng prepare`")
        return load(folder)

    def _follow(self, every: float) -> None:
        while not self._stop.wait(every):
            try:
                self._look()
            except Exception:  # whatever is wrong, and be it this machine for a moment, the old one must go on serving
                log.exception("no snapshot could be taken in; %s goes on serving", self._snapshot.name)

    def _look(self) -> None:
        folder = current(self._root)
        if folder is None or folder.name == self._snapshot.name:
            self._refused = ""
        elif folder.name != self._refused or monotonic() >= self._again_at:
            self._refused, self._again_at = folder.name, monotonic() + self._again_after
            self._snapshot = load(folder)
            log.info("snapshot %s is serving", folder.name)
