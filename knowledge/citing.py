"""Which entries rest on a source: when a law changes, these are to be looked at again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.drafts import Draft
from knowledge.importing.faults import front
from knowledge.store import Revision

WHOLE = ("", "全文")


@dataclass(frozen=True)
class Citing:
    """One entry, published or a draft, and the article on which it rests."""

    entry: str
    title: str
    domain: str
    article: str
    revision: int  # 0 for a draft
    state: str = ""  # of a draft


def citing(source: str, published: Iterable[Revision], drafts: Iterable[Draft]) -> list[Citing]:
    """The entries that cite a source, by article and title."""
    found = [
        Citing(one.entry.id, one.entry.title, one.entry.domain, citation.article, one.revision)
        for one in published
        for citation in one.entry.sources
        if citation.source == source
    ]
    found += [
        Citing(draft.entry, draft.title or draft.entry, draft.domain, article, 0, draft.state)
        for draft in drafts
        for id, article in cited(draft.markdown)
        if id == source
    ]
    return sorted(found, key=lambda one: (one.article in WHOLE, one.article, one.title, one.entry, not one.revision))


def counts(published: Sequence[Revision], drafts: Sequence[Draft]) -> Counter[str]:
    """How many entries cite each source."""
    pairs = {(citation.source, one.entry.id) for one in published for citation in one.entry.sources}
    pairs |= {(id, draft.entry) for draft in drafts for id, _ in cited(draft.markdown)}
    return Counter(source for source, _ in pairs)


def cited(markdown: str) -> Iterator[tuple[str, str]]:
    """The sources and articles that a text names, finished or not."""
    meta, _, unread = front(markdown)
    given = meta.get("sources") if not unread else None
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and isinstance(one.get("source"), str):
            yield one["source"], one["article"] if isinstance(one.get("article"), str) else ""
