"""Words of the office, slogans and terms, found by lists, each with a plain word to offer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from knowledge.plain_language.finding import Finding
from knowledge.plain_language.rules import SIZES, points_of, read, words_of
from knowledge.plain_language.text import masked

EXPLAINED = re.compile(r"[”*]{0,3}(?:（|\(|，?(?:就是|也就是|是说|指的是|意思是|说的是|叫))")
IN_BRACKETS = re.compile(r"[（(][^（）()\n]{0,20}$")


@dataclass(frozen=True)
class Word:
    """One listed word: its rule, its size (a key of `weights`) and what to say instead."""

    rule: str
    size: str
    better: str


def listed_words(text: str) -> Iterator[Finding]:
    """A finding for each listed word; a term is one only at its first use and where nothing explains it."""
    words, pattern = _words(), _pattern()
    terms: set[str] = set()
    hidden = masked(text)
    for match in pattern.finditer(hidden):
        word = words.get(match[0])
        if word is None or (word.rule == "term" and (match[0] in terms or _is_explained(hidden, match))):
            continue
        if word.rule == "term":
            terms.add(match[0])
        yield _finding(word, match)


def pairs() -> dict[str, str]:
    """Every word of the office with the plain word offered for it."""
    return {name: word.better for name, word in _words().items() if word.rule == "officialese"}


def _finding(word: Word, match: re.Match[str]) -> Finding:
    said = words_of(word.rule)
    return Finding(
        rule=word.rule,
        words=match[0],
        start=match.start(),
        why=said["why"],
        better=said.get("better", "{better}").format(better=word.better),
        size=word.size,
        points=points_of(word.size),
        is_error=word.rule == "slogan",
    )


def _is_explained(text: str, match: re.Match[str]) -> bool:
    return bool(EXPLAINED.match(text, match.end()) or IN_BRACKETS.search(text, 0, match.start()))


@cache
def _words() -> dict[str, Word]:
    words = {name: Word("term", "term", better) for name, better in read("terms")["terms"].items()}
    words |= {name: Word("slogan", "slogan", "") for name in read("slogans")["words"]}
    for size in SIZES:
        for name, value in read("officialese")[size].items():
            words[name] = Word("officialese", size, value[0] if isinstance(value, list) else value)
    return words


@cache
def _pattern() -> re.Pattern[str]:
    # Longest first, so that a harmless word is read before the listed one inside it.
    harmless = [*read("officialese")["harmless"], *read("slogans")["harmless"]]
    for size in SIZES:
        harmless += [
            word for value in read("officialese")[size].values() if isinstance(value, list) for word in value[1:]
        ]
    return re.compile("|".join(sorted({*_words(), *harmless}, key=len, reverse=True)))
