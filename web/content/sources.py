"""A law has changed: which entries rest on it, and all of them to be checked again."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from knowledge import reviews
from knowledge.citing import Citing, citing, counts
from knowledge.drafts import OPEN_STATES, Draft
from knowledge.sources import Shelf, every
from web.content.desk import desk, note, words
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.parts import parts

pages = Blueprint("content_sources", __name__, url_prefix="/content/sources")
MOST, LONGEST_WORDS = 100, 60


@pages.get("")
@allowed("content.see")
def listing() -> str:
    """The sources that hold the words, those on which most entries rest first."""
    query = clean(request.args.get("words", "")).replace("\n", " ")[:LONGEST_WORDS]
    with parts().database.reading() as connection:
        known = every(connection)
    cited = counts(desk().store.published(), _drafts())
    found = [one for one in known if all(word in _text(one) for word in query.lower().split())]
    found.sort(key=lambda one: (-cited[one.id], one.title, one.id))
    return render_template("content/sources.html", found=found[:MOST], count=len(found), cited=cited, query=query)


@pages.get("/<source>")
@allowed("content.see")
def one(source: str) -> str:
    """One source with the entries that rest on it, by article."""
    return _page(source)


@pages.post("/<source>/check")
@allowed("content.edit")
def check(source: str) -> ResponseReturnValue:
    """Mark the entries that rest on it, or on some of its articles, as to be checked today."""
    found = _citing(source)
    wanted, reason = set(request.form.getlist("article")), clean(request.form.get("reason", ""))
    chosen = [one for one in found if one.article in wanted] if wanted else found
    if not reason or len(reason) > reviews.LONGEST_REASON or not chosen:
        said = (
            "请写明哪里变了。"
            if not reason
            else f"最多 {reviews.LONGEST_REASON} 个字。"
            if chosen
            else "没有选中的条目。"
        )
        return _page(source, said, reason, wanted), 422
    revisions: dict[str, int] = {}
    for citing_one in chosen:
        revisions[citing_one.entry] = max(citing_one.revision, revisions.get(citing_one.entry, 0))
    with parts().database.writing() as connection:
        marked = reviews.mark(connection, revisions, source, reason, g.staff.name)
        if marked:
            note(connection, "recheck", f"source:{source}", {"entries": marked})
    flash(f"{marked} 条标成了要复核。" if marked else "这些条目已经标过了。")
    return redirect("/content/reviews")


def _page(source: str, problem: str = "", reason: str = "", wanted: set[str] | None = None) -> str:
    with parts().database.reading() as connection:
        known = Shelf(every(connection)).get(source)
        marked = reviews.open_marks(connection)
    if known is None:
        abort(404)
    by_article: dict[str, list[Citing]] = {}
    for one in _citing(source):
        by_article.setdefault(one.article, []).append(one)
    return render_template(
        "content/source.html",
        source=known,
        by_article=by_article,
        entries=len({one.entry for few in by_article.values() for one in few}),
        marked={entry for entry, few in marked.items() if any(one.source == source for one in few)},
        problem=problem,
        reason=reason,
        wanted=wanted or set(),
        most=reviews.LONGEST_REASON,
        words=words(),
    )


def _citing(source: str) -> list[Citing]:
    return citing(source, desk().store.published(), _drafts())


def _drafts() -> list[Draft]:
    return desk().drafts.by_state(*OPEN_STATES)


def _text(source: Any) -> str:
    return f"{source.title} {source.number} {source.issuer} {source.id}".lower()
