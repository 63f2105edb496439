"""What citizens asked and no entry answers: turned into drafts, or put aside with a reason."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from knowledge import gap_groups
from knowledge.entry import EVERYWHERE, KINDS
from knowledge.rendering import render
from knowledge.sources import name_id
from web.content.desk import desk, note, note_draft, people, today, when
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.parts import parts

pages = Blueprint("content_gaps", __name__, url_prefix="/content/gaps")
MOST_KEYS = 200


@pages.get("")
@allowed("content.see")
def listing() -> str:
    """The needs that wait, those of most people first, and what was decided about others."""
    return _page()


@pages.post("/draft")
@allowed("content.edit")
def draft() -> ResponseReturnValue:
    """Begin a draft with the questions as they were asked; everything else is for its author to write."""
    keys = _keys()
    with parts().database.writing() as connection:
        questions = gap_groups.questions_of(connection, keys)
        known = {one.id for one in desk().listing.everything(connection, today())}
        title = questions[0] if questions else ""
        entry = _free_id(title, known)
        if not gap_groups.decide(connection, keys, g.staff.name, entry=entry):
            flash("这些问题已经有人处理了。")
            return redirect(pages.url_prefix or "")
        meta = {"id": entry, "kind": KINDS[0], "title": title, "questions": questions, "region": EVERYWHERE}
        asked_at, reference = gap_groups.first_asked(connection, keys), f"gap:{keys[0][:12]}"
        save, text = desk().drafts.save, render(meta, "", [])
        kept = save(connection, entry, text, g.staff.name, 0, 0, because=reference, because_at=asked_at)
        note_draft(connection, "gap", kept, {"gaps": len(keys)})
    flash(
        "草稿建好了，问法已经填上。" if questions else "草稿建好了。市民的原话里有号码，没有带进来，标题和问法请您写。"
    )
    return redirect(f"/content/{entry}")


@pages.post("/dismiss")
@allowed("content.edit")
def dismiss() -> ResponseReturnValue:
    """Put a need aside, with the reason."""
    keys, reason = _keys(), clean(request.form.get("reason", ""))
    if not reason or len(reason) > gap_groups.LONGEST_REASON:
        return _page("请写明为什么不写。" if not reason else f"原因最多 {gap_groups.LONGEST_REASON} 个字。"), 422
    with parts().database.writing() as connection:
        put_aside = gap_groups.decide(connection, keys, g.staff.name, reason=reason)
        if put_aside:
            note(connection, "dismiss_gap", f"gap:{keys[0][:12]}", {"gaps": put_aside})
    flash("放下了。" if put_aside else "没有改动。")
    return redirect(pages.url_prefix or "")


@pages.post("/<key>/reopen")
@allowed("content.edit")
def reopen(key: str) -> ResponseReturnValue:
    """Let a need wait again."""
    with parts().database.writing() as connection:
        reopened = gap_groups.reopen(connection, key)
        if reopened:
            note(connection, "reopen_gap", f"gap:{key[:12]}")
    flash("又放回了名单。" if reopened else "没有改动。")
    return redirect(pages.url_prefix or "")


def _page(problem: str = "") -> str:
    with parts().database.reading() as connection:
        waiting, decided = gap_groups.groups(connection)
    return render_template(
        "content/gaps.html",
        waiting=waiting,
        decided=decided,
        problem=problem,
        most=gap_groups.LONGEST_REASON,
        token_sign=gap_groups.TOKEN,
        people=people(),
        when=when,
    )


def _keys() -> list[str]:
    return request.form.getlist("key")[:MOST_KEYS]


def _free_id(question: str, known: set[str]) -> str:
    stem = name_id(question) or "entry"
    return next(id for id in (stem, *(f"{stem}-{count}" for count in range(2, 10_000))) if id not in known)
