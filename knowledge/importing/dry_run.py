"""What an import would do, entry by entry; nothing is written."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from foundation.clock import now
from foundation.database import Database
from knowledge.drafts import OPEN_STATES, Draft, Drafts
from knowledge.entry import Entry
from knowledge.importing import File, Piece, read
from knowledge.importing.duplicates import Duplicates
from knowledge.importing.faults import NOTHING, look
from knowledge.importing.piece import limits
from knowledge.importing.words import note, words
from knowledge.local import LocalValues
from knowledge.plain_language import Finding
from knowledge.plain_language.entries import check_entry
from knowledge.sources import Shelf, every
from knowledge.store import Store

NEW, CHANGED, SAME, ERROR = STATES = ("new", "changed", "same", "error")


@dataclass(frozen=True)
class Row:
    """One entry of an import: where it stood, what would become of it, what is wrong and what to know."""

    place: str
    id: str
    title: str
    state: str
    markdown: str
    sources: tuple[str, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    draft: Draft | None = None  # the open draft that it would replace
    findings: tuple[Finding, ...] = ()
    score: float | None = None  # None where its language was not looked at

    @property
    def must_change(self) -> int:
        """How many findings about its language stand in the way of publishing."""
        return sum(finding.is_error for finding in self.findings)

    @property
    def label(self) -> str:
        """Its state, for people."""
        return str(words()["states"][self.state])


class DryRun:
    """Reads files against what is known now; afterwards `shelf` has the sources that they bring along."""

    def __init__(self, database: Database, local: LocalValues) -> None:
        self._local = local
        published = Store(database).published()
        with database.reading() as connection:
            self.shelf = Shelf(every(connection))
        self.revisions = {one.entry.id: one.revision for one in published}
        self._published = {one.entry.id: one.entry for one in published}
        self._drafts = {one.entry: one for one in Drafts(database).by_state(*OPEN_STATES)}
        self._domains = {one.domain for one in self._published.values()}
        self._seen: set[str] = set()
        self._spent = 0.0
        self._duplicates = Duplicates()
        for entry in self._published.values():
            self._duplicates.add(entry)

    def rows(self, files: Sequence[File]) -> Iterator[Row]:
        """One row an entry, in the order of the files; raises Refused for a file that is not taken."""
        return (self._row(piece) for piece in read(files, self.shelf))

    def _row(self, piece: Piece) -> Row:
        found = look(piece.markdown, self.shelf, self._local) if piece.markdown else NOTHING
        repeated = self._duplicates.repeated(found.id)
        problems = tuple(dict.fromkeys(one for one in (*piece.problems, *found.problems, repeated) if one))
        row = Row(piece.place, found.id, found.title, ERROR, piece.markdown, found.sources, problems)
        row = replace(row, draft=self._drafts.get(found.id))
        return row if problems or not found.entry else self._sound(row, found.entry)

    def _sound(self, row: Row, entry: Entry) -> Row:
        former = self._published.get(entry.id)
        if former == entry or (row.draft and row.draft.markdown == row.markdown):
            self._duplicates.add(entry, row.place)
            return replace(row, state=SAME)
        notes = (*self._duplicates.notes(entry), *self._notes(entry, row.draft))
        self._duplicates.add(entry, row.place)
        self._domains.add(entry.domain)
        findings, score = self._language(entry)
        return replace(row, state=CHANGED if former else NEW, notes=notes, findings=findings, score=score)

    def _notes(self, entry: Entry, draft: Draft | None) -> Iterator[str]:
        if draft is not None:
            yield note("draft", author=draft.author)
        if entry.domain not in self._domains:
            yield note("new_domain", domain=entry.domain)
        for id in dict.fromkeys(citation.source for citation in entry.sources):
            if id in self.shelf.brought and id not in self._seen:
                self._seen.add(id)
                yield note("new_source", title=self.shelf.brought[id].title)
        unread = {citation.source for citation in entry.sources if citation.verified != "read"}
        if entry.review_by <= now().date():
            yield note("review_past", date=entry.review_by)
        yield from (note("unread", title=source.title) for id in sorted(unread) if (source := self.shelf.get(id)))

    def _language(self, entry: Entry) -> tuple[tuple[Finding, ...], float | None]:
        """What its readers would stumble over, as long as there is time for it."""
        if self._spent > limits()["language_seconds"]:
            return (), None
        began = time.monotonic()
        report = check_entry(entry)
        self._spent += time.monotonic() - began
        return report.findings, report.score
