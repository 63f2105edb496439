"""What entries rest on: laws, regulations and notices; a change shows on cards once another person accepted it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from knowledge import source_changes
from knowledge.drafts import NotAllowed
from knowledge.source_changes import Change
from knowledge.sources import LONGEST, Shelf, every, is_web_address
from knowledge.store import Source
from web.content.desk import desk, note, people, today, when
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.parts import parts

pages = Blueprint("content_basis", __name__, url_prefix="/content/basis")
LABELS = {"title": "名称", "number": "文号", "issuer": "发文机关", "year": "年份", "url": "网址"}
REQUIRED = ("title", "issuer")
OLDEST = 1949
A_PAGE = 50


@pages.get("")
@allowed("content.see")
def listing() -> str:
    """Every source, found by words, and the form for a new one."""
    return _page()


@pages.get("/<source>")
@allowed("content.see")
def one(source: str) -> str:
    """One source in its form."""
    known = _known().get(source)
    if known is None:
        abort(404)
    return _page(source, {**vars(known), "year": str(known.year)})


@pages.post("")
@allowed("content.edit")
def add() -> ResponseReturnValue:
    """Add a source; its id is made of its title and year."""
    return _kept("")


@pages.post("/<source>")
@allowed("content.edit")
def change(source: str) -> ResponseReturnValue:
    """Ask for a change of a source; the cards that cite it stay as they are until another person accepts it."""
    if _known().get(source) is None:
        abort(404)
    return _kept(source)


@pages.post("/<source>/accept")
@allowed("content.publish")
def accept(source: str) -> ResponseReturnValue:
    """Let a colleague's change show on every card that cites the source."""
    return _judged(source, "accept", source_changes.accept, "确认了，引用它的卡片从现在起这样写。")


@pages.post("/<source>/drop")
@allowed("content.edit")
def drop(source: str) -> ResponseReturnValue:
    """Give a waiting change up."""
    return _judged(source, "drop", source_changes.drop, "放弃了，依据没有变。")


@pages.post("/<source>/undo")
@allowed("content.publish")
def undo(source: str) -> ResponseReturnValue:
    """Go back to what the source said before the last change, at once."""
    return _judged(source, "undo", source_changes.undo, "撤销了，卡片上又是原来的写法。")


def _judged(
    source: str, act: str, step: Callable[[Connection, str, str, int], Change], told: str
) -> ResponseReturnValue:
    if _known().get(source) is None:
        abort(404)
    try:
        with parts().database.writing() as connection:
            given = step(connection, source, g.staff.name, request.form.get("version", 0, type=int))
            note(connection, f"{act}_source", f"source:{source}@{given.version}", {"fields": " ".join(given.fields)})
    except NotAllowed as refused:
        told = str(refused)
    flash(told)
    return redirect(f"/content/basis/{source}")


def _kept(source: str) -> ResponseReturnValue:
    given = {name: clean(request.form.get(name, "")).replace("\n", " ") for name in LABELS}
    problems = _problems(given)
    if problems:
        return _page(source, given, problems), 422
    values: dict[str, Any] = given | {"year": int(given["year"])}
    try:
        with parts().database.writing() as connection:
            if source:
                version = request.form.get("version", 0, type=int)
                asked = source_changes.propose(connection, source, values, g.staff.name, version)
                note(
                    connection, "propose_source", f"source:{source}@{asked.version}", {"fields": " ".join(asked.fields)}
                )
            else:
                id = Shelf(every(connection)).free_id(given["title"], int(given["year"]))
                desk().store.save_source(connection, Source(id=id, touched=True, **values))
                note(connection, "source", f"source:{id}", {"new": True})
    except NotAllowed as refused:
        return _page(source, given, {"title": str(refused)}), 409
    flash("改动交上去了，等另一位同事确认。确认以前卡片上不变。" if source else f"《{given['title']}》存好了。")
    return redirect(f"/content/basis/{source}" if source else "/content/basis")


def _problems(given: dict[str, str]) -> dict[str, str]:
    problems = {name: "请填上。" for name in REQUIRED if not given[name]}
    problems |= {name: f"最多 {most} 个字。" for name, most in LONGEST.items() if len(given.get(name, "")) > most}
    if not is_web_address(given["url"]):
        problems["url"] = "网址要以 https:// 开头。"
    if not given["year"].isdecimal() or not OLDEST <= int(given["year"][:8]) <= today().year + 1:
        problems["year"] = "请写四位数字的年份。"
    return problems


def _known() -> Shelf:
    with parts().database.reading() as connection:
        return Shelf(every(connection))


def _page(source: str = "", given: dict[str, Any] | None = None, problems: dict[str, str] | None = None) -> str:
    words, page = clean(request.args.get("words", ""))[:60], max(1, request.args.get("page", 1, type=int))
    with parts().database.reading() as connection:
        found = [one for one in every(connection) if words.lower() in f"{one.title} {one.number} {one.issuer}".lower()]
        waiting = source_changes.waiting(connection)
        last = source_changes.latest(connection, source) if source else None
    return render_template(
        "content/basis.html",
        found=found[(page - 1) * A_PAGE : page * A_PAGE],
        count=len(found),
        waiting=waiting,
        last=last,
        labels=LABELS,
        longest=LONGEST,
        people=people(),
        when=when,
        page=page,
        pages=-(-len(found) // A_PAGE),
        query=words,
        source=source,
        given=given or {},
        problems=problems or {},
    )
