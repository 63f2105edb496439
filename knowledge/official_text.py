"""An official guide, cut into the parts of an entry; nothing is added to what it says."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.entry import EVERYWHERE, FACETS
from knowledge.rendering import render
from knowledge.sources import Shelf
from knowledge.store import Source

LONGEST_TITLE = 60
KIND = "procedure"
REST = "注意"  # where what belongs to no part is kept, so that nothing is lost
_COUNT = r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})"
_NUMBERING = rf"(?:[(\uff08]{_COUNT}[)\uff09]|{_COUNT}[)\uff09、.．\s]|[●◆■▪•\-*]|【|\[)?\s*"
_ITEM = re.compile(r"^\s*(?:[(\uff08]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)\uff09、.．]+|[①-⑳●◆■▪•\-*])\s*")
_SENTENCE_END = "。；;"
_NUMERAL = "[一二三四五六七八九十百零〇\\d]+"
_CITED = re.compile(
    rf"《(?P<title>[^》]{{2,80}})》\s*(?:[(\uff08](?P<about>[^)\uff09]{{0,60}})[)\uff09])?\s*"
    rf"(?P<articles>(?:[、,\uff0c和及]?\s*第{_NUMERAL}条(?:之{_NUMERAL})?(?:第{_NUMERAL}款)?)*)"
)
_ARTICLE = re.compile(rf"第{_NUMERAL}条(?:之{_NUMERAL})?(?:第{_NUMERAL}款)?")
_YEAR = re.compile(r"[〔\[(\uff08]?((?:19|20)\d{2})")
_NUMBER = re.compile(r"[^\s,\uff0c;\uff1b]*[〔\[]\d{4}[〕\]]\s*\d+号|[^\s,\uff0c;\uff1b]*令第?\d+号")


@dataclass(frozen=True)
class Guess:
    """A law or notice that a text names: the known source that it probably is, or what a new one needs."""

    title: str
    article: str
    source: str  # empty where none is known
    number: str
    year: int | None

    @property
    def is_usable(self) -> bool:
        """Whether a draft can cite it."""
        return bool(self.source or self.year)


@dataclass(frozen=True)
class Split:
    """What an official text says, by part; `rest` belongs to none, and is kept under the last."""

    title: str
    parts: Mapping[str, str]
    sources: tuple[Guess, ...]
    rest: str


def split(text: str, shelf: Shelf) -> Split:
    """The parts of a guide by its headings and cue words, and the sources that it names."""
    found: dict[str, list[str]] = defaultdict(list)
    rest: list[str] = []
    part = ""
    for line in _lines(text):
        opened = _opening().match(line)
        if opened:
            part = _part_of()[opened["cue"]]
            line = _kept(part, opened["cue"], opened["rest"].strip(" 】]"))
        if line:
            (found[part] if part else rest).append(line)
    headline = _title(rest)
    title = "".join(found.pop("title", [])) or headline
    rest = [line for line in rest if line != headline]
    sources = tuple(guesses("\n".join(found.pop("依据", [])) or text, shelf))
    return Split(title[:LONGEST_TITLE], _tidied(found), sources, "\n".join(rest))


def guesses(text: str, shelf: Shelf) -> Iterator[Guess]:
    """The laws and notices that a text names in 《》, each once, with the articles that follow its name."""
    articles: dict[str, list[str]] = {}
    abouts: dict[str, str] = {}
    for match in _CITED.finditer(text):
        articles.setdefault(match["title"], []).extend(_ARTICLE.findall(match["articles"]))
        abouts.setdefault(match["title"], match["about"] or "")
    for title, named in articles.items():
        number, year = _NUMBER.search(abouts[title]), _YEAR.search(abouts[title])
        known = shelf.find(title, number[0] if number else "") or shelf.find(title)
        yield Guess(
            title=known.title if known else title,
            article="、".join(dict.fromkeys(named)),
            source=known.id if known else "",
            number=number[0] if number else "",
            year=int(year[1]) if year else None,
        )


def draft_of(found: Split, id: str, title: str, domain: str, shelf: Shelf) -> tuple[str, list[Source]]:
    """The text of an unfinished entry, and the sources that it is the first to cite.

    What the guide does not say, such as how citizens ask, stays empty for its author.
    """
    new: list[Source] = []
    cited = []
    for guess in found.sources:
        if not guess.source and guess.year:
            source = Source(shelf.free_id(guess.title, guess.year), guess.title, guess.number, "", guess.year, "")
            shelf.bring(source)
            new.append(source)
            guess = Guess(guess.title, guess.article, source.id, guess.number, guess.year)
        if guess.source:
            cited.append({"source": guess.source, "article": guess.article, "verified": "recalled"})
    meta: dict[str, Any] = {"id": id, "kind": KIND, "title": title, "domain": domain, "region": EVERYWHERE}
    meta |= {"official_names": [found.title] if found.title and found.title != title else [], "sources": cited}
    parts = dict(found.parts)
    if found.rest:
        parts[REST] = "\n".join(part for part in (parts.get(REST, ""), found.rest) if part)
    return render(meta, "", [(name, parts[name]) for name in FACETS[KIND] if name in parts]), new


def _lines(text: str) -> list[str]:
    """The lines of a text, with a new one where a cue word and a colon begin a part inside a line."""
    inside = re.compile(rf"(?<=[{_SENTENCE_END}\s])(?={_NUMBERING}(?:{_cues()})\s*[:：])")
    lines = (line for whole in text.splitlines() for line in inside.split(whole))
    return [line.strip() for line in lines if line.strip()]


def _title(rest: list[str]) -> str:
    first = rest[0] if rest else ""
    return first if len(first) <= LONGEST_TITLE and not first.endswith(tuple(_SENTENCE_END)) else ""


def _kept(part: str, cue: str, line: str) -> str:
    """A line of a part; the office's own word stays where several such parts come under one heading."""
    return f"{cue}：{line}" if line and part in _rules()["keep_word"] else line


def _tidied(found: Mapping[str, list[str]]) -> dict[str, str]:
    merged: dict[str, list[str]] = defaultdict(list)
    for part in _rules()["parts"]:
        if part in found:
            merged[_rules()["instead"].get(part, part)] += found[part]
    return {part: "\n".join(_listed(part, lines)) for part, lines in merged.items()}


def _listed(part: str, lines: Iterable[str]) -> list[str]:
    """Lines as a list where the part is one; otherwise as they are, without signs that would make them headings."""
    bare = [_ITEM.sub("", line) for line in lines]
    if part in _rules()["bullets"]:
        return [f"- {line}" for line in bare]
    if part in _rules()["steps"]:
        return [f"{number}. {line}" for number, line in enumerate(bare, start=1)]
    return [line.lstrip("#") for line in lines]


@cache
def _opening() -> re.Pattern[str]:
    return re.compile(rf"^{_NUMBERING}(?P<cue>{_cues()})(?:\s*[】\]]\s*[:：]?|\s*[:：]|\s+|$)\s*(?P<rest>.*)$")


@cache
def _cues() -> str:
    return "|".join(sorted((re.escape(cue) for cue in _part_of()), key=len, reverse=True))


@cache
def _part_of() -> dict[str, str]:
    return {cue: part for part, cues in _rules()["parts"].items() for cue in cues}


@cache
def _rules() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "official_text.yml").read_text(encoding="utf-8"))
    return content
