"""What is to be checked again, and the reminder of it that every page of the content desk shows."""

import time
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from foundation.clock import local
from knowledge import reviews
from knowledge.drafts import OPEN_STATES, Stale
from knowledge.entry import EntryError
from knowledge.reviews import Review
from knowledge.sources import every
from staff.permissions import may
from web.content.desk import desk, note, people, today, words
from web.desk.access import allowed
from web.parts import parts

REMEMBERED_SECONDS = 60
A_PAGE = 200
pages = Blueprint("content_reviews", __name__, url_prefix="/content/reviews")


class Reminder:
    """How many entries are due, counted at most once a minute in a process."""

    def __init__(self) -> None:
        self._counted, self._until = 0, 0.0

    def count(self) -> int:
        """How many are due."""
        if time.monotonic() >= self._until:
            self._counted, self._until = len(_due()[0]), time.monotonic() + REMEMBERED_SECONDS
        return self._counted

    def forget(self) -> None:
        """Count anew when asked next."""
        self._until = 0.0


@pages.record_once
def join(state: BlueprintSetupState) -> None:
    """Give every page of the content desk its reminder."""
    state.app.extensions["content_reminder"] = Reminder()

    @state.app.context_processor
    def reminder() -> dict[str, Any]:
        is_shown = request.path.startswith("/content") and "staff" in g and may(g.staff.roles, "content.see")
        return {"reviews_due": _reminder().count()} if is_shown else {}


@pages.get("")
@allowed("content.see")
def listing() -> str:
    """What is due and what will be soon, with the reasons."""
    due, soon = _due()
    _reminder().forget()
    with parts().database.reading() as connection:
        titles = {one.id: one.title for one in every(connection)}
    return render_template(
        "content/reviews.html",
        due=due[:A_PAGE],
        due_count=len(due),
        soon=soon[:A_PAGE],
        soon_count=len(soon),
        titles=titles,
        words=words(),
        people=people(),
        open_states=OPEN_STATES,
        day=lambda at: local(at, parts().settings.timezone).date(),
    )


@pages.post("/<entry>/checked")
@allowed("content.edit")
def checked(entry: str) -> ResponseReturnValue:
    """Nothing has changed: a draft with new dates, for somebody else to publish."""
    try:
        current = desk().store.current(entry)
        with parts().database.writing() as connection:
            text = reviews.checked(current.entry, today())
            draft = desk().drafts.save(connection, entry, text, g.staff.name, current.revision, 0, because="review")
            note(connection, "checked", f"entry:{entry}@{current.revision}", {"draft": draft.id})
    except LookupError:
        flash("这条现在没有发布。")
    except (Stale, EntryError):
        flash("这条已经有草稿了，请在草稿里改日期。")
    else:
        flash("核对日期改成了今天。看一眼，交另一位同事发布。")
        return redirect(f"/content/{entry}")
    return redirect(pages.url_prefix or "")


@pages.post("/<entry>/unmark")
@allowed("content.edit")
def unmark(entry: str) -> ResponseReturnValue:
    """It was marked by mistake."""
    with parts().database.writing() as connection:
        taken = reviews.unmark(connection, entry, g.staff.name)
        if taken:
            note(connection, "unmark", f"entry:{entry}", {"marks": taken})
    _reminder().forget()
    flash("标记取消了。" if taken else "这条没有标记。")
    return redirect(pages.url_prefix or "")


def _due() -> tuple[list[Review], list[Review]]:
    with parts().database.reading() as connection:
        listed = desk().listing.everything(connection, today())
        return reviews.due(listed, reviews.open_marks(connection), today(), parts().settings.timezone)


def _reminder() -> Reminder:
    known: Reminder = current_app.extensions["content_reminder"]
    return known
