"""An entry: one thing citizens need to know, read from Markdown with front matter."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import frontmatter
import yaml

KINDS = ("procedure", "rule", "contact")
FACETS = {
    "procedure": ("谁能办", "带什么", "怎么办", "多久", "多少钱", "去哪办", "网上办", "注意"),
    "rule": ("规定", "怎么算", "例子", "注意"),
    "contact": ("找谁", "电话", "怎么办", "多久", "多少钱", "去哪办", "网上办", "注意"),
}
PLAIN_HEADING = "说人话"
LEAD_LIMIT = 220
EVERYWHERE = "全国"
LOCAL = re.compile(r"\{\{\s*local\.([a-z0-9_]+)\s*\}\}")

FEWEST_QUESTIONS = 8
CHECK_AGAIN_AFTER_MONTHS = 6
LONGEST = 60_000  # characters of one entry's whole text
LONGEST_NAMES = {"id": 80, "title": 120, "domain": 40, "region": 40}  # as long as the columns that keep them

_HEADING = re.compile(r"^##\s+(.+?)\s*$", re.MULTILINE)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class EntryError(ValueError):
    """A text that is no entry, with the reason in one sentence."""


@dataclass(frozen=True)
class Facet:
    """One part of an entry under its own heading."""

    name: str
    text: str


@dataclass(frozen=True)
class Citation:
    """Where an entry rests: a source by id, and the article in it."""

    source: str
    article: str
    verified: str


@dataclass(frozen=True)
class NearMiss:
    """A question that sounds like this entry and belongs to another."""

    question: str
    entry: str


@dataclass(frozen=True)
class Link:
    """An official page."""

    title: str
    url: str


@dataclass(frozen=True)
class Entry:
    """One thing citizens need to know, in user language."""

    id: str
    kind: str
    title: str
    domain: str
    official_names: tuple[str, ...]
    questions: tuple[str, ...]
    not_for: tuple[NearMiss, ...]
    region: str
    valid_from: date | None
    valid_to: date | None
    sources: tuple[Citation, ...]
    links: tuple[Link, ...]
    related: tuple[str, ...]
    checked_on: date
    review_by: date
    lead: str
    facets: tuple[Facet, ...]
    plain: str

    def facet(self, name: str) -> Facet | None:
        """The facet of that name, or None."""
        return next((facet for facet in self.facets if facet.name == name), None)

    def in_force(self, today: date) -> bool:
        """Whether it holds on that day: not yet before its first one, no more after its last."""
        return (self.valid_from or today) <= today <= (self.valid_to or today)


def is_id(text: str) -> bool:
    """Whether an entry can be called so: lower-case words joined by hyphens."""
    return bool(_ID.fullmatch(text)) and len(text) <= LONGEST_NAMES["id"]


def check_again_on(checked_on: date) -> date:
    """The day, half a year later, on which what was checked on a day is to be checked again."""
    months = checked_on.month - 1 + CHECK_AGAIN_AFTER_MONTHS
    return date(checked_on.year + months // 12, months % 12 + 1, min(checked_on.day, 28))


def parse(markdown: str) -> Entry:
    """The entry in a Markdown text. Raises EntryError with the reason when it is none."""
    try:
        meta, body = frontmatter.parse(markdown)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise EntryError("开头的资料部分读不懂") from error
    entry = _entry(meta, body)
    _check(entry)
    return entry


def _entry(meta: dict[str, Any], body: str) -> Entry:
    lead, parts = sections(body)
    return Entry(
        **{name: _text(meta, name) for name in ("id", "kind", "title", "domain")},
        official_names=_texts(meta, "official_names"),
        questions=_texts(meta, "questions"),
        not_for=tuple(NearMiss(**miss) for miss in _rows(meta, "not_for", {"question", "entry"})),
        region=_text(meta, "region") if meta.get("region") else EVERYWHERE,
        valid_from=_day(meta, "valid_from") if meta.get("valid_from") else None,
        valid_to=_day(meta, "valid_to") if meta.get("valid_to") else None,
        sources=tuple(Citation(**one) for one in _rows(meta, "sources", {"source", "article", "verified"})),
        links=tuple(Link(**link) for link in _rows(meta, "links", {"title", "url"})),
        related=_texts(meta, "related"),
        checked_on=_day(meta, "checked_on"),
        review_by=_day(meta, "review_by"),
        lead=lead,
        facets=tuple(facet for facet in parts if facet.name != PLAIN_HEADING),
        plain=next((facet.text for facet in parts if facet.name == PLAIN_HEADING), ""),
    )


def _text(meta: dict[str, Any], name: str) -> str:
    if isinstance(meta.get(name), str):
        return str(meta[name])
    raise EntryError(f"{name} 要写一行文字")


def _texts(meta: dict[str, Any], name: str) -> tuple[str, ...]:
    given = meta.get(name) or []
    if isinstance(given, list) and all(isinstance(one, str | int | float) for one in given):
        return tuple(map(str, given))
    raise EntryError(f"{name} 要写成列表，一行一个")


def _rows(meta: dict[str, Any], name: str, fields: set[str]) -> list[dict[str, str]]:
    given = meta.get(name) or []
    if isinstance(given, list) and all(has(one, fields) for one in given):
        return list(given)
    raise EntryError(f"{name} 要写成列表，每行有 {'、'.join(sorted(fields))}")


def has(value: Any, fields: set[str]) -> bool:
    """Whether a value of the front matter has these fields, no others, and plain text in each."""
    return isinstance(value, dict) and set(value) == fields and all(isinstance(one, str) for one in value.values())


def _day(meta: dict[str, Any], name: str) -> date:
    if type(meta.get(name)) is date:  # a moment with a time is no day, though it is a kind of date
        return cast(date, meta[name])
    raise EntryError(f"{name} 要写成 2026-11-23 这样的日期")


def sections(body: str) -> tuple[str, list[Facet]]:
    """The lead and the parts of a text below its front matter, in their order."""
    lead, *rest = _HEADING.split(body)
    return lead.strip(), [Facet(name, text.strip()) for name, text in zip(rest[::2], rest[1::2], strict=True)]


def _check(entry: Entry) -> None:
    long = [name for name, most in LONGEST_NAMES.items() if len(getattr(entry, name)) > most]
    unknown = [facet.name for facet in entry.facets if facet.name not in FACETS.get(entry.kind, ())]
    problems = [
        (bool(long), f"{'、'.join(long)} 太长"),
        (not is_id(entry.id), "id 只能用小写英文字母、数字和短横"),
        (entry.kind not in KINDS, f"kind 只能是 {'、'.join(KINDS)}"),
        (not entry.lead, "没有导语"),
        (len(entry.lead) > LEAD_LIMIT, f"导语有 {len(entry.lead)} 个字，最多 {LEAD_LIMIT} 个"),
        (not entry.plain, f"没有“{PLAIN_HEADING}”这一段"),
        (len(entry.questions) < FEWEST_QUESTIONS, f"问法只有 {len(entry.questions)} 个，至少要 {FEWEST_QUESTIONS} 个"),
        (not entry.sources, "一条依据也没有"),
        (bool(unknown), f"没有这样的段：{'、'.join(unknown)}"),
    ]
    for wrong, reason in problems:
        if wrong:
            raise EntryError(f"{entry.id[:80]}：{reason}")
