"""Cards: an entry's revision as the citizen sees it, what was asked for first."""

import json
import re
from typing import Any

from actions.parts import parts
from knowledge.entry import LEAD_LIMIT, PLAIN_HEADING, Entry, Facet
from knowledge.store import Revision, Source

SAMPLE = "(示例内容,未经本单位审核)"
FIRST_THINGS = "先说要紧的"


def card(revision: Revision, facet: Facet | None = None) -> dict[str, Any]:
    """The reply of type `card`; with a facet, that facet is shown before unfolding."""
    entry, fill = revision.entry, parts().local.fill
    facets = [{"name": one.name, "text": fill(one.text)} for one in _folded(entry, facet)]
    described = parts().store.sources([citation.source for citation in entry.sources])
    everything = entry.lead + "".join(one.text for one in entry.facets)
    return {
        "type": "card",
        "title": entry.title,
        "lead": _shortened(fill(facet.text if facet else entry.lead)),
        "facets": facets,
        "sources": [_source(described[citation.source], citation.article) for citation in entry.sources],
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


def choice(entry: str, title: str) -> dict[str, str]:
    """A button that leads to an entry."""
    return {"title": title, "payload": f"/ask{json.dumps({'entry': entry})}"}


def related(entry: Entry) -> list[dict[str, str]]:
    """Buttons to the related entries that are published."""
    titles = parts().store.titles(entry.related)
    return [choice(name, titles[name]) for name in entry.related if name in titles]


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


def _shortened(text: str) -> str:
    """At most the lead's length, cut at the end of a sentence or line."""
    if len(text) <= LEAD_LIMIT:
        return text
    head = text[:LEAD_LIMIT]
    end = max((match.end() for match in re.finditer(r"[。;;!?\n]", head)), default=0)
    return head[:end].rstrip() if end else head[:-1] + "…"
