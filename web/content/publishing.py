"""Reviewed by another person, published by a job of the worker, taken back at once: what a publisher does."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from foundation.clock import now
from knowledge import differences, pointer, publish_jobs, reviewed_cases, source_changes, withdrawn
from knowledge.drafts import APPROVED, DRAFT, IN_REVIEW, SENT_BACK, Draft, NotAllowed, Stale
from web.content.desk import desk, note, note_draft, people, problem, when, words
from web.content.preview import preview_of
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.parts import parts

pages = Blueprint("content_publishing", __name__, url_prefix="/content")
LONGEST_REASON = 500
SHOWN, SHOWN_REASON = 10, 40
LISTED = 500  # drafts of a state on one page


@pages.get("/publishing")
@allowed("content.see")
def overview() -> str:
    """What waits for review, what is approved, how the last publishings went, and what one can go back to."""
    root = parts().settings.data_dir / "snapshots"
    current = pointer.current(root)
    approved, known = desk().drafts.by_state(APPROVED, limit=LISTED), people()
    gone_back_from = {folder.name for folder in pointer.rolled_back(root)}
    snapshots = sorted({folder.name for folder in pointer.good(root)} | gone_back_from, reverse=True)
    with parts().database.reading() as connection:
        jobs = publish_jobs.latest(connection)
        changed_sources = source_changes.waiting(connection)
        built = publish_jobs.built(connection, snapshots)
        again = publish_jobs.unsuccessful(connection, [draft.entry for draft in approved if not draft.publish_on])
        typical, corrections = reviewed_cases.median_time(connection)
    return render_template(
        "content/publishing.html",
        counts={state: desk().drafts.count(state) for state in (DRAFT, IN_REVIEW, APPROVED)},
        written=desk().drafts.by_state(DRAFT, limit=LISTED),
        waiting=desk().drafts.by_state(IN_REVIEW, limit=LISTED),
        approved=approved,
        changed_sources=len(changed_sources),
        again=set(again.values()),
        sent_back=desk().drafts.by_state(SENT_BACK, limit=50),
        jobs=jobs,
        is_busy=any(job.is_open for job in jobs),
        snapshots={
            name: _told(name, built.get(name), known) + " · 退回过" * (name in gone_back_from) for name in snapshots
        },
        current=current.name if current else "",
        typical=_span(typical) if typical else "",
        corrections=corrections,
        people=known,
        words=words(),
        when=when,
    )


@pages.get("/<entry>/review")
@allowed("content.see")
def review(entry: str) -> ResponseReturnValue:
    """What a draft changes, word by word, and what its card would look like."""
    draft = desk().drafts.of(entry)
    if draft is None:
        flash("这一条现在没有草稿。")
        return redirect(f"/content/{entry}")
    published = next((one for one in desk().store.history(entry) if one.is_published), None)
    with parts().database.reading() as connection:
        taken_back = None if published else withdrawn.latest(connection, entry)
    before = desk().store.text(entry, published.revision) if published else ""
    return render_template(
        "content/review.html",
        draft=draft,
        published=published,
        taken_back=taken_back,
        changes=differences.stretches(differences.lines(before, draft.markdown)),
        preview=preview_of(draft.markdown, entry),
        people=people(),
        words=words(),
        when=when,
    )


@pages.post("/<entry>/approve")
@allowed("content.publish")
def approve(entry: str) -> ResponseReturnValue:
    """Approve a draft that somebody else wrote; it goes out at once, or on a day."""
    try:
        publish_on = _moment(request.form.get("publish_on", ""))
    except ValueError:
        return _refused(entry, problem("past"))
    facts = {"publish_on": publish_on.isoformat() if publish_on else None}

    def act(connection: Connection, version: int) -> Draft:
        draft = desk().drafts.approve(connection, entry, g.staff.name, version, publish_on)
        if publish_on is None:
            publish_jobs.ask(connection, g.staff.name, [entry])
        return draft

    told = f"批准了，{when(publish_on)} 自动发布。" if publish_on else "批准了，正在发布。"
    return _step(entry, "approve", act, told, facts)


@pages.post("/<entry>/send-back")
@allowed("content.publish")
def send_back(entry: str) -> ResponseReturnValue:
    """Give a draft back to its authors with a reason."""
    reason = clean(request.form.get("note", ""))[:LONGEST_REASON]

    def act(connection: Connection, version: int) -> Draft:
        return desk().drafts.send_back(connection, entry, g.staff.name, version, reason)

    return _step(entry, "send_back", act, "退回去了。", {})


@pages.post("/publish")
@allowed("content.publish")
def publish() -> ResponseReturnValue:
    """Publish what is approved, or only build the index again; with a reason also what the checks refused."""
    entries, despite = request.form.getlist("entry"), clean(request.form.get("despite", ""))[:LONGEST_REASON]
    if request.form.get("again") == "despite" and not despite:
        flash(problem("reason"))
        return redirect("/content/publishing")
    if request.form.get("act") == "chosen" and not entries:
        flash("请先选要发布的草稿。")
        return redirect("/content/publishing")
    try:
        with parts().database.writing() as connection:
            names = [draft.entry for draft in desk().drafts.approved(connection, entries, g.staff.name)]
            left = [entry for entry in entries if entry not in names]
            if names or not left:
                job = publish_jobs.ask(connection, g.staff.name, names, despite=despite)
                note(connection, "ask_publish", f"job:{job}", {"entries": len(names), "despite": bool(despite)})
    except NotAllowed as refused:
        flash(str(refused))
        return redirect("/content/publishing")
    if left:
        flash(f"{len(left)} 份没有发布：定了以后的时间，或已经不是批准的样子：{'、'.join(left[:SHOWN])}。")
    if names or not left:
        flash("正在发布，好了这里会写。")
    return redirect("/content/publishing")


@pages.post("/rollback")
@allowed("content.publish")
def roll_back() -> ResponseReturnValue:
    """Go back to an earlier snapshot; its revisions are the published ones again."""
    name, root = request.form.get("snapshot", ""), parts().settings.data_dir / "snapshots"
    if name not in {folder.name for folder in (*pointer.good(root), *pointer.rolled_back(root))}:
        abort(404)
    with parts().database.writing() as connection:
        job = publish_jobs.ask_back(connection, g.staff.name, name)
        note(connection, "ask_rollback", f"job:{job}", {"snapshot": name})
    flash("正在退回，好了这里会写。")
    return redirect("/content/publishing")


@pages.post("/<entry>/withdraw")
@allowed("content.publish")
def withdraw(entry: str) -> ResponseReturnValue:
    """Take an entry back at once: within a second or two nobody is answered from it any more."""
    reason = clean(request.form.get("reason", ""))[:LONGEST_REASON]
    if not reason:
        return _refused(entry, problem("reason"))
    try:
        with parts().database.writing() as connection:
            revision, put_back = withdrawn.withdraw(connection, entry, g.staff.name, reason)
            publish_jobs.ask(connection, g.staff.name, [])
            note(connection, "withdraw", f"entry:{entry}@{revision}", {"draft_put_back": True} if put_back else None)
    except LookupError:
        return _refused(entry, "这一条现在没有发布，不用撤。")
    flash("撤下了，市民已经问不到这一条。" + ("它批准过的草稿不会自动发布，要重新审核。" if put_back else ""))
    return redirect(f"/content/{entry}")


def _told(name: str, job: publish_jobs.Job | None, known: Mapping[str, str]) -> str:
    """When a snapshot was built, what came with it, and who asked for it."""
    try:
        at = when(datetime.strptime(name, pointer.NAMED).replace(tzinfo=UTC))
    except ValueError:
        at = name
    if job is None:
        return at
    titles = list(desk().store.titles(job.entries).values())
    more = f"等 {len(job.entries)} 条" if len(job.entries) > 1 else ""
    what = f"发布《{(titles or job.entries)[0]}》{more}" if job.entries else "重建索引"
    return " · ".join((at, what, known.get(job.asked_by, job.asked_by), *filter(None, [job.despite[:SHOWN_REASON]])))


def _span(taken: timedelta) -> str:
    """A span of time in the unit that people would say it in."""
    minutes = max(1, round(taken.total_seconds() / 60))
    return (
        f"{minutes} 分钟"
        if minutes < 120
        else f"{minutes / 60:.0f} 小时"
        if minutes < 2880
        else f"{minutes / 1440:.0f} 天"
    )


def _step(entry: str, act: str, do: Any, told: str, facts: dict[str, Any]) -> ResponseReturnValue:
    try:
        with parts().database.writing() as connection:
            draft = do(connection, request.form.get("version", 0, type=int))
            note_draft(connection, act, draft, facts)
    except Stale as stale:
        return _refused(entry, f"{people().get(stale.by, stale.by)}刚才改过这份草稿。请看过新的内容再决定。")
    except NotAllowed as refused:
        return _refused(entry, str(refused))
    flash(told)
    return redirect("/content/publishing")


def _refused(entry: str, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(f"/content/{entry}/review")


def _moment(text: str) -> datetime | None:
    """A day and time on the clocks of the city; None for at once. Raises ValueError for what is no time or past."""
    if not text.strip():
        return None
    moment = datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(parts().settings.timezone))
    if moment <= now():
        raise ValueError(text)
    return moment
