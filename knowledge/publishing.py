"""From files to the store, and from published revisions to a snapshot that serves."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

from foundation.clock import now
from knowledge import pointer, snapshot
from knowledge.confidence import Confidence, Sample, fit, sample_of
from knowledge.embedder import Embedder
from knowledge.entry import Entry, EntryError
from knowledge.keyword_index import KeywordIndex
from knowledge.local import LocalValues
from knowledge.retriever import NEAR_MISS, QUESTION, Passage, Retriever
from knowledge.snapshot import Material
from knowledge.store import Source, Store
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex, Vectors

CORPUS = Path(__file__).parent / "corpus"
SOURCES = Path(__file__).parent / "sources.yml"
FEWEST_CASES = 100  # an entry's own questions are unlike what citizens write: they stand in only where cases lack
Progress = Callable[[str], None]


def seed(store: Store, corpus: Path = CORPUS, sources: Path = SOURCES) -> Counter[str]:
    """Bring the files into the store; counts what was new, changed, the same, or became a draft."""
    described = yaml.safe_load(sources.read_text(encoding="utf-8"))
    store.save_sources([Source(id=name, **values) for name, values in described.items()])
    outcomes: Counter[str] = Counter()
    for path in sorted(corpus.glob("*/*.md")):
        try:
            outcomes[store.seed(path.read_text(encoding="utf-8"))] += 1
        except EntryError as error:
            raise EntryError(f"{path.parent.name}/{path.name}: {error}") from error
    return outcomes


def passages_of(entry: Entry, local: LocalValues) -> list[Passage]:
    """Every searchable piece of an entry."""
    names = "、".join(entry.official_names)
    pieces = [("title", f"{entry.title} {names}".strip()), ("lead", f"{entry.title}:{entry.lead}")]
    pieces += [(QUESTION, question) for question in entry.questions]
    pieces += [(f"facet {facet.name}", f"{entry.title},{facet.name}:{facet.text}") for facet in entry.facets]
    own = [Passage(entry.id, kind, local.fill(text)) for kind, text in pieces]
    return own + [Passage(entry.id, NEAR_MISS, miss.question) for miss in entry.not_for]


def build(root: Path, store: Store, embedder: Embedder, local: LocalValues, cases: list[Path], say: Progress) -> Path:
    """Build a snapshot of all published revisions aside and make it the current one; returns its folder."""
    published = store.published()
    passages = [passage for revision in published for passage in passages_of(revision.entry, local)]
    names = sorted({name for revision in published for name in (*revision.entry.official_names,)})
    material = Material(
        revisions={revision.entry.id: revision.revision for revision in published},
        titles={revision.entry.id: revision.entry.title for revision in published},
        names=names,
        model=embedder.fingerprint,
        passages=passages,
    )
    say(f"{len(published)} 个条目,{len(passages)} 段可检索文字")
    index = VectorIndex.build(_vectors(root, material, embedder, say))
    tokenizer = Tokenizer(names)
    keywords = KeywordIndex.build([tokenizer.words(passage.text) for passage in passages])
    confidence = _confidence(Retriever(passages, index, keywords, tokenizer), index.vectors(), embedder, cases, say)
    folder = root / now().strftime("%Y%m%dT%H%M%S%f")
    snapshot.write(folder, material, index, keywords, confidence)
    snapshot.load(folder)  # a snapshot that cannot be read never becomes the current one
    pointer.point_to(folder)
    pointer.forget_old(root)
    return folder


def _vectors(root: Path, material: Material, embedder: Embedder, say: Progress) -> Vectors:
    """A vector for each passage; those that the current snapshot already has are taken from it."""
    known = _known_vectors(root, material.model)
    texts = [passage.text for passage in material.passages]
    missing = sorted({text for text in texts if text not in known}, key=len)
    step = 256
    for start in range(0, len(missing), step):
        say(f"向量 {start}/{len(missing)}")
        batch = missing[start : start + step]
        known.update(zip(batch, embedder.passages(batch), strict=True))
    return np.stack([known[text] for text in texts])


def _known_vectors(root: Path, model: str) -> dict[str, Vectors]:
    """The vectors of the current snapshot by text; none when it is broken or of another model."""
    folder = pointer.current(root)
    if folder is None:
        return {}
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["model"] != model:
            return {}
        lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()
        vectors = VectorIndex.load(folder / "vectors.faiss").vectors()
        return {json.loads(line)["text"]: vector for line, vector in zip(lines, vectors, strict=True)}
    except (OSError, ValueError, KeyError, RuntimeError):  # RuntimeError is what faiss raises for a broken file
        return {}


def _confidence(
    retriever: Retriever, vectors: Vectors, embedder: Embedder, cases: list[Path], say: Progress
) -> Confidence:
    """Fit on the saved development cases or, where there are too few, on the entries' own questions."""
    samples = _case_samples(retriever, embedder, cases)
    if len(samples) < FEWEST_CASES:
        samples += _own_samples(retriever, vectors)
    confidence = fit(samples)
    say(f"把握程度:用 {len(samples)} 个问题校准,{confidence.answer_from:.2f} 起直接回答")
    return confidence


def _own_samples(retriever: Retriever, vectors: Vectors) -> list[Sample]:
    by_entry: dict[str, list[int]] = {}
    for position, passage in enumerate(retriever.passages):
        by_entry.setdefault(passage.entry, []).append(position)
    samples = []
    for position, passage in enumerate(retriever.passages):
        if passage.kind != QUESTION:
            continue
        # once with only itself hidden, once as if its entry did not exist: then nothing that is found can be right
        for hidden in ([position], by_entry[passage.entry]):
            found = sample_of(retriever, passage.text, vectors[position], without=hidden)
            samples.append(replace(found, relevant=frozenset({passage.entry})))
    return samples


def _case_samples(retriever: Retriever, embedder: Embedder, cases: list[Path]) -> list[Sample]:
    lines = [json.loads(line) for path in cases for line in path.read_text(encoding="utf-8").splitlines() if line]
    if not lines:
        return []
    vectors = embedder.queries([line["question"] for line in lines])
    return [
        replace(sample_of(retriever, line["question"], vector), relevant=frozenset(line.get("relevant", ())))
        for line, vector in zip(lines, vectors, strict=True)
    ]
