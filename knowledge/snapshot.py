"""An index snapshot: everything searchable, built aside from published revisions and swapped in one step."""

import json
import logging
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.confidence import Confidence
from knowledge.keyword_index import KeywordIndex
from knowledge.pointer import current
from knowledge.retriever import Passage, Retriever
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex

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


@dataclass(frozen=True)
class Material:
    """What a snapshot is written from."""

    revisions: dict[str, int]
    titles: dict[str, str]
    names: list[str]
    model: str
    passages: list[Passage]


def write(
    folder: Path, material: Material, vectors: VectorIndex, keywords: KeywordIndex, confidence: Confidence
) -> None:
    """Write a snapshot to an empty folder."""
    folder.mkdir(parents=True)
    passages = "".join(json.dumps(asdict(passage), ensure_ascii=False) + "\n" for passage in material.passages)
    (folder / "passages.jsonl").write_text(passages, encoding="utf-8")
    vectors.save(folder / "vectors.faiss")
    keywords.save(folder / "keywords")
    confidence.save(folder / "confidence.json")
    manifest = {key: value for key, value in asdict(material).items() if key != "passages"}
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> Snapshot:
    """Read a snapshot. Raises OSError, ValueError or KeyError when it is broken."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    retriever = Retriever(
        [Passage(**json.loads(line)) for line in lines],
        VectorIndex.load(folder / "vectors.faiss"),
        KeywordIndex.load(folder / "keywords"),
        Tokenizer(manifest["names"]),
    )
    return Snapshot(
        folder.name,
        manifest["revisions"],
        manifest["titles"],
        manifest["model"],
        retriever,
        Confidence.load(folder / "confidence.json"),
    )


class SnapshotReader:
    """Holds the current snapshot and follows the pointer in the background; a broken one leaves the old one serving."""

    def __init__(self, root: Path, *, every: float = 1.0) -> None:
        self._root = root
        self._snapshot = self._load_current()
        self._refused: str | None = None
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
            folder = current(self._root)
            if folder is None or folder.name in (self._snapshot.name, self._refused):
                continue
            try:
                self._snapshot = load(folder)
                log.info("snapshot %s is serving", folder.name)
            except Exception:  # whatever is wrong with it, the old one must go on serving
                self._refused = folder.name
                log.exception("snapshot %s is broken; %s goes on serving", folder.name, self._snapshot.name)
