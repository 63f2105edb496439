"""Every entry with what a list says of it; texts are read once in a process, since revisions never change."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from knowledge import withdrawn
from knowledge.drafts import OPEN_STATES
from knowledge.entry import EntryError, parse
from knowledge.tables import drafts, entries, revisions

PUBLISHED, SAMPLE, WITHDRAWN, NOT_YET, EXPIRING, EXPIRED, NEW = STATES = (
    "published",
    "sample",
    "withdrawn",
    "not_yet",
    "expiring",
    "expired",
    "new",
)
EXPIRING_WITHIN = timedelta(days=30)
AT_ONCE = 400  # texts that are read in one query


@dataclass(frozen=True)
class Facts:
    """What a list says of one revision."""

    title: str
    domain: str
    kind: str
    questions: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    review_by: date | None


@dataclass(frozen=True)
class Listed:
    """One entry in the list; `states` holds the state of its draft too, where it has one."""

    id: str
    title: str
    domain: str
    kind: str
    revision: int
    states: frozenset[str]
    review_by: date | None
    questions: tuple[str, ...]


class Listing:
    """Lists all entries; one for each process."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, int], Facts] = {}
        self._guard = threading.Lock()

    def everything(self, connection: Connection, today: date) -> list[Listed]:
        """Every entry and every new draft, by domain and title."""
        rows = _rows(connection)
        self._read(connection, [(row.id, row.revision) for row in rows if row.revision])
        open_drafts = {row.entry: row for row in connection.execute(_open_drafts())}
        found = [self._listed(row, open_drafts.pop(row.id, None), today) for row in rows]
        found += [_of_draft(draft) for draft in open_drafts.values()]
        return sorted(found, key=lambda one: (one.domain, one.title, one.id))

    def _listed(self, row: Any, draft: Any, today: date) -> Listed:
        facts = self._facts.get((row.id, row.revision))
        states = {draft.state} if draft else set()
        if row.taken_back and not row.revision:
            states.add(WITHDRAWN)
        elif row.revision and facts:
            states |= _in_force(facts, today) | ({SAMPLE} if row.signed_by is None else set())
        elif not row.revision:
            states.add(NEW)
        questions, review_by = (facts.questions, facts.review_by) if facts else ((), None)
        kind = facts.kind if facts else ""
        return Listed(row.id, row.title, row.domain, kind, row.revision or 0, frozenset(states), review_by, questions)

    def _read(self, connection: Connection, wanted: list[tuple[str, int]]) -> None:
        with self._guard:
            missing = [key for key in wanted if key not in self._facts]
            for start in range(0, len(missing), AT_ONCE):
                batch = missing[start : start + AT_ONCE]
                numbers = dict(batch)
                texts = select(revisions.c.entry, revisions.c.revision, revisions.c.markdown).where(
                    revisions.c.entry.in_(numbers), revisions.c.revision.in_(set(numbers.values()))
                )
                for row in connection.execute(texts):
                    if numbers[row.entry] == row.revision:
                        self._facts[row.entry, row.revision] = _facts(row.markdown)


def matching(listed: Iterable[Listed], domain: str = "", state: str = "", words: str = "") -> list[Listed]:
    """Those of a domain and a state whose id, title or questions hold every one of the words."""
    wanted = words.lower().split()
    return [
        one
        for one in listed
        if (not domain or one.domain == domain)
        and (not state or state in one.states)
        and all(any(word in text.lower() for text in (one.id, one.title, *one.questions)) for word in wanted)
    ]


def _rows(connection: Connection) -> "list[_Row]":
    """Every entry with its published revision's signature; a withdrawn one is marked so."""
    joined = entries.outerjoin(
        revisions, (revisions.c.entry == entries.c.id) & (revisions.c.revision == entries.c.published_revision)
    )
    columns = (entries.c.id, entries.c.title, entries.c.domain, entries.c.published_revision, revisions.c.signed_by)
    taken_back = withdrawn.up_to(connection)
    found = connection.execute(select(*columns).select_from(joined))
    return [
        _Row(row.id, row.title, row.domain, row.published_revision, row.signed_by, row.id in taken_back)
        for row in found
    ]


@dataclass(frozen=True)
class _Row:
    id: str
    title: str
    domain: str
    revision: int | None
    signed_by: str | None
    taken_back: bool


def _open_drafts() -> Any:
    columns = (drafts.c.entry, drafts.c.title, drafts.c.domain, drafts.c.state)
    return select(*columns).where(drafts.c.state.in_(OPEN_STATES))


def _of_draft(draft: Any) -> Listed:
    title = draft.title or draft.entry
    return Listed(draft.entry, title, draft.domain, "", 0, frozenset({NEW, draft.state}), None, ())


def _facts(markdown: str) -> Facts:
    try:
        entry = parse(markdown)
    except EntryError as error:  # an older rule let it through; the list shows it all the same
        return Facts(str(error), "", "", (), None, None, None)
    return Facts(
        entry.title, entry.domain, entry.kind, entry.questions, entry.valid_from, entry.valid_to, entry.review_by
    )


def _in_force(facts: Facts, today: date) -> set[str]:
    if facts.valid_from and facts.valid_from > today:
        return {NOT_YET}
    if facts.valid_to and facts.valid_to < today:
        return {EXPIRED}
    expiring = facts.valid_to and facts.valid_to <= today + EXPIRING_WITHIN
    return {PUBLISHED, EXPIRING} if expiring else {PUBLISHED}
