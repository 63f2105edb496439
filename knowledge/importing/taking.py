"""The import itself: rows of a dry run become drafts, all in one transaction that is short however many there are."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.clock import now
from knowledge.drafts import DRAFT, OPEN_STATES, Stale, check_text, described
from knowledge.entry import EntryError
from knowledge.importing.dry_run import CHANGED, ERROR, NEW, Row
from knowledge.sources import Shelf, stored_ids
from knowledge.store import Source
from knowledge.tables import drafts, entries, sources

BECAUSE = "import"
AT_ONCE = 400  # drafts that are looked for in one query
SOMEBODY = "别人"


@dataclass(frozen=True)
class Prepared:
    """What is to be written, ready before anybody waits for it; and how many rows cannot even be a draft."""

    rows: tuple[tuple[Row, Mapping[str, str]], ...]  # each with its title, its domain and its text
    unusable: int


@dataclass(frozen=True)
class Taken:
    """What became of the rows: how many by state, and as `unusable` what cannot even be a draft; what was written."""

    counts: Counter[str]
    drafts: tuple[tuple[str, str], ...]  # each entry with its draft's number and version, such as 12@3


class Taking:
    """What to take of a dry run: those in error too, drafts of others replaced too."""

    def __init__(self, author: str, *, also_faulty: bool = False, over_others: bool = False) -> None:
        self._author = author
        self._also_faulty = also_faulty
        self._over_others = over_others

    def wanted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows that would become drafts."""
        states = (NEW, CHANGED, ERROR) if self._also_faulty else (NEW, CHANGED)
        for row in rows:
            of_another = row.draft is not None and row.draft.author != self._author
            if row.state in states and row.id and row.markdown and (self._over_others or not of_another):
                yield row

    def prepare(self, rows: Iterable[Row]) -> Prepared:
        """Everything that needs no database; of several rows with one id the first is taken."""
        ready: dict[str, tuple[Row, Mapping[str, str]]] = {}
        unusable = 0
        for row in self.wanted(rows):
            try:
                check_text(row.id, row.markdown)
            except EntryError:
                unusable += 1
                continue
            if row.id in ready:
                unusable += 1
            else:
                ready[row.id] = row, described(row.markdown) | {"markdown": row.markdown}
        return Prepared(tuple(ready.values()), unusable)

    def take(self, connection: Connection, prepared: Prepared, revisions: Mapping[str, int], shelf: Shelf) -> Taken:
        """Make drafts of these rows.

        Raises Stale when somebody saved or published one of them since the dry run; the caller's transaction then
        takes none.
        """
        ids = [row.id for row, _ in prepared.rows]
        there, published, last = _open_drafts(connection, ids), _published(connection, ids), _last(connection, ids)
        fresh, changed = [], []
        for row, text in prepared.rows:
            known, base = there.get(row.id), revisions.get(row.id, 0)
            if (known.version if known else 0) != (row.draft.version if row.draft else 0):
                raise Stale(known.author if known else SOMEBODY)
            if known is None and base != published.get(row.id, 0):
                raise Stale(SOMEBODY)
            if known is None:
                fresh.append(self._values(text) | {"entry": row.id, "base": base, "version": last.get(row.id, 0) + 1})
            elif known.markdown != row.markdown:
                authors = list(dict.fromkeys((*known.authors, self._author)))
                now_so = {"the_draft": known.id, "entry": row.id, "version": known.version + 1, "authors": authors}
                changed.append(self._values(text) | now_so)
        _write(connection, fresh, changed)
        cited = {id for row, _ in prepared.rows for id in row.sources}
        add_sources(connection, [source for id, source in shelf.brought.items() if id in cited])
        unusable = {"unusable": prepared.unusable} if prepared.unusable else {}
        counts = Counter(row.state for row, _ in prepared.rows) + Counter(unusable)
        return Taken(counts, _named(connection, [values["entry"] for values in (*fresh, *changed)]))

    def _values(self, text: Mapping[str, str]) -> dict[str, Any]:
        """A draft as `Drafts.save` leaves it: nobody has judged this text."""
        unjudged = dict.fromkeys(("revision", "judged_by", "publish_on"))
        because = {"because": BECAUSE, "because_at": now(), "changed_at": now()}
        return {**text, **unjudged, **because, "author": self._author, "authors": [self._author], "state": DRAFT}


def add_sources(connection: Connection, found: Iterable[Source]) -> None:
    """Store these sources; one that is there by now stays as it is."""
    known = stored_ids(connection)
    added = [vars(source) for source in found if source.id not in known]
    if added:
        connection.execute(insert(sources), added)


def _write(connection: Connection, fresh: Sequence[dict[str, Any]], changed: Sequence[dict[str, Any]]) -> None:
    if changed:
        connection.execute(update(drafts).where(drafts.c.id == bindparam("the_draft")), list(changed))
    if not fresh:
        return
    try:
        connection.execute(insert(drafts), [{**values, "created_at": values["changed_at"]} for values in fresh])
    except IntegrityError as error:  # somebody began one of them a moment ago
        raise Stale(SOMEBODY) from error


def _open_drafts(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    """The open drafts of these entries, by entry, which nobody changes until the transaction ends."""
    columns = [drafts.c[name] for name in ("id", "entry", "version", "author", "authors", "markdown")]
    query = select(*columns).where(drafts.c.state.in_(OPEN_STATES)).with_for_update()
    found = (row for few in _few(ids) for row in connection.execute(query.where(drafts.c.entry.in_(few))))
    return {row.entry: row for row in found}


def _named(connection: Connection, ids: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """These entries with their drafts as the trace names them, such as 12@3."""
    found = _open_drafts(connection, ids)
    return tuple((id, f"{found[id].id}@{found[id].version}") for id in ids)


def _published(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The published revisions of those of these entries that have one."""
    query = select(entries.c.id, entries.c.published_revision).where(entries.c.published_revision.is_not(None))
    return {
        row.id: row.published_revision
        for few in _few(ids)
        for row in connection.execute(query.where(entries.c.id.in_(few)))
    }


def _last(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The highest version that a draft of these entries ever had; a new one counts on from it."""
    highest = select(drafts.c.entry, func.max(drafts.c.version).label("version")).group_by(drafts.c.entry)
    return {
        row.entry: row.version
        for few in _few(ids)
        for row in connection.execute(highest.where(drafts.c.entry.in_(few)))
    }


def _few(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
