"""First look at a text: one form for all ways to write it, and nothing in it that Rasa would take for an order."""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

LONGEST = 1000
_NARROWED = {
    ord(wide): unicodedata.normalize("NFKC", wide) for wide in map(chr, range(0xFF10, 0xFF5B)) if wide.isalnum()
}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_READABLE = re.compile(r"[A-Za-z0-9\u3400-\u9fff]")
_SPACES = re.compile(r"[ \t\u3000]+")


def normalise(text: str) -> str:
    """Full-width forms narrowed, control and invisible characters gone, runs of spaces joined; wave dashes stay."""
    kept = text.replace("～", "\ue0f1")
    kept = unicodedata.normalize("NFKC", kept).replace("\ue0f1", "～")
    kept = _INVISIBLE.sub("", kept)
    kept = "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in kept)
    return _SPACES.sub(" ", kept).strip()


def for_people(text: str) -> str:
    """What staff wrote, without control and invisible characters; its punctuation stays, wide digits are narrowed."""
    kept = _INVISIBLE.sub("", text.replace("\r\n", "\n").translate(_NARROWED))
    return "".join(c for c in kept if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def for_rasa(text: str) -> str:
    """A normalised text in simplified characters that cannot be taken for a payload."""
    simplified: str = _simplifier().convert(text)
    return simplified.lstrip("/ ")


def is_readable(text: str) -> bool:
    """False for a text of nothing but emoji and punctuation."""
    return bool(_READABLE.search(text))


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
