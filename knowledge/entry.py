"""An entry: one thing citizens need to know, read from Markdown with front matter."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

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
LOCAL = re.compile(r"\{\{\s*local\.([a-z0-9_]+)\s*\}\}")

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


def parse(markdown: str) -> Entry:
    """The entry in a Markdown text. Raises EntryError with the reason when it is none."""
    try:
        meta, body = frontmatter.parse(markdown)
        return _entry(meta, body)
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise EntryError(f"front matter: {error!r}") from error


def _entry(meta: dict[str, Any], body: str) -> Entry:
    lead, sections = _sections(body)
    entry = Entry(
        id=meta["id"],
        kind=meta["kind"],
        title=meta["title"],
        domain=meta["domain"],
        official_names=tuple(meta.get("official_names") or ()),
        questions=tuple(str(question) for question in meta["questions"]),
        not_for=tuple(NearMiss(**miss) for miss in meta.get("not_for") or ()),
        region=meta.get("region") or "全国",
        valid_from=meta.get("valid_from"),
        valid_to=meta.get("valid_to"),
        sources=tuple(Citation(**source) for source in meta["sources"]),
        links=tuple(Link(**link) for link in meta.get("links") or ()),
        related=tuple(meta.get("related") or ()),
        checked_on=meta["checked_on"],
        review_by=meta["review_by"],
        lead=lead,
        facets=tuple(facet for facet in sections if facet.name != PLAIN_HEADING),
        plain=next((facet.text for facet in sections if facet.name == PLAIN_HEADING), ""),
    )
    _check(entry)
    return entry


def _sections(body: str) -> tuple[str, list[Facet]]:
    lead, *rest = _HEADING.split(body)
    return lead.strip(), [Facet(name, text.strip()) for name, text in zip(rest[::2], rest[1::2], strict=True)]


def _check(entry: Entry) -> None:
    problems = [
        (not _ID.fullmatch(entry.id), f"id {entry.id!r} is not lower-case words joined by hyphens"),
        (entry.kind not in KINDS, f"kind {entry.kind!r} is none of {KINDS}"),
        (not entry.lead, "there is no lead"),
        (len(entry.lead) > LEAD_LIMIT, f"the lead has {len(entry.lead)} characters, more than {LEAD_LIMIT}"),
        (not entry.plain, f"there is no section {PLAIN_HEADING}"),
        (len(entry.questions) < 8, f"only {len(entry.questions)} questions, fewer than 8"),
        (not entry.sources, "there is no source"),
        (not isinstance(entry.checked_on, date) or not isinstance(entry.review_by, date), "a date is missing"),
    ]
    unknown = [facet.name for facet in entry.facets if facet.name not in FACETS.get(entry.kind, ())]
    problems.append((bool(unknown), f"unknown headings {unknown}"))
    for wrong, reason in problems:
        if wrong:
            raise EntryError(f"{entry.id}: {reason}")
