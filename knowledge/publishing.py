"""From files to the store, and from published revisions to a snapshot that serves."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import yaml
from sqlalchemy.engine import Connection

from foundation.clock import now
from knowledge import checks, fitting, pointer, reviewed_cases, snapshot
from knowledge.embedder import Embedder
from knowledge.entry import EVERYWHERE, Entry, EntryError
from knowledge.keyword_index import KeywordIndex
from knowledge.local import LocalValues
from knowledge.retriever import LEAD, NEAR_MISS, QUESTION, TITLE, Passage, Retriever
from knowledge.set_back import SetBack
from knowledge.snapshot import Material, Snapshot
from knowledge.store import Revision, Source, Store
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex, Vectors

CORPUS = Path(__file__).parent / "corpus"
SOURCES = Path(__file__).parent / "sources.yml"
MOST_ROUNDS = 3  # of building again because something else was published meanwhile
MOST_NAMED = 5
Progress = Callable[[str], None]
Going = Callable[[Connection, Snapshot], None]


def seed(store: Store, corpus: Path = CORPUS, sources: Path = SOURCES) -> Counter[str]:
    """Bring the files into the store; counts what was new, changed, the same, set back, or became a draft."""
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
    pieces = [(TITLE, f"{entry.title} {names}".strip()), (LEAD, f"{entry.title}:{entry.lead}")]
    pieces += [(QUESTION, question) for question in entry.questions]
    pieces += [(f"facet {facet.name}", f"{entry.title},{facet.name}:{facet.text}") for facet in entry.facets]
    own = [Passage(entry.id, kind, local.fill(text)) for kind, text in pieces]
    return own + [Passage(entry.id, NEAR_MISS, miss.question) for miss in entry.not_for]


def build(
    root: Path,
    store: Store,
    embedder: Embedder,
    local: LocalValues,
    cases: Sequence[Path],
    say: Progress,
    *,
    despite: str = "",
    reviewed: Sequence[fitting.Case] = (),
    again: SetBack | None = None,
    told: Callable[[Snapshot], None] = lambda _: None,
) -> Snapshot:
    """Build a snapshot of all published revisions aside, check it, and make it the current one.

    `again` publishes with it what files had brought before somebody went back. `told` hears of it before it serves.
    Raises what `draw_up` raises, and checks.Refused when something else was published during every try; the old one
    then goes on serving.
    """
    changed: list[str] = []
    for _ in range(MOST_ROUNDS):
        proposed = again.waiting() if again else {}
        if proposed:
            say(f"连同退回后没有再发布的 {some(sorted(proposed))}")
        given = (root, store, embedder, local, cases, say)
        new = draw_up(*given, despite=despite, reviewed=reviewed, proposed=proposed)
        with pointer.moving(root):
            changed = overtaken(new, store, local, again.waiting() if again else {})
            if not changed:
                if again:
                    again.publish(proposed)
                told(new)
                serve(root / new.name)
                return new
        say(f"{some(changed)} 在建索引途中改动了,重新做一遍")
    raise checks.Refused([f"建索引途中总有条目改动（{some(changed)}）"])


def overtaken(
    new: Snapshot, store: Store, local: LocalValues, proposed: Mapping[str, int] = MappingProxyType({})
) -> list[str]:
    """The entries that are published by now otherwise than a snapshot was drawn up of, as by going back meanwhile."""
    stand = {one.entry.id: one.revision for one in _here(store, local, proposed)}
    return sorted(name for name in {*stand, *new.revisions} if stand.get(name) != new.revisions.get(name))


def some(entries: Sequence[str]) -> str:
    """The first of many entries, and how many there are."""
    return "、".join(entries[:MOST_NAMED]) + (f"等 {len(entries)} 条" if len(entries) > MOST_NAMED else "")


def serve(folder: Path) -> None:
    """Make a snapshot that was drawn up the current one."""
    pointer.trust(folder)
    pointer.point_to(folder)
    pointer.forget_old(folder.parent)


def draw_up(
    root: Path,
    store: Store,
    embedder: Embedder,
    local: LocalValues,
    cases: Sequence[Path],
    say: Progress,
    *,
    despite: str = "",
    reviewed: Sequence[fitting.Case] = (),
    proposed: Mapping[str, int] = MappingProxyType({}),
) -> Snapshot:
    """Build a snapshot aside, of the published revisions and of the proposed ones in their place, and check it.

    It lies in a folder of its name, as it is read from there.

    Raises checks.Refused when entries are not plain or not found by their own questions, or saved cases get worse, or a
    reviewed one does, which staff made of a judged turn. `despite` is a publisher's reason to go on all the same.
    """
    here = _here(store, local, proposed)
    saved = fitting.read_cases(cases) + [{**case, "reviewed": True} for case in reviewed]
    material = _material(here, saved, local, embedder)
    say(f"{len(material.revisions)} 个条目,{len(material.passages)} 段可检索文字")
    former = _current(root)
    index = VectorIndex.build(_vectors(former, material, embedder, say))
    tokenizer = Tokenizer(material.names)
    keywords = KeywordIndex.build([tokenizer.words(passage.text) for passage in material.passages])
    retriever = Retriever(material.passages, index, keywords, tokenizer, fitting.shipped_ranker())
    asked = fitting.embedded(saved, embedder)
    samples = fitting.case_samples(retriever, asked, fitting.answerable_here(saved, material.revisions))
    if fitting.too_few(samples):
        samples += fitting.own_samples(retriever, index.vectors())
    ranker = fitting.fitted_ranker(samples)
    confidence = fitting.fitted_confidence(samples, ranker)
    say(f"把握程度:用 {len(samples)} 个问题校准,{confidence.answer_from:.2f} 起直接回答")
    folder = root / now().strftime(pointer.NAMED)
    folder.mkdir(parents=True)
    pointer.withdraw(folder)  # until it serves: whatever ends this process half-way leaves nothing to go back to
    snapshot.write(folder, material, index, keywords, ranker, confidence)
    built = snapshot.load(folder)  # a snapshot that cannot be read never becomes the current one
    found = checks.run(built, former, [one.entry for one in here], asked, saved)
    kept = found.as_json() | {"despite": despite}
    (folder / "checks.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    say(found.summary())
    if found.problems and not despite:
        raise checks.Refused(found.problems, found)
    return built


def roll_back(root: Path, store: Store, name: str = "", told: Going = lambda *_: None) -> Path:
    """Serve an earlier snapshot again, by name or the good one before the current; its revisions are published again.

    `told` hears of it before it serves, in the transaction that publishes them; corrections that later snapshots had
    brought wait anew in the same one. The snapshots after it, up to the one that served until now, are withdrawn, and
    the one that serves is so no more. Raises LookupError when there is none to go to or it is of another model, and
    what `snapshot.load` raises when it is broken.
    """
    with pointer.moving(root):
        current = pointer.current(root)
        earlier = [folder for folder in pointer.good(root) if current is None or folder.name < current.name]
        wanted = [folder for folder in pointer.kept(root) if folder.name == name] if name else earlier[-1:]
        if not wanted:
            raise LookupError(f"没有快照 {name}" if name else "没有更早的快照")
        restored, serving = snapshot.load(wanted[0]), _current(root)
        if serving is not None and restored.model != serving.model:
            raise LookupError(f"快照 {wanted[0].name} 是用另一个向量模型做的")

        def published(connection: Connection) -> None:
            reviewed_cases.note_rolled_back(connection, restored.name)
            told(connection, restored)

        store.publish_exactly(restored.revisions, published)
        pointer.trust(wanted[0])
        pointer.point_to(wanted[0])
        for later in pointer.good(root):
            if current is not None and wanted[0].name < later.name <= current.name:
                pointer.withdraw(later, pointer.ROLLED_BACK)
    return wanted[0]


def _here(store: Store, local: LocalValues, proposed: Mapping[str, int]) -> list[Revision]:
    """What is published for this city, and what is proposed in its place, by entry."""
    taken = {one.entry.id: one for one in store.published()}
    taken |= {entry: store.revision(entry, number) for entry, number in proposed.items()}
    return [taken[name] for name in sorted(taken) if taken[name].entry.region in (EVERYWHERE, local.city)]


def _material(
    here: Sequence[Revision], saved: Sequence[fitting.Case], local: LocalValues, embedder: Embedder
) -> Material:
    passages = [passage for one in here for passage in _filled(one.entry, local)]
    passages += fitting.case_passages(saved, {one.entry.id for one in here})
    limited = [one.entry for one in here if one.entry.valid_from or one.entry.valid_to]
    return Material(
        revisions={one.entry.id: one.revision for one in here},
        titles={one.entry.id: one.entry.title for one in here},
        names=sorted({name for one in here for name in one.entry.official_names}),
        model=embedder.fingerprint,
        passages=passages,
        lifetimes={
            entry.id: (
                entry.valid_from.isoformat() if entry.valid_from else "",
                entry.valid_to.isoformat() if entry.valid_to else "",
            )
            for entry in limited
        },
    )


def _filled(entry: Entry, local: LocalValues) -> list[Passage]:
    try:
        return passages_of(entry, local)
    except KeyError as error:
        raise checks.Refused([f"条目 {entry.id} 用到的 {error.args[0]} 在本市的资料里没有"]) from error


def _current(root: Path) -> Snapshot | None:
    """The snapshot that serves now; None before the first one and where it cannot be read."""
    folder = pointer.current(root)
    try:
        return snapshot.load(folder) if folder else None
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):  # RuntimeError: a broken file of faiss
        return None


def _vectors(former: Snapshot | None, material: Material, embedder: Embedder, say: Progress) -> Vectors:
    """A vector for each passage; those that the former snapshot has under the same model are taken from it."""
    known: dict[str, Vectors] = former.vectors_by_text() if former and former.model == material.model else {}
    missing = sorted({passage.text for passage in material.passages if passage.text not in known}, key=len)
    step = 256
    for start in range(0, len(missing), step):
        say(f"向量 {start}/{len(missing)}")
        batch = missing[start : start + step]
        known.update(zip(batch, embedder.passages(batch), strict=True))
    return np.stack([known[passage.text] for passage in material.passages])
