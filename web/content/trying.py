"""Trying a question: what the assistant finds for it now, and what a draft would change."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from knowledge import withdrawn
from knowledge.drafts import Draft
from knowledge.entry import EntryError, parse
from web.content.desk import desk, today, words
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.parts import parts

pages = Blueprint("content_trying", __name__, url_prefix="/content")
LONGEST = 200
NO_SNAPSHOT = "还没有索引，先发布一次再试。"
UNFINISHED = "草稿还没写完，先补齐再试。"
NO_VECTORS = "现在连不上模型，草稿里的新说法试不了。"


@pages.get("/try")
@allowed("content.see")
def anything() -> str:
    """The page to try questions on."""
    return render_template("content/try.html", words=words(), draft=None, question="", result=None)


@pages.post("/try")
@allowed("content.see")
def ask() -> str:
    """What is found for a question."""
    return _tried(None)


@pages.post("/<entry>/try")
@allowed("content.see")
def ask_with_draft(entry: str) -> ResponseReturnValue:
    """What is found for a question now and with the draft, and what the draft does to the saved cases."""
    return _tried(desk().drafts.of(entry))


def _tried(draft: Draft | None) -> str:
    question = clean(request.form.get("question", ""))[:LONGEST]
    try:
        result = _result(question, draft)
    except FileNotFoundError:
        result = {"problem": NO_SNAPSHOT}
    return render_template("content/try.html", words=words(), draft=draft, question=question, result=result)


def _result(question: str, draft: Draft | None) -> dict[str, Any]:
    trial = desk().trial()
    with parts().database.reading() as connection:
        taken_back = withdrawn.up_to(connection)
    serving = trial.snapshot.revisions
    gone = [entry for entry, last in taken_back.items() if 0 < serving.get(entry, 0) <= last]
    titles = trial.snapshot.titles
    result: dict[str, Any] = {"titles": titles, "now": trial.ask(question, today(), gone) if question else None}
    if draft is None:
        return result
    try:
        entry = parse(draft.markdown)
        drafted = trial.with_draft(entry, desk().local)
    except (EntryError, KeyError):  # KeyError: a local value that the city lacks
        return result | {"problem": UNFINISHED}
    if drafted is None:
        return result | {"problem": NO_VECTORS}
    kept = [one for one in gone if one != entry.id]
    return {
        "titles": titles | {entry.id: entry.title},
        "now": result["now"],
        "then": trial.ask(question, today(), kept, drafted) if question else None,
        "effect": trial.effect(entry.id, drafted),
    }
