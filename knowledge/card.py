"""The face of an entry: what its card shows, what was asked for first, the rest folded."""

import re
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

from knowledge.entry import LEAD_LIMIT, PLAIN_HEADING, Citation, Entry, Facet
from knowledge.local import LocalValues
from knowledge.store import Source

FIRST_THINGS = "先说要紧的"
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]?")


def face(
    entry: Entry, local: LocalValues, known: Mapping[str, Source], facet: Facet | None = None, *, alone: bool = False
) -> dict[str, Any]:
    """What a card shows of an entry; a facet stands first, and the lead after it unless the facet stands `alone`.

    Raises KeyError for a source that is not among the `known` ones and for a local value that the city lacks.
    """
    everything = entry.lead + "".join(one.text for one in entry.facets)
    return {
        "type": "card",
        "title": entry.title,
        "lead": _first_words(
            local.fill(facet.text) if facet else "", "" if facet and alone else local.fill(entry.lead)
        ),
        "facets": [{"name": one.name, "text": local.fill(one.text)} for one in _folded(entry, facet)],
        "sources": basis(entry.sources, known),
        "checked_on": entry.checked_on.isoformat(),
        "local": local.city if local.used_in(everything) else "",
    }


def basis(citations: Iterable[Citation], known: Mapping[str, Source]) -> list[dict[str, Any]]:
    """What an answer rests on, as a card shows it. Raises KeyError for a source that is not known."""
    return [_source(known[citation.source], citation.article) for citation in citations]


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
