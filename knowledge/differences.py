"""What changed between two texts, word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby

from knowledge.tokenizer import Tokenizer

SAME, ADDED, REMOVED = "same", "added", "removed"
AROUND, FEWEST_FOLDED = 2, 3  # lines shown about a change; fewer than that are not worth folding


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both have, or only the new or the old one."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line of the comparison, whole, with what changed in it."""

    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed in it."""
        return all(piece.kind == SAME for piece in self.pieces)


@dataclass(frozen=True)
class Stretch:
    """Lines that stand together; a folded one holds only lines that nobody changed."""

    lines: tuple[Line, ...]
    is_folded: bool


def stretches(found: Sequence[Line]) -> list[Stretch]:
    """The lines with what is far from any change folded away; where nothing changed, everything is."""
    changed = [place for place, line in enumerate(found) if not line.is_same]
    near = {place + step for place in changed for step in range(-AROUND, AROUND + 1)}
    grouped = groupby(enumerate(found), key=lambda numbered: numbered[0] not in near)
    parts = [(is_far, tuple(line for _, line in group)) for is_far, group in grouped]
    return [Stretch(together, is_far and len(together) > FEWEST_FOLDED) for is_far, together in parts]


def lines(old: str, new: str) -> list[Line]:
    """Every line of the old and the new text in reading order; lines that were changed show their words."""
    before, after = old.split("\n"), new.split("\n")
    found: list[Line] = []
    for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Line((Piece(SAME, line),)) for line in before[start:end]]
            continue
        together = min(end - start, last - first)
        pairs = zip(before[start : start + together], after[first : first + together], strict=True)
        found += [Line(tuple(words(*pair))) for pair in pairs]
        found += [Line((Piece(REMOVED, line),)) for line in before[start + together : end]]
        found += [Line((Piece(ADDED, line),)) for line in after[first + together : last]]
    return found


def words(old: str, new: str) -> Iterator[Piece]:
    """The pieces of two versions of one line."""
    before, after = _tokenizer().pieces(old), _tokenizer().pieces(new)
    for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece(SAME, "".join(before[start:end]))
            continue
        if end > start:
            yield Piece(REMOVED, "".join(before[start:end]))
        if last > first:
            yield Piece(ADDED, "".join(after[first:last]))


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer()
