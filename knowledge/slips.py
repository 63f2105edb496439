"""How a text is spelled and how it sounds: what a slip changes in the one it leaves alone in the other."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pypinyin import lazy_pinyin

_LETTER = re.compile(r"\w")
_MIXED_UP = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


def bigrams(text: str | tuple[str, ...]) -> frozenset[str]:
    """Every pair of neighbouring letters, or of neighbouring sounds."""
    letters = [one for one in text if _LETTER.match(one)]
    return frozenset(f"{a} {b}" for a, b in pairwise(letters))


class Pairs:
    """The pairs of many texts, to tell how alike some of them are to another."""

    def __init__(self, held: Sequence[frozenset[str]]) -> None:
        self._numbers: dict[str, int] = {}
        numbers = [self._numbers.setdefault(pair, len(self._numbers)) for pairs in held for pair in pairs]
        self._held = np.asarray(numbers, dtype=np.int32)
        self._ends = np.cumsum([0, *map(len, held)])

    def shares(self, wanted: frozenset[str], places: NDArray[np.int64]) -> NDArray[np.float64]:
        """How many of the wanted pairs each of these texts holds, as a share of the geometric mean of what both have.

        So the share is less where one of the two is far longer.
        """
        sizes = self._ends[places + 1] - self._ends[places]
        ends = np.cumsum(sizes)
        rows = np.arange(int(sizes.sum())) + np.repeat(self._ends[places] - (ends - sizes), sizes)
        known = [self._numbers[pair] for pair in wanted if pair in self._numbers]
        common = np.bincount(np.repeat(np.arange(len(places)), sizes), np.isin(self._held[rows], known), len(places))
        shares: NDArray[np.float64] = common / np.sqrt(np.maximum(len(wanted) * sizes, 1))
        return shares


@lru_cache(maxsize=65_536)
def sounds(text: str) -> tuple[str, ...]:
    """The sound of each Chinese letter without its tone; sounds that many speakers mix up are one."""
    return tuple(map(_plain, lazy_pinyin(text, errors="ignore")))


@lru_cache(maxsize=131_072)  # what a publishing leaves alone is not spelled again
def pinyin(text: str) -> tuple[str, ...]:
    """The sound of each Chinese letter as people type it; what is not Chinese stays as it is."""
    return tuple(lazy_pinyin(text))


def _plain(sound: str) -> str:
    for said, meant in _MIXED_UP:
        sound = sound.replace(said, meant)
    return sound
