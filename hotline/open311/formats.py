"""The two forms of an answer: JSON, and the XML that maps to it (the specification's "Spark" convention)."""

import json
import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ITEMS = {  # what the members of a list are called in XML; JSON does not name them
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(name: str, value: Any, form: str) -> bytes:
    """An answer as `json` or `xml` says; `name` is the root of the XML, and JSON has none."""
    if form == "json":
        return json.dumps(value, ensure_ascii=False).encode()
    root = Element(name)
    _fill(root, value)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(element: Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _fill(SubElement(element, name), part)
    elif isinstance(value, list):
        for part in value:
            _fill(SubElement(element, ITEMS[element.tag]), part)
    elif value is not None:
        element.text = _text(value)


def _text(value: Any) -> str:
    """The value as XML can hold it: most control characters have no place there, not even escaped."""
    return str(value).lower() if isinstance(value, bool) else _NOT_XML.sub("", str(value))
