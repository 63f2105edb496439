"""An entry as a form: its text split into fields, and the fields put together as text again."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import frontmatter
import yaml
from werkzeug.datastructures import MultiDict

from knowledge.entry import EVERYWHERE, FACETS, PLAIN_HEADING, EntryError, sections
from knowledge.rendering import ORDER, render

Form = MultiDict[str, str]
ROWS = {
    "not_for": ("question", "entry"),
    "sources": ("source", "article", "verified"),
    "links": ("title", "url"),
}  # lists of several fields each; a row's fields are sent as `<list>.<field>`
SPARE_ROWS = 2
UNSEEN = ("Cc", "Cs", "Co", "Cn")  # control signs and what is no character
ALL_FACETS = tuple(dict.fromkeys(name for names in FACETS.values() for name in names))


@dataclass(frozen=True)
class Fields:
    """What stands in the form."""

    meta: Mapping[str, Any]
    lead: str = ""
    facets: Mapping[str, str] = field(default_factory=dict)
    plain: str = ""

    def one(self, name: str) -> str:
        """A field of one line."""
        return _text(self.meta.get(name))

    def lines(self, name: str) -> str:
        """A list, one line each."""
        return "\n".join(_text(one) for one in _list(self.meta.get(name)))

    def rows(self, name: str) -> list[dict[str, str]]:
        """A list of several fields each, with spare rows to fill in."""
        given = [one for one in _list(self.meta.get(name)) if isinstance(one, Mapping)]
        filled = [{part: _text(one.get(part)) for part in ROWS[name]} for one in given]
        return filled + [dict.fromkeys(ROWS[name], "") for _ in range(SPARE_ROWS)]

    def facet_names(self) -> list[str]:
        """Every facet in the order of the form: the usual one, unless the text has its own."""
        usual = list(dict.fromkeys((*FACETS.get(self.one("kind"), ()), *ALL_FACETS)))
        written = [name for name, text in self.facets.items() if text]
        if written == [name for name in usual if name in written]:
            return usual
        return [*written, *(name for name in usual if name not in written)]


def fields_of(markdown: str) -> Fields:
    """The fields of a text, finished or not. Raises EntryError for one that the form would lose something of."""
    try:
        meta, body = frontmatter.parse(markdown)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError) as error:
        raise EntryError("开头的资料部分读不懂") from error
    lead, parts = sections(body)
    names = [part.name for part in parts]
    strange = [name for name in names if name not in (*ALL_FACETS, PLAIN_HEADING)] + [*(meta.keys() - set(ORDER))]
    if strange or len(names) != len(set(names)):
        raise EntryError(f"有表单里没有的内容：{'、'.join(map(str, strange or names))}")
    texts = {part.name: part.text for part in parts}
    return Fields(meta, lead, texts, texts.pop(PLAIN_HEADING, ""))


def text_of(form: Form, entry: str) -> str:
    """The text that a form stands for: as it was written where it was sent as text, else put together."""
    if "markdown" in form:
        return clean(form["markdown"]) + "\n"
    meta: dict[str, Any] = {name: _line(form.get(name, "")) for name in ("kind", "title", "domain", "region")}
    meta |= {"id": entry, "region": meta["region"] or EVERYWHERE}
    meta |= {name: list(_listed(form.get(name, ""))) for name in ("questions", "official_names", "related")}
    meta |= {name: list(_rows(form, name)) for name in ROWS}
    meta |= {name: _day(form.get(name, "")) for name in ("valid_from", "valid_to", "checked_on", "review_by")}
    facets = [(name, clean(form[f"facet.{name}"])) for name in _facets_of(form)]
    plain = (PLAIN_HEADING, clean(form.get("plain", "")))
    return render(meta, clean(form.get("lead", "")), [*facets, plain])


def clean(text: str) -> str:
    """What somebody wrote without signs that no page shows; wide blanks, which texts are set with, stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in UNSEEN).strip()


def _line(text: str) -> str:
    return clean(text).replace("\n", " ")


def _facets_of(form: Form) -> list[str]:
    """The facets that a form sends, in its order."""
    sent = (name.removeprefix("facet.") for name in form if name.startswith("facet."))
    return [name for name in sent if name in ALL_FACETS]


def _rows(form: Form, name: str) -> Iterator[dict[str, str]]:
    columns = [form.getlist(f"{name}.{part}") for part in ROWS[name]]
    for row in zip(*columns, strict=False):
        values = {part: _line(value) for part, value in zip(ROWS[name], row, strict=True)}
        if any(value for part, value in values.items() if part != "verified"):
            yield values


def _listed(text: str) -> Iterator[str]:
    return (line.strip() for line in clean(text).split("\n") if line.strip())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    """A plain value as text; lists within lists, which could be made to grow beyond all memory, are none."""
    return str(value) if isinstance(value, str | int | float | date) else ""
