"""The chat page, and what makes an app of it."""

import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from conversations import record
from conversations.intake import EmptyMessage, Incoming
from conversations.keys import WEB
from hotline.appeal import MOST_PICTURES
from web import ratings
from web.callers import source
from web.conversations import erase_everywhere, items, turn_number
from web.forms import form_token, is_own_form
from web.limits import messages_limit
from web.parts import parts
from web.quick_questions import QuickQuestions
from web.safety import let_frame
from web.uploads import uploader

pages = Blueprint("chat", __name__)
MODULE_IMPORT = 'from "./'


@pages.record_once
def join(state: BlueprintSetupState) -> None:
    """Quick questions are chosen once an hour for each application."""
    state.app.extensions["quick_questions"] = QuickQuestions(state.app.extensions["wenzheng"])


@pages.get("/")
def home() -> ResponseReturnValue:
    """The way in."""
    return redirect(url_for("chat.chat"))


@pages.get("/chat")
def chat() -> Response:
    """The conversation of this browser, or a new one; without JavaScript a plain form, with what was said above it."""
    current_app.extensions["suggester"].look()
    uploader()  # so that its cookie is there before two pictures come at once
    before = request.args.get("before", type=turn_number)
    value, said = _conversation(before)
    embedded = request.args.get("embed") == "1"
    page = render_template(
        "chat/chat.html",
        city=parts().settings.city,
        conversation=value,
        embedded=embedded,
        said=said,
        is_earlier=before is not None,
        quick_questions=current_app.extensions["quick_questions"].shown(),
        form_token=form_token(),
        client_id=secrets.token_hex(16),
        modules=modules(),
        most_pictures=MOST_PICTURES,
        reasons=ratings.labels(),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"  # the page holds the citizen's own secret
    if embedded:
        let_frame(response, parts().settings.embed_origins)
    return response


@pages.post("/chat")
@messages_limit
def say() -> ResponseReturnValue:
    """One message from the plain form; the same form sent twice says it once."""
    if is_own_form():
        payload = request.form.get("payload", "")
        text = _title_of(payload) if payload else request.form.get("text", "")
        try:
            _take(text, payload)
        except EmptyMessage:
            pass  # the page is shown again
    return redirect(url_for("chat.chat", _anchor="newest"), 303)


@pages.post("/chat/erase")
@messages_limit
def erase() -> ResponseReturnValue:
    """Delete the conversation from the plain page."""
    if is_own_form() and request.form.get("sure"):
        try:
            with parts().database.reading() as connection:
                conversation = record.find(connection, session.get("conversation", ""), record.Caller(WEB))
            erase_everywhere(parts(), conversation)
        except record.UnknownConversation:
            pass  # it is gone already
        session.pop("conversation", None)
    return redirect(url_for("chat.chat"), 303)


@pages.get("/service_worker.js")
def service_worker() -> Response:
    """At the root, because a worker serves only what lies beneath it; looked at again on each visit."""
    response = current_app.send_static_file("js/service_worker.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


@lru_cache(maxsize=1)
def modules() -> list[str]:
    """Every script that the page's own brings with it, so that all are asked for at once."""
    folder, found, open_ends = Path(__file__).parent / "static" / "js", list[str](), ["chat.js"]
    while open_ends:
        lines = (folder / open_ends.pop()).read_text("utf-8").splitlines()
        named = [line.split(MODULE_IMPORT)[1].split('"')[0] for line in lines if MODULE_IMPORT in line]
        fresh = [name for name in named if name not in found]
        found += fresh
        open_ends += fresh
    return found


def _take(text: str, payload: str) -> None:
    """Send it on; where the conversation was erased meanwhile, a new one begins."""
    client_id = request.form.get("client_id", "")[:100] or secrets.token_hex(16)
    for conversation in (session.get("conversation"), None):
        message = Incoming(conversation, client_id, text=text, payload=payload, source=source())
        try:
            session["conversation"] = parts().intake.take(message, record.Caller(WEB)).conversation
            session.permanent = True
            return
        except record.UnknownConversation:
            continue


def _title_of(payload: str) -> str:
    """What the button said that gave this payload; a payload that none gave is refused further down."""
    replies = [reply for item in _conversation()[1] for reply in item.get("replies", ())]
    buttons = [one for reply in replies for name in ("choices", "related") for one in reply.get(name) or ()]
    return next((str(one["title"]) for one in reversed(buttons) if one["payload"] == payload), "")


def _conversation(before: int | None = None) -> tuple[str, list[dict[str, Any]]]:
    """The value in the signed cookie and what was said last in it, or last before a turn, unless it was erased."""
    value = session.get("conversation", "")
    try:
        with parts().database.reading() as connection:
            conversation = record.find(connection, value, record.Caller(WEB))
            rows = record.latest(connection, conversation, record.ISSUED_WITHIN, before)
            return str(value), items(parts(), connection, conversation, rows)
    except record.UnknownConversation:
        return "", []
