"""Which of the numbered choices a citizen means."""

import re
import unicodedata

from wechat.users import Choice

_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_CHOICE = re.compile(r"(?:我?[选要点])?\s*第?\s*(\d{1,2}|[一二两三四五六七八九十])\s*[个项条号]?吧?[.。,，、!！)）]*")


def chosen(text: str, offered: list[Choice] | None) -> Choice | None:
    """The choice that a text names by its number and nothing else, or None."""
    match = _CHOICE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match or not offered:
        return None
    number = int(match[1]) if match[1].isdigit() else _NUMERALS[match[1]]
    return offered[number - 1] if 1 <= number <= len(offered) else None
