"""The knowledge store: entries and their revisions in the database, which is the truth; files seed it."""

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from knowledge import withdrawn
from knowledge.drafts import Drafts, Stale
from knowledge.entry import Entry, EntryError, parse
from knowledge.tables import entries, revisions, sources

Signed = Callable[[Connection, str], None]
FILES = "files"  # the author of what the shipped files brought
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """A law, regulation or notice."""

    id: str
    title: str
    number: str
    issuer: str
    year: int
    url: str
    touched: bool = False  # staff wrote it: files change it no more


@dataclass(frozen=True)
class Revision:
    """An immutable state of an entry; a sample until a publisher of the city signs it."""

    entry: Entry
    revision: int
    sample: bool


@dataclass(frozen=True)
class Version:
    """One revision in the history of an entry."""

    revision: int
    author: str
    created_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    is_published: bool


class Store:
    """Reads and writes entries, revisions and sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self, entry: str, revision: int) -> Revision:
        """One revision of an entry. Raises LookupError when there is none."""
        return _read(self._row(entry, revision))

    def text(self, entry: str, revision: int) -> str:
        """The very text of a revision. Raises LookupError when there is none."""
        return str(self._row(entry, revision).markdown)

    def history(self, entry: str) -> list[Version]:
        """Every revision of an entry, the newest first; none where there is no such entry."""
        joined = revisions.join(entries, entries.c.id == revisions.c.entry)
        is_published = (revisions.c.revision == func.coalesce(entries.c.published_revision, 0)).label("is_published")
        named = [revisions.c[name] for name in ("revision", "author", "created_at", "signed_by", "signed_at")]
        query = select(*named, is_published).select_from(joined).where(revisions.c.entry == entry)
        with self._database.reading() as connection:
            return [Version(**row._mapping) for row in connection.execute(query.order_by(revisions.c.revision.desc()))]

    def published(self, only: Collection[str] | None = None) -> list[Revision]:
        """Every published revision, by entry, or those of some; what is no entry by today's rules is only logged."""
        is_published = (entries.c.id == revisions.c.entry) & (entries.c.published_revision == revisions.c.revision)
        query = select(revisions).join(entries, is_published).order_by(revisions.c.entry)
        query = query if only is None else query.where(revisions.c.entry.in_(only))
        with self._database.reading() as connection:
            return [one for row in connection.execute(query) if (one := _readable(row))]

    def current(self, entry: str) -> Revision:
        """The published revision of an entry. Raises LookupError when none is published."""
        if found := self.published([entry]):
            return found[0]
        raise LookupError(f"{entry} is not published")

    def titles(self, ids: Collection[str]) -> dict[str, str]:
        """The titles of those of the entries that are published, by id."""
        wanted = (entries.c.id.in_(ids), entries.c.published_revision.is_not(None))
        with self._database.reading() as connection:
            return {row.id: row.title for row in connection.execute(select(entries).where(*wanted))}

    def published_titles(self) -> dict[str, str]:
        """The title of every published entry by its id, in the order of the titles."""
        published = select(entries.c.id, entries.c.title).where(entries.c.published_revision.is_not(None))
        with self._database.reading() as connection:
            return {row.id: row.title for row in connection.execute(published.order_by(entries.c.title, entries.c.id))}

    def domains(self) -> list[str]:
        """The domains that entries have."""
        with self._database.reading() as connection:
            return list(connection.execute(select(entries.c.domain).distinct().order_by(entries.c.domain)).scalars())

    def sources(self, ids: Collection[str]) -> dict[str, Source]:
        """The sources of these ids."""
        wanted = sources.c.id.in_(ids)
        with self._database.reading() as connection:
            return {row.id: Source(**row._mapping) for row in connection.execute(select(sources).where(wanted))}

    def save_sources(self, found: list[Source]) -> None:
        """Make the stored sources agree with these; others stay, and so do those that staff wrote."""
        with self._database.writing() as connection:
            known = {row.id: Source(**row._mapping) for row in connection.execute(select(sources))}
            new = {source.id: vars(source) for source in found if source.id not in known}
            if new:
                connection.execute(insert(sources), list(new.values()))
            for source in (one for one in found if known.get(one.id, one) != one):
                if source.touched or not known[source.id].touched:
                    self.save_source(connection, source)

    def save_source(self, connection: Connection, source: Source) -> None:
        """Keep a source, new or in place of what its id stood for."""
        if not connection.execute(update(sources).where(sources.c.id == source.id).values(**vars(source))).rowcount:
            connection.execute(insert(sources).values(**vars(source)))

    def seed(self, markdown: str) -> str:
        """Take one file's text: says `new`, `changed`, `same`, or `draft` when staff have touched the entry.

        Such a draft goes the way of every other one. `set_back` is the same text, which going back took from citizens.
        """
        entry = parse(markdown)
        digest, named = _digest(markdown), {"domain": entry.domain, "title": entry.title}
        with self._database.writing() as connection:
            row = connection.execute(select(entries).where(entries.c.id == entry.id)).first()
            if row is None:
                connection.execute(insert(entries).values(id=entry.id, touched=False, **named))
            elif (last := self._last_of_files(connection, entry.id)) and last.digest == digest:
                return "same" if row.touched or row.published_revision == last.revision else "set_back"
            revision = self._append(connection, entry.id, markdown, FILES)
            if row is not None and row.touched:
                base = row.published_revision or 0
                with suppress(Stale):  # whoever is writing a draft finds the text among the versions
                    Drafts(self._database).save(connection, entry.id, markdown, FILES, base, 0)
                return "draft"
            published = update(entries).where(entries.c.id == entry.id)
            connection.execute(published.values(published_revision=revision, **named))
        return "new" if row is None else "changed"

    def append(self, connection: Connection, markdown: str, author: str, signed_by: str) -> int:
        """Keep a text that staff wrote and a publisher approved as its entry's next revision, not published yet."""
        entry = parse(markdown)
        if not connection.execute(select(entries.c.id).where(entries.c.id == entry.id).with_for_update()).first():
            named = {"domain": entry.domain, "title": entry.title}
            connection.execute(insert(entries).values(id=entry.id, touched=True, **named))
        return self._append(connection, entry.id, markdown, author, signed_by=signed_by, signed_at=now())

    def publish(self, connection: Connection, wanted: Mapping[str, int], *, touched: bool = True) -> None:
        """Make these revisions the published ones of their entries; what was withdrawn meanwhile stays so."""
        taken_back = withdrawn.up_to(connection)
        for name, number in wanted.items():
            if number <= taken_back.get(name, 0):
                continue
            key = (revisions.c.entry == name, revisions.c.revision == number)
            entry = _parsed(str(connection.execute(select(revisions.c.markdown).where(*key)).scalar_one()))
            values = {"published_revision": number, "domain": entry.domain, "title": entry.title, "touched": touched}
            connection.execute(update(entries).where(entries.c.id == name).values(**values))

    def publish_exactly(self, wanted: Mapping[str, int], told: Callable[[Connection], None] = lambda _: None) -> None:
        """Make only these revisions the published ones; what was withdrawn stays so. `told` hears of it in time."""
        described = {entry: self.revision(entry, number).entry for entry, number in wanted.items()}
        with self._database.writing() as connection:
            taken_back = withdrawn.up_to(connection)
            for entry in connection.execute(select(entries.c.id)).scalars().all():
                number = wanted.get(entry)
                values: dict[str, Any] = {"published_revision": number}
                if number and number <= taken_back.get(entry, 0):
                    values = {"published_revision": None}
                elif entry in described:
                    values |= {"domain": described[entry].domain, "title": described[entry].title}
                connection.execute(update(entries).where(entries.c.id == entry).values(**values))
            told(connection)

    def sign(self, wanted: Collection[str], publisher: str, told: Signed = lambda *_: None) -> list[str]:
        """Mark published revisions as approved; files put no sample in their place any more. `told` hears of each."""
        with self._database.writing() as connection:
            published = select(entries.c.id, entries.c.published_revision).where(
                entries.c.id.in_(wanted), entries.c.published_revision.is_not(None)
            )
            signed: list[str] = []
            for entry, revision in connection.execute(published).all():
                sample = (revisions.c.entry == entry, revisions.c.revision == revision, revisions.c.signed_by.is_(None))
                signing = update(revisions).where(*sample)
                if connection.execute(signing.values(signed_by=publisher, signed_at=now())).rowcount:
                    connection.execute(update(entries).where(entries.c.id == entry).values(touched=True))
                    signed.append(entry)
                    told(connection, entry)
        return signed

    def _row(self, entry: str, revision: int) -> Any:
        key = (revisions.c.entry == entry, revisions.c.revision == revision)
        with self._database.reading() as connection:
            if row := connection.execute(select(revisions).where(*key)).first():
                return row
        raise LookupError(f"no revision {revision} of {entry}")

    def _last_of_files(self, connection: Connection, entry: str) -> Any:
        of_files = select(revisions).where(revisions.c.entry == entry, revisions.c.author == FILES)
        return connection.execute(of_files.order_by(revisions.c.revision.desc()).limit(1)).first()

    def _append(self, connection: Connection, entry: str, markdown: str, author: str, **signed: Any) -> int:
        highest = select(func.max(revisions.c.revision)).where(revisions.c.entry == entry)
        revision = int(connection.execute(highest).scalar() or 0) + 1
        values = {"entry": entry, "revision": revision, "markdown": markdown, "digest": _digest(markdown)}
        connection.execute(insert(revisions).values(**values, author=author, created_at=now(), **signed))
        return revision


def _digest(markdown: str) -> str:
    return hashlib.sha256(markdown.encode()).hexdigest()


def _read(row: Any) -> Revision:
    return Revision(_parsed(row.markdown), row.revision, sample=row.signed_by is None)


def _readable(row: Any) -> Revision | None:
    try:
        return _read(row)
    except EntryError:
        log.exception("%s@%s is published and no entry", row.entry, row.revision)
        return None


@lru_cache(maxsize=1024)
def _parsed(markdown: str) -> Entry:
    """Revisions never change, so a text is parsed once in a process."""
    return parse(markdown)
