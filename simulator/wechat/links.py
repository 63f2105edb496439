"""Links in a text as WeChat shows them: bare addresses, <a href>, and words that send themselves when touched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)</a>|(https?://[^\s<>"，。；！？）】」]+)', re.DOTALL)
CHOICE = "weixin://bizmsgmenu"


@dataclass(frozen=True)
class Part:
    """A piece of text, with where it leads or what it sends."""

    text: str
    address: str = ""
    choice: str = ""


def parts(text: str) -> Iterator[Part]:
    """The pieces of a text in order."""
    begin = 0
    for found in LINK.finditer(text):
        yield Part(text[begin : found.start()])
        yield _link(found)
        begin = found.end()
    yield Part(text[begin:])


def _link(found: re.Match[str]) -> Part:
    if found[3]:
        return Part(found[3], address=found[3])
    address, text = unescape(found[1]), found[2]
    if address.startswith(CHOICE):
        return Part(text, choice=parse_qs(urlsplit(address).query).get("msgmenucontent", [text])[0])
    return Part(text, address=address if address.startswith(("http://", "https://")) else "")
