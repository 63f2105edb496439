"""The XML of messages: read without trusting it, written so that nothing in a text can end it."""

from typing import Any
from xml.parsers import expat

DEEPEST = 8
Fields = dict[str, Any]


class BadDocument(ValueError):
    """No document that WeChat would send."""


def read(data: bytes) -> Fields:
    """The fields of a document; an element that comes several times is a list. Raises BadDocument.

    A document type is refused, so there are no entities to expand and no files or addresses to fetch.
    """
    parser, reader = expat.ParserCreate("UTF-8"), _Reader()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.read
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadDocument(str(error)) from error
    return reader.fields


def write(**fields: str | int) -> str:
    """The fields in <xml>: texts as CDATA, numbers plain."""
    return f"<xml>{''.join(f'<{name}>{_inner(value)}</{name}>' for name, value in fields.items())}</xml>"


def listed(value: Any) -> list[Fields]:
    """What stands in a list of objects, also where only one of them came, or none."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _inner(value: str | int) -> str:
    # "]]>" would end the CDATA, so it is split over two of them
    return str(value) if isinstance(value, int) else f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"


class _Reader:
    """Gathers what expat finds."""

    def __init__(self) -> None:
        self.fields: Fields = {}
        self._open: list[tuple[str, Fields, list[str]]] = []

    def refuse(self, *_: object) -> None:
        """A document type."""
        raise BadDocument("a document type")

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        if len(self._open) == DEEPEST or (not self._open and name != "xml"):
            raise BadDocument(f"<{name[:40]}> in the wrong place")
        self._open.append((name, {}, []))

    def read(self, text: str) -> None:
        """Characters inside an element."""
        self._open[-1][2].append(text)

    def end(self, name: str) -> None:
        """An element closes: with children it is an object, without a text."""
        _, children, texts = self._open.pop()
        if not self._open:
            self.fields = children
            return
        around, value = self._open[-1][1], children or "".join(texts).strip()
        if name in around:
            before = around[name]
            around[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            around[name] = value
