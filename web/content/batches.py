"""Many drafts at once, such as an import brought: handed over for review, or approved and published together."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from knowledge import publish_jobs
from knowledge.drafts import Draft, NotAllowed, Stale
from knowledge.entry import EntryError
from web.content.desk import desk, note, note_draft
from web.desk.access import allowed
from web.parts import parts

pages = Blueprint("content_batches", __name__, url_prefix="/content")
SHOWN = 10


@pages.post("/submit")
@allowed("content.edit")
def submit() -> ResponseReturnValue:
    """Hand the chosen drafts over for review; those that are not finished stay."""
    done = _each(lambda connection, entry, version: desk().drafts.submit(connection, entry, version, desk().local))
    flash(f"交审了 {len(done)} 份。")
    return redirect("/content/publishing")


@pages.post("/approve")
@allowed("content.publish")
def approve() -> ResponseReturnValue:
    """Approve the chosen drafts and have them published in one go; those that one wrote oneself stay."""
    done = _each(lambda connection, entry, version: desk().drafts.approve(connection, entry, g.staff.name, version))
    if done:
        with parts().database.writing() as connection:
            job = publish_jobs.ask(connection, g.staff.name, done)
            note(connection, "publish", f"publish_job:{job}", {"entries": len(done)})
    flash(f"批准了 {len(done)} 份，正在发布。" if done else "没有批准任何一份。")
    return redirect("/content/publishing")


def _each(step: Callable[[Connection, str, int], Draft]) -> list[str]:
    """Take a step with every chosen draft, each as it was when it was chosen; the entries that went through."""
    done, left = [], []
    for chosen in request.form.getlist("draft"):
        entry, _, version = chosen.rpartition("@")
        try:
            with parts().database.writing() as connection:
                draft = step(connection, entry, int(version) if version.isdecimal() else 0)
                note_draft(connection, request.path.rsplit("/", 1)[-1], draft)
        except (Stale, NotAllowed, EntryError):
            left.append(entry)
        else:
            done.append(entry)
    if left:
        more = "等" if len(left) > SHOWN else ""
        flash(f"{len(left)} 份没有动：没写完、刚被改过，或是您自己写的：{'、'.join(left[:SHOWN])}{more}。")
    return done
