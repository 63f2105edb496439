"""An official guide is pasted in, cut into the parts of an entry, and kept as a draft to be put in plain words."""

from dataclasses import dataclass

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from knowledge.drafts import Stale
from knowledge.entry import LONGEST, EntryError
from knowledge.importing.taking import add_sources
from knowledge.importing.texts import cleaned
from knowledge.official_text import Split, draft_of, split
from knowledge.plain_language import Report, check
from knowledge.sources import Shelf, every, name_id
from web.content.desk import desk, note_draft, today
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.parts import parts

BECAUSE = "official-text"
MOST = 40_000
FORM_BYTES = 480 * 1024  # as many characters, each of three bytes, each of those sent as %XX
pages = Blueprint("content_official_text", __name__, url_prefix="/content/official-text")


@dataclass(frozen=True)
class Part:
    """A part of the guide beside what a citizen would stumble over in it."""

    name: str
    text: str
    report: Report


@pages.before_request
def let_long_texts_in() -> None:
    """More than other forms may bring."""
    request.max_content_length = FORM_BYTES


@pages.get("")
@allowed("content.edit")
def form() -> str:
    """Where the guide is pasted."""
    return _page()


@pages.post("")
@allowed("content.edit")
def cut() -> ResponseReturnValue:
    """Show how the guide is cut, or keep it as a draft."""
    text = cleaned(request.form.get("text", ""))
    if not text or len(text) > MOST:
        return _page(
            "请把办事指南贴进来。" if not text else f"太长了，最多 {MOST} 个字。请分成几份。", text[:MOST]
        ), 422
    with parts().database.reading() as connection:
        shelf = Shelf(every(connection))
    found = split(text, shelf)
    if request.form.get("act") != "keep":
        return _page("", text, found)
    title, domain = (clean(request.form.get(name, "")).replace("\n", " ") for name in ("title", "domain"))
    entry = clean(request.form.get("id", "")) or name_id(title)
    try:
        return _kept(found, entry, title[:120], domain[:40], shelf)
    except Stale:
        return _page(f"编号 {entry} 已经有草稿了，请换一个。", text, found), 422
    except EntryError as error:
        return _page(f"{error}。", text, found), 422


def _kept(found: Split, entry: str, title: str, domain: str, shelf: Shelf) -> ResponseReturnValue:
    markdown, new = draft_of(found, entry, title, domain, shelf)
    if len(markdown) > LONGEST:
        raise EntryError("太长了")
    with parts().database.writing() as connection:
        if any(one.id == entry for one in desk().listing.everything(connection, today())):
            raise EntryError(f"已经有编号是 {entry} 的条目，请换一个编号")
        add_sources(connection, new)
        draft = desk().drafts.save(connection, entry, markdown, g.staff.name, 0, 0, because=BECAUSE)
        note_draft(connection, "official_text", draft, {"sources": len(new)})
    flash("分好了，还不是人话：请把每一段改成市民看得懂的话，再补上导语、说人话和市民的问法。")
    return redirect(f"/content/{entry}")


def _page(problem: str = "", text: str = "", found: Split | None = None) -> str:
    with parts().database.reading() as connection:
        domains = sorted({one.domain for one in desk().listing.everything(connection, today()) if one.domain})
    given = {name: clean(request.form.get(name, "")) for name in ("title", "id", "domain")}
    return render_template(
        "content/official_text.html",
        problem=problem,
        text=text,
        found=found,
        cut=[Part(name, part, check(part)) for name, part in found.parts.items()] if found else [],
        given=given | {"title": given["title"] or (found.title if found else "")},
        domains=domains,
        most=MOST,
    )
