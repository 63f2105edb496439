"""What keeps a text from being an entry, all of it at once and in words."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import frontmatter
import yaml

from knowledge.entry import (
    EVERYWHERE,
    FACETS,
    FEWEST_QUESTIONS,
    KINDS,
    LEAD_LIMIT,
    LOCAL,
    LONGEST,
    LONGEST_NAMES,
    PLAIN_HEADING,
    Entry,
    EntryError,
    has,
    is_id,
    parse,
)
from knowledge.importing.words import problem, words
from knowledge.local import LocalValues

TEXTS, LISTS = ("id", "kind", "title", "domain"), ("official_names", "questions", "related")
DEEPEST = 4  # levels of lists within the front matter of an entry; real ones have three
_HTML = re.compile(r"<\s*[/!?]?\s*[a-zA-Z][^<\n]{0,40}|javascript:", re.IGNORECASE)
_HEADING = re.compile(r"^##[ \t]+(.+?)\s*$", re.MULTILINE)
_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_WEB_ADDRESS = re.compile(r"https?://\S+")
_OF_FOLDERS = re.compile(r"[/\\]|^\.+$")  # a domain names a folder when entries are exported


@dataclass(frozen=True)
class Look:
    """A text's entry where it is one, what is known of it where it is none, and what is wrong."""

    entry: Entry | None
    id: str
    title: str
    sources: tuple[str, ...]
    problems: tuple[str, ...]


NOTHING = Look(None, "", "", (), ())


def look(markdown: str, known: Container[str], local: LocalValues) -> Look:
    """What a text holds; the sources that it cites must be known, and what differs by place have a value here.

    A text without problems is a whole entry: nothing else decides what may be handed over, imported or published.
    """
    meta, body, unread = front(markdown)
    if unread:
        return replace(NOTHING, problems=(unread,))
    problems = [
        *_of_meta(meta),
        *_of_lists(meta),
        *_of_sources(meta, known),
        *_of_body(meta, body),
        *_of_place(meta, markdown, local),
        *_of_code(markdown),
    ]
    id, title = (str(meta.get(name) or "")[:120] for name in ("id", "title"))
    found = Look(None, id, title, _cited(meta), tuple(problems))
    if problems:
        return found
    try:
        return replace(found, entry=parse(markdown))
    except EntryError as error:
        return replace(found, problems=(problem("other", reason=error),))


def _cited(meta: dict[str, Any]) -> tuple[str, ...]:
    given = meta.get("sources")
    named = [one.get("source") for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return tuple(dict.fromkeys(id for id in named if isinstance(id, str)))


def front(markdown: str) -> tuple[dict[str, Any], str, str]:
    """Front matter and body of a text, finished or not, and in words why they cannot be read."""
    if len(markdown) > LONGEST:
        return {}, "", problem("long", column="全文", given=len(markdown), most=LONGEST)
    found = _FRONT.match(markdown)
    if not found:
        return {}, "", problem("no_front")
    try:
        if _is_clever(found[1]):  # references within references grow beyond all memory when they are written out
            return {}, "", problem("clever")
        meta, body = frontmatter.parse(markdown)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return {}, "", problem("front", line=(mark.line if mark else 0) + 2)
    except (ValueError, TypeError):  # such as a day that no calendar has
        return {}, "", problem("front", line=2)
    return meta, body, ""


def _is_clever(front: str) -> bool:
    depth = 0
    for event in yaml.parse(front, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or depth > DEEPEST:
            return True
    return False


def _of_meta(meta: dict[str, Any]) -> Iterator[str]:
    for name in TEXTS:
        if not meta.get(name):
            yield problem("missing", part=_part(name))
        elif not isinstance(meta[name], str):
            yield problem("value", part=_part(name))
    for name, longest in LONGEST_NAMES.items():
        if len(str(meta.get(name) or "")) > longest:
            yield problem("long", column=_part(name), given=len(str(meta[name])), most=longest)
    if isinstance(meta.get("id"), str) and meta["id"] and not is_id(meta["id"]):
        yield problem("id", value=meta["id"][:80])
    if isinstance(meta.get("kind"), str) and meta["kind"] and meta["kind"] not in KINDS:
        yield problem("kind", value=meta["kind"][:40])
    if isinstance(meta.get("domain"), str) and _OF_FOLDERS.search(meta["domain"]):
        yield problem("domain", value=meta["domain"][:40])
    if not isinstance(meta.get("region") or "", str):
        yield problem("value", part=_part("region"))
    yield from _of_days(meta)


def _of_days(meta: dict[str, Any]) -> Iterator[str]:
    for name in ("checked_on", "review_by", "valid_from", "valid_to"):
        if meta.get(name) is None:
            if name in ("checked_on", "review_by"):
                yield problem("missing", part=_part(name))
        elif type(meta[name]) is not date:  # a moment with a time is no day, though it is a kind of date
            yield problem("date", column=_part(name), value=str(meta[name])[:40])
    if type(meta.get("checked_on")) is type(meta.get("review_by")) is date and meta["review_by"] <= meta["checked_on"]:
        yield problem("dates")


def _of_lists(meta: dict[str, Any]) -> Iterator[str]:
    for name in LISTS:
        given = meta.get(name) or []
        if not isinstance(given, list) or not all(isinstance(one, str | int | float) for one in given):
            yield problem("value", part=_part(name))
        elif name == "questions" and len(given) < FEWEST_QUESTIONS:
            yield problem("questions", given=len(given), most=FEWEST_QUESTIONS)
    for name, fields in {"not_for": {"question", "entry"}, "links": {"title", "url"}}.items():
        given = meta.get(name) or []
        if not isinstance(given, list) or not all(has(one, fields) for one in given):
            yield problem("value", part=_part(name))
        elif name == "links":
            wrong = [one["url"] for one in given if not _WEB_ADDRESS.fullmatch(one["url"])]
            yield from (problem("web_address", url=url[:80]) for url in wrong)


def _of_sources(meta: dict[str, Any], known: Container[str]) -> Iterator[str]:
    given = meta.get("sources") or []
    if not given:
        yield problem("sources")
    elif not isinstance(given, list) or not all(has(one, {"source", "article", "verified"}) for one in given):
        yield problem("value", part=_part("sources"))
    else:
        for one in given:
            if one["source"] not in known:
                yield problem("source_unknown", id=one["source"][:80])
            if one["verified"] not in words()["verified"].values():
                yield problem("verified", value=one["verified"][:40])


def _of_body(meta: dict[str, Any], body: str) -> Iterator[str]:
    lead, *rest = _HEADING.split(body)
    sections = {name: text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}
    if not lead.strip():
        yield problem("missing", part="导语")
    elif len(lead.strip()) > LEAD_LIMIT:
        yield problem("lead", given=len(lead.strip()), most=LEAD_LIMIT)
    if not sections.get(PLAIN_HEADING):
        yield problem("plain")
    allowed = (*FACETS.get(str(meta.get("kind")), rest[::2]), PLAIN_HEADING)
    yield from (
        problem("heading_unknown", kind=_kind(meta), heading=name[:40]) for name in sections if name not in allowed
    )
    yield from (problem("heading_twice", heading=name[:40]) for name in sections if rest[::2].count(name) > 1)


def _of_place(meta: dict[str, Any], markdown: str, local: LocalValues) -> Iterator[str]:
    if meta.get("region") in (None, "", EVERYWHERE, local.city):
        missing = dict.fromkeys(name for name in LOCAL.findall(markdown) if name not in local)
        yield from (problem("local", name=f"{{{{local.{name}}}}}") for name in missing)


def _of_code(markdown: str) -> Iterator[str]:
    found = _HTML.search(markdown)
    if found:
        yield problem("html", part="内容", code=found[0][:40])


def _part(name: str) -> str:
    return str(words()["parts"][name])


def _kind(meta: dict[str, Any]) -> str:
    return next((name for name, kind in words()["kinds"].items() if kind == meta.get("kind")), "")
