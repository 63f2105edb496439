"""The knowledge store: entries and their revisions in the database, which is the truth; files seed it."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from knowledge.entry import Entry, parse
from knowledge.tables import entries, revisions, sources

FILES = "files"  # the author of what the shipped files brought


@dataclass(frozen=True)
class Source:
    """A law, regulation or notice."""

    id: str
    title: str
    number: str
    issuer: str
    year: int
    url: str


@dataclass(frozen=True)
class Revision:
    """An immutable state of an entry; a sample until a publisher of the city signs it."""

    entry: Entry
    revision: int
    sample: bool


class Store:
    """Reads and writes entries, revisions and sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self, entry: str, revision: int) -> Revision:
        """One revision of an entry. Raises LookupError when there is none."""
        key = (revisions.c.entry == entry, revisions.c.revision == revision)
        with self._database.reading() as connection:
            row = connection.execute(select(revisions).where(*key)).first()
        if row is None:
            raise LookupError(f"no revision {revision} of {entry}")
        return _read(row)

    def published(self) -> list[Revision]:
        """Every published revision, by entry id."""
        joined = revisions.join(
            entries, (entries.c.id == revisions.c.entry) & (entries.c.published_revision == revisions.c.revision)
        )
        with self._database.reading() as connection:
            rows = connection.execute(select(revisions).select_from(joined).order_by(revisions.c.entry)).all()
        return [_read(row) for row in rows]

    def current(self, entry: str) -> Revision:
        """The published revision of an entry. Raises LookupError when none is published."""
        published = select(entries.c.published_revision).where(entries.c.id == entry)
        with self._database.reading() as connection:
            revision = connection.execute(published).scalar()
        if revision is None:
            raise LookupError(f"{entry} is not published")
        return self.revision(entry, revision)

    def titles(self, ids: Collection[str]) -> dict[str, str]:
        """The titles of those of the entries that are published, by id."""
        wanted = (entries.c.id.in_(ids), entries.c.published_revision.is_not(None))
        with self._database.reading() as connection:
            return {row.id: row.title for row in connection.execute(select(entries).where(*wanted))}

    def sources(self, ids: Collection[str]) -> dict[str, Source]:
        """The sources of these ids."""
        wanted = sources.c.id.in_(ids)
        with self._database.reading() as connection:
            return {row.id: Source(**row._mapping) for row in connection.execute(select(sources).where(wanted))}

    def save_sources(self, found: list[Source]) -> None:
        """Make the stored sources agree with these; others stay."""
        with self._database.writing() as connection:
            known = set(connection.execute(select(sources.c.id)).scalars())
            for source in found:
                values = vars(source)
                if source.id in known:
                    connection.execute(update(sources).where(sources.c.id == source.id).values(**values))
                else:
                    connection.execute(insert(sources).values(**values))

    def seed(self, markdown: str) -> str:
        """Take one file's text: says `new`, `changed`, `same`, or `draft` when staff have touched the entry."""
        entry = parse(markdown)
        digest = hashlib.sha256(markdown.encode()).hexdigest()
        with self._database.writing() as connection:
            row = connection.execute(select(entries).where(entries.c.id == entry.id)).first()
            if row is None:
                connection.execute(
                    insert(entries).values(id=entry.id, domain=entry.domain, title=entry.title, touched=False)
                )
            elif self._seen(connection, entry.id, digest):
                return "same"
            revision = self._append(connection, entry.id, markdown, digest)
            if row is not None and row.touched:
                return "draft"
            published = {"published_revision": revision, "domain": entry.domain, "title": entry.title}
            connection.execute(update(entries).where(entries.c.id == entry.id).values(**published))
        return "new" if row is None else "changed"

    def publish_exactly(self, wanted: Mapping[str, int]) -> None:
        """Make these revisions the published ones and no others, by entry id."""
        described = {entry: self.revision(entry, number).entry for entry, number in wanted.items()}
        with self._database.writing() as connection:
            for entry in connection.execute(select(entries.c.id)).scalars().all():
                values: dict[str, Any] = {"published_revision": wanted.get(entry)}
                if entry in described:
                    values |= {"domain": described[entry].domain, "title": described[entry].title}
                connection.execute(update(entries).where(entries.c.id == entry).values(**values))

    def sign(self, wanted: Collection[str], publisher: str) -> list[str]:
        """Mark the published revisions of these entries as approved by a named publisher; says which were samples."""
        with self._database.writing() as connection:
            published = select(entries.c.id, entries.c.published_revision).where(
                entries.c.id.in_(wanted), entries.c.published_revision.is_not(None)
            )
            signed = []
            for entry, revision in connection.execute(published).all():
                sample = (revisions.c.entry == entry, revisions.c.revision == revision, revisions.c.signed_by.is_(None))
                values = {"signed_by": publisher, "signed_at": now()}
                if connection.execute(update(revisions).where(*sample).values(**values)).rowcount:
                    signed.append(str(entry))
        return signed

    def markdown(self, revision: Revision) -> str:
        """The very text of a revision."""
        key = (revisions.c.entry == revision.entry.id, revisions.c.revision == revision.revision)
        with self._database.reading() as connection:
            return str(connection.execute(select(revisions.c.markdown).where(*key)).scalar())

    def _seen(self, connection: Connection, entry: str, digest: str) -> bool:
        """True when the latest text that files brought is this one."""
        of_files = select(revisions.c.digest).where(revisions.c.entry == entry, revisions.c.author == FILES)
        latest = connection.execute(of_files.order_by(revisions.c.revision.desc()).limit(1)).scalar()
        return bool(latest == digest)

    def _append(self, connection: Connection, entry: str, markdown: str, digest: str) -> int:
        highest = select(func.max(revisions.c.revision)).where(revisions.c.entry == entry)
        revision = int(connection.execute(highest).scalar() or 0) + 1
        connection.execute(
            insert(revisions).values(
                entry=entry, revision=revision, markdown=markdown, digest=digest, author=FILES, created_at=now()
            )
        )
        return revision


def _read(row: Any) -> Revision:
    return Revision(_parsed(row.markdown), row.revision, sample=row.signed_by is None)


@lru_cache(maxsize=1024)
def _parsed(markdown: str) -> Entry:
    """Revisions never change, so a text is parsed once in a process."""
    return parse(markdown)
