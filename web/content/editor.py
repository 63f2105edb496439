"""Writing one entry: as a form or as text, kept as a draft while one writes, handed over for review."""

from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from knowledge import differences, editing, gap_groups, withdrawn
from knowledge.drafts import Draft, NotAllowed, Stale
from knowledge.entry import EVERYWHERE, FACETS, KINDS, LEAD_LIMIT, EntryError
from knowledge.rendering import render
from knowledge.sources import every
from web.content.desk import desk, note_draft, people, problem, today, when, words
from web.content.form import ALL_FACETS, Fields, fields_of, text_of
from web.content.preview import preview_of
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.parts import parts

pages = Blueprint("content_editor", __name__, url_prefix="/content")


@pages.get("/<entry>")
@allowed("content.see")
def editor(entry: str) -> ResponseReturnValue:
    """The editor with the open draft, else with what is published; an unknown id is a new entry."""
    draft = desk().drafts.of(entry)
    markdown, base = (draft.markdown, draft.base) if draft else _published(entry)
    return _page(entry, markdown or _empty(entry), base, draft)


@pages.post("/<entry>/save")
@allowed("content.edit")
def save(entry: str) -> ResponseReturnValue:
    """Keep the draft; a page that saves by itself is answered in JSON."""
    by_itself = request.accept_mimetypes.best == "application/json"
    try:
        draft = _save(entry)
    except Stale as stale:
        if by_itself:
            return jsonify({"by": people().get(stale.by, stale.by)}), 409
        return _overtaken(entry, stale)
    except EntryError as error:
        return (jsonify({"problem": str(error)}), 422) if by_itself else _again(entry, str(error))
    if by_itself:
        return jsonify({"version": draft.version, "base": draft.base, "state": words()["states"][draft.state]})
    flash("草稿存好了。")
    return redirect(f"/content/{entry}{_mode()}")


@pages.post("/<entry>/submit")
@allowed("content.edit")
def submit(entry: str) -> ResponseReturnValue:
    """Keep the draft, then hand it over for review."""
    try:
        draft = _save(entry)
        with parts().database.writing() as connection:
            desk().drafts.submit(connection, entry, draft.version, desk().local)
            note_draft(connection, "submit", draft)
    except Stale as stale:
        return _overtaken(entry, stale)
    except NotAllowed as refused:
        return _again(entry, str(refused))
    except EntryError:
        return _again(entry, problem("unfinished"))
    flash("已经交审，等另一位同事审核发布。")
    return redirect(f"/content/{entry}/review")


@pages.post("/<entry>/drop")
@allowed("content.edit")
def drop(entry: str) -> ResponseReturnValue:
    """Give the draft up; what is published stays."""
    try:
        with parts().database.writing() as connection:
            draft = desk().drafts.drop(connection, entry, request.form.get("version", 0, type=int))
            reopened = 0 if draft.base else gap_groups.reopen_of(connection, entry)
            note_draft(connection, "drop", draft, {"gaps": reopened})
    except Stale as stale:
        flash(f"{people().get(stale.by, stale.by)}刚才改过这份草稿，没有丢掉。")
    except NotAllowed as refused:
        flash(str(refused))
    else:
        flash("草稿丢掉了，已发布的内容没有变。")
    return redirect(f"/content/{entry}")


@pages.post("/<entry>/here")
@allowed("content.edit")
def here(entry: str) -> ResponseReturnValue:
    """The sign of life of an open editor; says who else has it open."""
    with parts().database.writing() as connection:
        editing.note(connection, entry[:80], g.staff.name, g.staff.label)
        return jsonify({"others": editing.others(connection, entry, g.staff.name)})


def _save(entry: str) -> Draft:
    version, base = (request.form.get(name, 0, type=int) for name in ("version", "base"))
    known, author = desk().drafts.of(entry), g.staff.name
    with parts().database.writing() as connection:
        draft = desk().drafts.save(connection, entry, text_of(request.form, entry), author, base, version)
        if known is None or author not in known.authors or known.state != draft.state:
            note_draft(connection, "draft", draft, {"base": draft.base})
    return draft


def _overtaken(entry: str, stale: Stale) -> ResponseReturnValue:
    """What was written stays on the page, beside what somebody else saved; saving again is then meant."""
    draft, written = desk().drafts.of(entry), text_of(request.form, entry)
    saved = draft.markdown if draft else _published(entry)[0]
    changed = differences.stretches(differences.lines(saved, written))
    return _page(
        entry, written, base_of(draft, entry), draft, taken_by=people().get(stale.by, stale.by), changed=changed
    ), 409


def _again(entry: str, said: str) -> ResponseReturnValue:
    draft = desk().drafts.of(entry)
    return _page(entry, text_of(request.form, entry), base_of(draft, entry), draft, problem=said), 422


def base_of(draft: Draft | None, entry: str) -> int:
    """The revision that a draft started from, or would start from now."""
    return draft.base if draft else _published(entry)[1]


def _page(entry: str, markdown: str, base: int, draft: Draft | None, **said: Any) -> str:
    published = _published(entry)[1]
    with parts().database.reading() as connection:
        known = every(connection)
        others = editing.others(connection, entry, g.staff.name)
        taken_back = None if published else withdrawn.latest(connection, entry)
    fields = _fields(markdown)
    return render_template(
        "content/editor.html",
        entry=entry,
        markdown=markdown,
        fields=None if request.values.get("mode") == "text" else fields,
        can_be_form=fields is not None,
        draft=draft,
        base=base,
        published=published,
        sources=known,
        others=others,
        taken_back=taken_back,
        preview=preview_of(markdown, entry),
        kinds=KINDS,
        facets=FACETS,
        all_facets=ALL_FACETS,
        lead_limit=LEAD_LIMIT,
        words=words(),
        when=when,
        **said,
    )


def _fields(markdown: str) -> Fields | None:
    try:
        return fields_of(markdown)
    except EntryError:
        return None


def _published(entry: str) -> tuple[str, int]:
    """The published text and its revision; of a withdrawn entry the last text, and no revision."""
    history = desk().store.history(entry)
    current = next((one for one in history if one.is_published), None)
    shown = current or (history[0] if history else None)
    return (desk().store.text(entry, shown.revision) if shown else ""), (current.revision if current else 0)


def _empty(entry: str) -> str:
    """A new entry with what was already said of it."""
    day = today()
    given = {name: clean(request.args.get(name, ""))[:120] for name in ("kind", "title", "domain")}
    kind = given["kind"] if given["kind"] in KINDS else KINDS[0]
    return render({**given, "kind": kind, "id": entry, "region": EVERYWHERE, "checked_on": day}, "", [])


def _mode() -> str:
    return "?mode=text" if "markdown" in request.form else ""
