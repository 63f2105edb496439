"""Cards: an entry's revision as the citizen sees it, what was asked for first."""

import json
import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from actions.parts import parts
from knowledge.calculators import CALCULATORS, Calculator
from knowledge.entry import LEAD_LIMIT, PLAIN_HEADING, Citation, Entry, Facet
from knowledge.store import Revision, Source

SAMPLE = "(示例内容,未经本单位审核)"
FIRST_THINGS = "先说要紧的"
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]?")


def card(revision: Revision, facet: Facet | None = None, *, alone: bool = False) -> dict[str, Any]:
    """The reply of type `card`; a facet is shown first, and the lead after it unless the facet stands `alone`."""
    entry, fill = revision.entry, parts().local.fill
    facets = [{"name": one.name, "text": fill(one.text)} for one in _folded(entry, facet)]
    everything = entry.lead + "".join(one.text for one in entry.facets)
    return {
        "type": "card",
        "title": entry.title,
        "lead": _first_words(fill(facet.text) if facet else "", "" if facet and alone else fill(entry.lead)),
        "facets": facets,
        "sources": sources(entry.sources),
        "checked_on": entry.checked_on.isoformat(),
        "local": parts().local.city if parts().local.used_in(everything) else "",
        "related": related(entry),
        "sample": revision.sample,
        "origin": {"kind": "entry", "id": entry.id, "revision": revision.revision},
    }


def words(reply: dict[str, Any]) -> dict[str, str]:
    """What the fixed words around a card need."""
    return {
        "title": reply["title"],
        "lead": reply["lead"],
        "basis": "、".join(f"《{source['title']}》{source['article']}" for source in reply["sources"]),
        "checked_on": reply["checked_on"],
        "sample": SAMPLE if reply["sample"] else "",
    }


def choice(entry: str, title: str, revision: int | None = None) -> dict[str, str]:
    """A button that leads to an entry, at the revision that was searched where there was a search."""
    named = {"entry": entry} | ({"revision": str(revision)} if revision else {})
    return {"title": title, "payload": f"/ask{json.dumps(named)}"}


def sources(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """What an answer rests on, as a card shows it."""
    cited = list(citations)
    described = parts().store.sources([citation.source for citation in cited])
    return [_source(described[citation.source], citation.article) for citation in cited]


def related(entry: Entry) -> list[dict[str, str]]:
    """Buttons to the calculators on the same matter and to the related entries that are published."""
    titles = parts().store.titles(entry.related)
    counting = [calculation(one) for one in CALCULATORS.values() if entry.id in one.entries]
    return counting + [choice(name, titles[name]) for name in entry.related if name in titles]


def calculation(calculator: Calculator) -> dict[str, str]:
    """A button that begins a calculation."""
    return {"title": f"帮我算：{calculator.title}", "payload": f"/calculate{json.dumps({'calculator': calculator.id})}"}


def _folded(entry: Entry, shown: Facet | None) -> list[Facet]:
    rest = [one for one in entry.facets if one != shown]
    plain = (
        [Facet(PLAIN_HEADING, entry.plain)] if entry.plain and (shown is None or shown.name != PLAIN_HEADING) else []
    )
    lead = [Facet(FIRST_THINGS, entry.lead)] if shown else []
    whole = [shown] if shown and len(shown.text) > LEAD_LIMIT else []
    return whole + lead + rest + plain


def _source(source: Source, article: str) -> dict[str, Any]:
    issuer = f"{source.issuer}，{source.number}" if source.number else source.issuer
    return {"title": source.title, "article": article, "issuer": issuer, "year": source.year, "url": source.url}


def _first_words(facet: str, lead: str) -> str:
    """The facet, then as many whole sentences of the lead as there is room for."""
    if not facet:
        return _shortened(lead)
    room = LEAD_LIMIT - len(facet) - 1
    rest = "".join(_fitting(_SENTENCE.findall(lead), room))
    return f"{facet}\n{rest}" if rest else _shortened(facet)


def _fitting(pieces: list[str], room: int) -> list[str]:
    """The first pieces that fit into so many characters."""
    ends = accumulate(len(piece) for piece in pieces)
    return [piece for piece, end in zip(pieces, ends, strict=True) if end <= room]


def _shortened(text: str) -> str:
    """At most the lead's length, cut at the end of a sentence or line."""
    if len(text) <= LEAD_LIMIT:
        return text
    head = text[:LEAD_LIMIT]
    end = max((match.end() for match in re.finditer(r"[。;;!?\n]", head)), default=0)
    return head[:end].rstrip() if end else head[:-1] + "…"
