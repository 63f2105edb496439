"""The versions of an entry: what changed between two of them, and an earlier one taken up again as a draft."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from knowledge import differences
from knowledge.drafts import Stale
from web.content.desk import desk, note, people, when, words
from web.desk.access import allowed
from web.parts import parts

pages = Blueprint("content_versions", __name__, url_prefix="/content")


@pages.get("/<entry>/versions")
@allowed("content.see")
def versions(entry: str) -> str:
    """Every version, and the words that changed between two; without a choice, the last two."""
    history = desk().store.history(entry)
    if not history:
        abort(404)
    numbers = [one.revision for one in history]
    new = request.args.get("new", numbers[0], type=int)
    old = request.args.get("old", next((one for one in numbers if one < new), 0), type=int)
    if new not in numbers or old not in (0, *numbers):  # the first version is shown beside nothing
        abort(404)
    before = desk().store.text(entry, old) if old else ""
    return render_template(
        "content/versions.html",
        entry=entry,
        history=history,
        old=old,
        new=new,
        changes=differences.stretches(differences.lines(before, desk().store.text(entry, new))),
        people=people(),
        words=words(),
        when=when,
    )


@pages.post("/<entry>/versions/<int:revision>/restore")
@allowed("content.edit")
def restore(entry: str, revision: int) -> ResponseReturnValue:
    """Take an earlier version up again as a draft, which goes the way of every draft."""
    history = desk().store.history(entry)
    if revision not in [one.revision for one in history]:
        abort(404)
    text, base = desk().store.text(entry, revision), next((one.revision for one in history if one.is_published), 0)
    try:
        with parts().database.writing() as connection:
            draft = desk().drafts.save(connection, entry, text, g.staff.name, base, 0)
            note(connection, "restore", f"entry:{entry}@{revision}", {"draft": draft.id})
    except Stale:
        flash("这一条已经有草稿了，先发布或丢掉它，再退回旧版本。")
        return redirect(f"/content/{entry}/versions")
    flash(f"第 {revision} 版成了草稿，检查后交审。")
    return redirect(f"/content/{entry}")
