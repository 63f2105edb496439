"""The chat page."""

from functools import lru_cache
from pathlib import Path

import yaml
from flask import Blueprint, Response, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from conversations import record
from conversations.keys import WEB
from web.parts import parts

pages = Blueprint("chat", __name__)


@pages.get("/")
def home() -> ResponseReturnValue:
    """The way in."""
    return redirect(url_for("chat.chat"))


@pages.get("/chat")
def chat() -> Response:
    """The conversation of this browser, or a new one."""
    page = render_template(
        "chat/chat.html",
        city=parts().settings.city,
        conversation=_conversation(),
        quick_questions=_quick_questions(),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"  # the page holds the citizen's own secret
    return response


def _conversation() -> str:
    """The value in the signed cookie, unless its conversation was erased."""
    value = session.get("conversation", "")
    try:
        with parts().database.reading() as connection:
            record.find(connection, value, record.Caller(WEB))
    except record.UnknownConversation:
        return ""
    return str(value)


@lru_cache(maxsize=1)
def _quick_questions() -> list[dict[str, str]]:
    content: list[dict[str, str]] = yaml.safe_load((Path(__file__).parent / "quick_questions.yml").read_text("utf-8"))
    return content
