"""Sentences and clauses that are too long for one breath."""

from collections.abc import Callable, Iterator

from knowledge.plain_language.finding import Finding
from knowledge.plain_language.rules import points_of, read, words_of
from knowledge.plain_language.text import clauses, masked, sentences, size

Cut = Callable[[str], Iterator[tuple[int, str]]]
UNITS: dict[str, tuple[Cut, str]] = {"long_sentence": (sentences, "sentence"), "long_clause": (clauses, "clause")}


def too_long(text: str) -> Iterator[Finding]:
    """A finding for each sentence and each clause beyond its limit; a very long sentence is an error."""
    limits = read("rules")["lengths"]
    hidden = masked(text)
    for rule, (cut, unit) in UNITS.items():
        for start, piece in cut(hidden):
            length = size(piece)
            if length > limits[unit]:
                yield Finding(
                    rule=rule,
                    words=text[start : start + len(piece)],
                    start=start,
                    why=words_of(rule)["why"].format(size=length, limit=limits[unit]),
                    better=words_of(rule)["better"],
                    size=rule,
                    points=points_of(rule) + limits["more_points"] * (length - limits[unit]),
                    is_error=unit == "sentence" and length > limits["very_long_sentence"],
                )
