"""The XML of WeChat's messages, written and read."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

Fields = Mapping[str, Any]


def write(fields: Fields) -> str:
    """The fields in <xml>: texts as CDATA, numbers plain, objects nested, lists as one element each."""
    return f"<xml>{_inner(fields)}</xml>"


def read(text: str) -> dict[str, Any]:
    """The fields of a document; elements that have children become objects.

    Raises ValueError when it is no XML, or declares anything.
    """
    if "<!DOCTYPE" in text.upper():
        raise ValueError("a document type is not allowed")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"no XML: {error}") from error
    if root.tag != "xml":
        raise ValueError("the root is not <xml>")
    return _fields(root)


def _inner(fields: Fields) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, Mapping):
        inner = _inner(value)
    else:
        # "]]>" would end the CDATA, so it is split over two of them.
        inner = (
            str(value) if isinstance(value, int | float) else f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
        )
    return f"<{name}>{inner}</{name}>"


def _fields(element: ElementTree.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        value = _fields(child) if len(child) else child.text or ""
        if child.tag == "item":  # articles come as a list of <item>
            found.setdefault("item", []).append(value)
        else:
            found[child.tag] = value
    return found
