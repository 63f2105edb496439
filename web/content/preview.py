"""What a text would look like to citizens, what is missing in it, and what they would stumble over."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from knowledge.calculators import on_matter
from knowledge.card import face
from knowledge.entry import Citation, Entry, EntryError, Facet
from knowledge.importing.faults import look
from knowledge.plain_language import Report
from knowledge.plain_language.entries import check_entry
from knowledge.sources import Shelf, every
from knowledge.store import Source
from web.content.desk import desk, today
from web.content.form import Fields, fields_of, text_of
from web.desk.access import allowed
from web.parts import parts

pages = Blueprint("content_preview", __name__, url_prefix="/content")
UNKNOWN = Source("", "（还没选好的依据）", "", "", 0, "")


@dataclass(frozen=True)
class Preview:
    """A text as it stands: its card, what keeps it from being an entry, and the findings about its language."""

    card: dict[str, Any] | None
    problems: tuple[str, ...]
    report: Report | None


@pages.post("/<entry>/preview")
@allowed("content.see")
def show(entry: str) -> ResponseReturnValue:
    """The preview of what the form holds at this moment; nothing is kept."""
    return render_template("content/preview.html", preview=preview_of(text_of(request.form, entry), entry))


def preview_of(markdown: str, entry: str) -> Preview:
    """The preview of a text, finished or not."""
    with parts().database.reading() as connection:
        shelf = Shelf(every(connection))
    problems = look(markdown, shelf, desk().local).problems
    try:
        drafted = unfinished(fields_of(markdown), entry)
    except EntryError:
        return Preview(None, problems, None)
    known = {one.source: shelf.get(one.source) or UNKNOWN for one in drafted.sources}
    try:
        card = face(drafted, desk().local, known) | {"text": ""}
    except KeyError:  # a local value that the city lacks, which the problems tell
        return Preview(None, problems, None)
    card |= {"related": _related(drafted), "sample": _is_sample(markdown, entry)}
    return Preview(card, problems, check_entry(drafted))


def _related(drafted: Entry) -> list[dict[str, str]]:
    """The buttons under the card, which lead nowhere here."""
    counting = [one.offer for one in on_matter(drafted.id, today())]
    titles = desk().store.titles(drafted.related)
    return [{"title": title} for title in (*counting, *(titles[name] for name in drafted.related if name in titles))]


def _is_sample(markdown: str, entry: str) -> bool:
    """Whether this text is what citizens read now and nobody signed; a changed one is signed with its approval."""
    try:
        current = desk().store.current(entry)
    except LookupError:
        return False
    return current.sample and desk().store.text(entry, current.revision).strip() == markdown.strip()


def unfinished(fields: Fields, entry: str) -> Entry:
    """An entry of whatever is written so far, only to be looked at."""
    cited = [one for one in fields.rows("sources") if one["source"]]
    return Entry(
        **{name: fields.one(name) for name in ("kind", "title", "domain", "region")},
        id=entry,
        official_names=tuple(fields.lines("official_names").splitlines()),
        questions=tuple(fields.lines("questions").splitlines()),
        not_for=(),
        valid_from=None,
        valid_to=None,
        sources=tuple(Citation(one["source"], one["article"], one["verified"]) for one in cited),
        links=(),
        related=tuple(fields.lines("related").splitlines()),
        checked_on=_day(fields.meta.get("checked_on")),
        review_by=_day(fields.meta.get("review_by")),
        lead=fields.lead,
        facets=tuple(Facet(name, text) for name, text in fields.facets.items() if text),
        plain=fields.plain,
    )


def _day(value: Any) -> date:
    return value if type(value) is date else today()
