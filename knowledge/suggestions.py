"""Published questions that go on as somebody has begun to type: by their letters, their sound, their initials."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

from knowledge.slips import bigrams, pinyin
from knowledge.store import Revision

MOST = 5
LOOKED_AT = 2000  # lines; an entry with very many questions must not make the others slow
GAP = 6  # letters that may stand between two typed ones
SHORTEST_WITH_GAPS = 3
SHORTEST_SOUND = 2
SHORTEST_SOUND_INSIDE = 3
LEAST_COMMON = 2  # pairs of letters that a text and a question near to it have in common
LEAST_SHARE = 0.4  # of the question's pairs
_NO_LETTERS = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Question:
    """One way to ask for an entry."""

    entry: str
    text: str


def questions(published: Iterable[Revision], asked: Mapping[str, int], today: date) -> list[Question]:
    """What published entries in force answer, the best to suggest first: asked most, then titles, then short ones."""
    entries = [revision.entry for revision in published]
    found = [
        (one, text) for one in entries if one.in_force(today) for text in dict.fromkeys((one.title, *one.questions))
    ]
    found.sort(key=lambda pair: (-asked.get(pair[0].id, 0), pair[1] != pair[0].title, len(pair[1])))
    return [Question(entry.id, text) for entry, text in found]


class Suggestions:
    """An index of questions in their order of preference; finding reads memory only."""

    def __init__(self, ordered: Iterable[Question]) -> None:
        self._questions = list(ordered)
        sounds = [pinyin(question.text.lower()) for question in self._questions]
        self._letters = _Column([_plain(question.text) for question in self._questions])
        self._sounds = _Column([_plain("".join(said)) for said in sounds])
        self._initials = _Column([_plain("".join(map(_initial, said))) for said in sounds])

    def find(self, typed: str, limit: int = MOST) -> list[Question]:
        """At most `limit` questions, one an entry: those that begin so, then those that hold it, then the near ones."""
        words = [plain for word in typed.split() if (plain := _plain(word))]
        if not words:
            return []
        found: dict[str, Question] = {}
        for line in self._lines(words):
            found.setdefault(self._questions[line].entry, self._questions[line])
            if len(found) == limit:
                break
        return list(found.values())

    def near(self, text: str, limit: int = MOST) -> list[Question]:
        """At most `limit` questions, one an entry, that a text repeats most of, pair of letters by pair of letters."""
        said, found = bigrams(text), dict[str, tuple[float, Question]]()
        for question, pairs in zip(self._questions, self._pairs, strict=True):
            common = len(pairs & said)
            share = common / len(pairs) if common >= LEAST_COMMON else 0.0
            if share >= LEAST_SHARE and share > found.get(question.entry, (0.0, question))[0]:
                found[question.entry] = share, question
        return [question for _, question in sorted(found.values(), key=lambda pair: -pair[0])[:limit]]

    @cached_property
    def _pairs(self) -> list[frozenset[str]]:
        return [bigrams(question.text) for question in self._questions]

    def _lines(self, words: list[str]) -> Iterator[int]:
        whole = "".join(words)
        yield from islice(self._letters.beginning(whole), LOOKED_AT)
        longest = max(words, key=len)
        holding = islice(self._letters.holding(longest), LOOKED_AT)
        yield from (line for line in holding if all(word in self._letters.line(line) for word in words))
        if _LATIN.fullmatch(whole):
            yield from self._sounding(whole)
        elif len(whole) >= SHORTEST_WITH_GAPS:
            yield from islice(self._letters.holding_with_gaps(whole), LOOKED_AT)

    def _sounding(self, typed: str) -> Iterator[int]:
        if len(typed) >= SHORTEST_SOUND:
            yield from islice(self._initials.beginning(typed), LOOKED_AT)
            yield from islice(self._sounds.beginning(typed), LOOKED_AT)
        if len(typed) >= SHORTEST_SOUND_INSIDE:
            yield from islice(self._initials.holding(typed), LOOKED_AT)
            yield from islice(self._sounds.holding(typed), LOOKED_AT)


class _Column:
    """Many short lines in one text: searching that is one call of C for all of them."""

    def __init__(self, lines: list[str]) -> None:
        self._text = "\n" + "".join(f"{line}\n" for line in lines)
        self._ends: list[int] = []  # of each line; the first line begins after the newline at 0
        end = 0
        for line in lines:
            end += len(line) + 1
            self._ends.append(end)

    def line(self, number: int) -> str:
        """One line."""
        return self._text[(self._ends[number - 1] if number else 0) + 1 : self._ends[number]]

    def beginning(self, typed: str) -> Iterator[int]:
        """The lines that begin so, in order."""
        return self._found("\n" + typed)

    def holding(self, typed: str) -> Iterator[int]:
        """The lines that have this anywhere, in order."""
        return self._found(typed)

    def holding_with_gaps(self, typed: str) -> Iterator[int]:
        """The lines that have these letters in this order, with a few others between them."""
        last = -1
        for match in re.finditer(f"[^\n]{{0,{GAP}}}?".join(map(re.escape, typed)), self._text):
            number = bisect_right(self._ends, match.start())
            if number != last:
                last = number
                yield number

    def _found(self, needle: str) -> Iterator[int]:
        at = self._text.find(needle)
        while at >= 0:
            number = bisect_right(self._ends, at)
            if number == len(self._ends):
                return  # the newline after the last line
            yield number
            at = self._text.find(needle, self._ends[number])


def _plain(text: str) -> str:
    return _NO_LETTERS.sub("", text.lower())


def _initial(sound: str) -> str:
    """The first letter of a Chinese sound; what is not Chinese stays whole."""
    return sound[0] if sound.isascii() and sound.isalpha() else sound
