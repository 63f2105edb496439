"""A text cut into sentences and clauses, and measured; nothing here moves a character from its place."""

import re
from collections.abc import Iterator

from knowledge.entry import LOCAL

# Names of papers, words on a button or a sign: not ours to change.
QUOTED = re.compile(r"《[^》\n]{1,60}》|“[^”\n]{1,16}”")
ADDRESS = re.compile(r"https?://[\w./?=&%#:-]+")
HALF_WIDTH = re.compile(r"(?<!\d)[,:;?!]|[,:;?!](?!\d)")  # 1,000 and 8:30 stay
FULL_WIDTH = str.maketrans(",:;?!", "，：；？！")
SENTENCE = re.compile(r"[^。！？；…|\n]+")
CLAUSE = re.compile(r"[^，、：（）()“”\"《》—\s]+")
SIZE = re.compile(r"[一-鿿〇]|(?P<foreign>[A-Za-z0-9][A-Za-z0-9.,%_]*)")


def masked(text: str) -> str:
    """The text of the same length: quotations, addresses and local values mean nothing, punctuation is full-width."""
    for pattern, filler in ((LOCAL, "x"), (ADDRESS, "x"), (QUOTED, "〇")):
        text = pattern.sub(lambda match, filler=filler: filler * len(match[0]), text)  # type: ignore[misc]  # bound early
    return HALF_WIDTH.sub(lambda match: match[0].translate(FULL_WIDTH), text)


def size(text: str) -> int:
    """How long a text is to read: a Chinese character is 1, a number or a foreign word 2, punctuation nothing."""
    return sum(2 if match["foreign"] else 1 for match in SIZE.finditer(text))


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Every sentence of a masked text with the place where it starts."""
    return _pieces(SENTENCE, text)


def clauses(text: str) -> Iterator[tuple[int, str]]:
    """Every stretch between two pauses of a masked text with the place where it starts."""
    for start, sentence in sentences(text):
        yield from ((start + inner, clause) for inner, clause in _pieces(CLAUSE, sentence))


def _pieces(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    for match in pattern.finditer(text):
        piece = match[0].strip()
        if piece:
            yield match.start() + match[0].index(piece), piece
