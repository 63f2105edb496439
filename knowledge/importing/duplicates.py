"""Entries that say the same thing twice: by id, by title, by question, by most of their words."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from knowledge.entry import Entry
from knowledge.importing.piece import limits
from knowledge.importing.words import note, problem

RUN = 6  # letters in a row that lead to entries worth comparing
ONE_IN = 4  # of the runs are kept, by their digest: near duplicates share so many that some are always among them
MOST_ALIKE = 20  # entries kept for a run: one that many share says little
COMPARED = 5
MOST_QUESTIONS = 3
_LETTER = re.compile(r"\w")


@dataclass(frozen=True)
class _Known:
    id: str
    title: str
    place: str  # where it stood in this import; empty for one that was there before
    words: frozenset[str]


class Duplicates:
    """Remembers entries and says what a new one has in common with them; quick however many there are."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Known] = {}
        self._titles: dict[str, str] = {}
        self._questions: dict[str, str] = {}
        self._runs: dict[int, list[str]] = defaultdict(list)

    def add(self, entry: Entry, place: str = "") -> None:
        """Remember an entry; what is already known of its id, such as its former state, is replaced."""
        text = _text(entry)
        self._by_id[entry.id] = _Known(entry.id, entry.title, place, _words(text))
        self._titles[letters(entry.title)] = entry.id
        for question in entry.questions:
            self._questions.setdefault(letters(question), entry.id)
        for run in _runs(text):
            alike = self._runs[run]
            if len(alike) < MOST_ALIKE and entry.id not in alike:
                alike.append(entry.id)

    def repeated(self, id: str) -> str:
        """Why an id cannot stand in this import again, empty where it can."""
        known = self._by_id.get(id)
        return problem("same_id", place=known.place) if known and known.place else ""

    def notes(self, entry: Entry) -> Iterator[str]:
        """What other entries have in common with this one."""
        other = self._other(self._titles.get(letters(entry.title)), entry)
        if other:
            yield note("same_title", other=other.title, id=other.id)
        shared = [(question, self._questions.get(letters(question))) for question in entry.questions]
        of_others = [(question, self._other(id, entry)) for question, id in shared]
        for question, owner in [pair for pair in of_others if pair[1]][:MOST_QUESTIONS]:
            if owner:
                yield note("same_question", question=question, other=owner.title, id=owner.id)
        yield from self._near(entry)

    def _near(self, entry: Entry) -> Iterator[str]:
        text = _text(entry)
        alike = Counter(id for run in _runs(text) for id in self._runs.get(run, ()) if id != entry.id)
        own = _words(text)
        for id, _ in alike.most_common(COMPARED):
            other = self._by_id[id]
            overlap = len(own & other.words) / max(len(own | other.words), 1)
            if overlap >= limits()["overlap"]:
                yield note("near", other=other.title, id=id, percent=round(100 * overlap))
                return

    def _other(self, id: str | None, entry: Entry) -> _Known | None:
        return self._by_id[id] if id and id != entry.id else None


def letters(text: str) -> str:
    """A text as only its letters and digits, by which two that differ in signs alone are the same."""
    return "".join(_LETTER.findall(unicodedata.normalize("NFKC", text).casefold()))


def _text(entry: Entry) -> str:
    return letters("".join((entry.title, entry.lead, *entry.questions)))


def _words(text: str) -> frozenset[str]:
    """Two letters in a row stand for a word: quick, and of no dictionary's opinion."""
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


def _runs(text: str) -> set[int]:
    found = {crc32(text[place : place + RUN].encode()) for place in range(len(text) - RUN + 1)}
    return {digest for digest in found if digest % ONE_IN == 0}
