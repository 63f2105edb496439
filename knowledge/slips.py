"""How a text is spelled and how it sounds: what a slip changes in the one it leaves alone in the other."""

import re
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin

_LETTER = re.compile(r"\w")
_MIXED_UP = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


def bigrams(text: str | tuple[str, ...]) -> frozenset[str]:
    """Every pair of neighbouring letters, or of neighbouring sounds."""
    letters = [one for one in text if _LETTER.match(one)]
    return frozenset(f"{a} {b}" for a, b in pairwise(letters))


@lru_cache(maxsize=65_536)
def sounds(text: str) -> tuple[str, ...]:
    """The sound of each Chinese letter without its tone; sounds that many speakers mix up are one."""
    return tuple(map(_plain, lazy_pinyin(text, errors="ignore")))


def _plain(sound: str) -> str:
    for said, meant in _MIXED_UP:
        sound = sound.replace(said, meant)
    return sound
