"""Replies as WeChat shows them: plain text, numbered choices, plain addresses, at most 2,047 bytes at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wechat.users import Choice
from wechat.words import words

MOST_BYTES = 2047
FOLDED_AWAY = ("先说要紧的", "说人话")  # headings that nobody asks for
_TAG = re.compile(r"<(?=\s*/?\s*[a-zA-Z])")  # WeChat makes links of <a …>
_SENTENCE_END = re.compile(r"[。！？；]|[.!?;](?=\s)|\n")


@dataclass(frozen=True)
class Piece:
    """One reply: its text, and the choices that it offers, without their numbers."""

    text: str
    choices: tuple[Choice, ...] = ()


def piece_of(reply: dict[str, Any]) -> Piece:
    """A reply of the messages contract."""
    text, choices = reply["text"], [*reply.get("choices", ()), *reply.get("related", ())]
    lines = [_without_numbers(text, choices)]
    if reply.get("related"):
        lines += [*_facets(reply), words().related]
    address = reply.get("url") or reply.get("link")
    if address and address not in text:
        lines.append(address)
    listed = all(f"· {one['title']}" in text for one in choices)  # a number is the answer there, and no choice
    return Piece("\n".join(lines), () if listed else tuple(choices))


def joined(pieces: Iterable[Piece]) -> tuple[str, list[Choice]]:
    """The pieces as one text, their choices numbered through, and those choices in order."""
    offered: list[Choice] = []
    texts = []
    for piece in pieces:
        numbered = [f"{number}. {one['title']}" for number, one in enumerate(piece.choices, start=len(offered) + 1)]
        offered += piece.choices
        texts.append("\n".join([piece.text, *numbered]))
    return _TAG.sub("＜", "\n\n".join(text for text in texts if text)), offered


def cut(text: str, most: int = MOST_BYTES) -> tuple[str, str]:
    """As much of a text as goes into one message, up to the end of a sentence, and the rest."""
    if _size(text) <= most:
        return text, ""
    tail = f"\n{words().more}"
    head = text.encode()[: most - _size(tail)].decode("utf-8", "ignore")
    ends = [match.end() for match in _SENTENCE_END.finditer(head)]
    place = ends[-1] if ends else len(head)
    return head[:place].rstrip() + tail, text[place:].lstrip()


def _without_numbers(text: str, choices: list[Choice]) -> str:
    """Where the text numbers its choices itself, it does so no more."""
    lines = [f"{number}. {one['title']}" for number, one in enumerate(choices, start=1)]
    own = text.split("\n")
    return "\n".join(line for line in own if line not in lines) if set(lines) <= set(own) else text


def _facets(reply: dict[str, Any]) -> list[str]:
    """What can be asked next of an entry; the text of a calculation says everything already."""
    if reply["origin"]["kind"] == "calculator":
        return []
    names = [one["name"] for one in reply.get("facets", ()) if one["name"] not in FOLDED_AWAY]
    return [words().facets.format(names="、".join(names))] if names else []


def _size(text: str) -> int:
    return len(text.encode())
