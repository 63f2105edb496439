"""The canonical text of an entry: the same content always gives the same Markdown."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import yaml

from knowledge.entry import FACETS, PLAIN_HEADING, Entry

ORDER = (
    *("id", "kind", "title", "domain", "official_names", "questions", "not_for", "region", "valid_from", "valid_to"),
    *("sources", "links", "related", "checked_on", "review_by"),
)
ONE_A_LINE = ("questions", "not_for", "sources", "links")
EMPTY = '""'
MAY_BE_MISSING = ("official_names", "not_for", "links", "related")


def as_markdown(entry: Entry) -> str:
    """The entry's text, its headings in their usual order; parsed, it is the same entry again."""
    meta = {name: getattr(entry, name) for name in ORDER}
    meta |= {name: [asdict(one) for one in meta[name]] for name in ("not_for", "sources", "links")}
    usual = FACETS[entry.kind]
    sections = [(facet.name, facet.text) for facet in sorted(entry.facets, key=lambda one: usual.index(one.name))]
    return render(meta, entry.lead, [*sections, (PLAIN_HEADING, entry.plain)])


def render(meta: Mapping[str, Any], lead: str, sections: Sequence[tuple[str, str]]) -> str:
    """The text of what may still become an entry: whatever is known, in the order of an entry's file."""
    body = [lead, *(f"## {name}\n{text}" for name, text in sections if text)]
    return "\n".join(("---", *_front(meta), "---", "\n\n".join(part for part in body if part), ""))


def _front(meta: Mapping[str, Any]) -> Iterator[str]:
    for name in ORDER:
        value = meta.get(name)
        if value and name in ONE_A_LINE:
            yield f"{name}:"
            yield from (f"  - {_written(one)}" for one in value)
        elif value or name not in MAY_BE_MISSING:
            yield f"{name}: {_written(value)}".rstrip()


def _written(value: Any, template: str = "- {}") -> str:
    """A value as YAML on one line; nothing stands as nothing."""
    if not value:
        return ""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_written(one, '[{}]') or EMPTY}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written(one, "[{}]") for one in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if _reads_back(str(value), template) else json.dumps(str(value), ensure_ascii=False)


def _reads_back(text: str, template: str) -> bool:
    """Whether the text needs no quotes where it stands."""
    try:
        return bool(yaml.load(template.format(text), yaml.CSafeLoader) == [text])
    except yaml.YAMLError:
        return False
