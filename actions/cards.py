"""Cards: an entry's revision as the citizen sees it, what was asked for first."""

import json
from collections.abc import Iterable
from typing import Any

from actions.parts import parts, today
from knowledge.calculators import Calculator, on_matter
from knowledge.card import basis, face
from knowledge.entry import Citation, Entry, Facet
from knowledge.store import Revision, Source

SAMPLE = "(示例内容,未经本单位审核)"


def card(revision: Revision, facet: Facet | None = None, *, alone: bool = False) -> dict[str, Any]:
    """The reply of type `card`; a facet is shown first, and the lead after it unless the facet stands `alone`."""
    entry = revision.entry
    return face(entry, parts().local, _described(entry.sources), facet, alone=alone) | {
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
    """A button that leads to an entry, as it is published when somebody presses it."""
    return {"title": title, "payload": f"/ask{json.dumps({'entry': entry})}"}


def sources(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """What an answer rests on, as a card shows it."""
    cited = list(citations)
    return basis(cited, _described(cited))


def related(entry: Entry) -> list[dict[str, str]]:
    """Buttons to the calculators on the matter whose rules hold today, and to the related entries answered from."""
    titles = titles_in_force(entry.related)
    counting = [calculation(one) for one in on_matter(entry.id, today())]
    return counting + [choice(name, titles[name]) for name in entry.related if name in titles]


def titles_in_force(entries: Iterable[str]) -> dict[str, str]:
    """The titles of those of the entries that are published and hold today, by id."""
    named = [one.entry for one in parts().store.published(list(entries))]
    return {one.id: one.title for one in named if one.in_force(today())}


def calculation(calculator: Calculator) -> dict[str, str]:
    """A button that begins a calculation."""
    return {"title": calculator.offer, "payload": f"/calculate{json.dumps({'calculator': calculator.id})}"}


def _described(citations: Iterable[Citation]) -> dict[str, Source]:
    return parts().store.sources([citation.source for citation in citations])
