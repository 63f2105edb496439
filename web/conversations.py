"""Conversations: read again, erased."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import takewhile
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, session
from sqlalchemy.engine import Connection

from conversations import erasing, record
from foundation.clock import now
from hotline import followers
from hotline.pictures.store import UnknownPicture
from web import streams
from web.callers import caller, identified
from web.limits import messages_limit
from web.parts import Parts, parts
from web.pictures import as_picture, unknown
from wechat import users

api = Blueprint("conversations", __name__, url_prefix="/api/v1/conversations")
A_PAGE = 200  # turns in one answer
ANSWERED_WITHIN = timedelta(seconds=60)
api.register_error_handler(UnknownPicture, unknown)
api.register_error_handler(FileNotFoundError, unknown)
places = streams.Places(streams.OPEN_STREAMS, streams.FOR_ONE_CONVERSATION)


@api.get("/<value>/messages")
@identified
def messages(value: str) -> Response:
    """The messages of the first turns after one, in order, or of the last turns before one.

    A longer conversation is read on from the last turn that came, or back from the first.
    """
    after, most = asked_turn(request.args.get("after", "0")), asked_turn(request.args.get("limit", str(A_PAGE)))
    before = asked_turn(request.args["before"]) if "before" in request.args else None
    if not 1 <= most <= A_PAGE:
        abort(400)
    with parts().database.reading() as connection:
        conversation = record.find(connection, value, caller())
        if before is None:
            rows = record.after(connection, conversation, after, most)
        else:
            rows = [row for row in record.latest(connection, conversation, most, before) if row.turn > after]
        return jsonify({"messages": items(parts(), connection, conversation, rows)})


@api.get("/<value>/stream")
@identified
@messages_limit
def stream(value: str) -> Response:
    """The messages after a turn, and then each new one as it comes; 429 while too many listen."""
    after = asked_turn(request.headers.get("Last-Event-ID") or request.args.get("after", "0"))
    with parts().database.reading() as connection:
        conversation = record.find(connection, value, caller())
    if not places.take(conversation):
        abort(429)
    response = Response(streams.frames(partial(_answered, parts(), conversation), after), headers=streams.HEADERS)
    response.call_on_close(partial(places.leave, conversation))
    return response


@api.get("/<value>/pictures/<name>")
@identified
def picture(value: str, name: str) -> Response:
    """A picture that the citizen sent in this conversation, small; 404 once it is forgotten."""
    with parts().database.reading() as connection:
        conversation = record.find(connection, value, caller())
        if name not in record.pictures(connection, conversation):
            raise UnknownPicture(name)
    return as_picture(parts().uploads.sent_thumb(name))


@api.delete("/<value>")
@identified
@messages_limit
def erase(value: str) -> Response:
    """Erase a conversation here and in Rasa; its tickets stay."""
    with parts().database.reading() as connection:
        conversation = record.find(connection, value, caller())
    erase_everywhere(parts(), conversation)
    session.pop("conversation", None)
    return Response(status=204)


def erase_everywhere(service: Parts, conversation: str) -> None:
    """Erase a conversation here and in Rasa; its tickets stay. Raises RasaDown, and then nothing is erased."""
    erasing.erase(service.database, service.vault, service.rasa, conversation, followers.forget, users.forget)


def everything(service: Parts, conversation: str) -> Iterator[dict[str, Any]]:
    """Every message, as the citizen may see them; a page at a time in memory."""
    after = 0
    while True:
        with service.database.reading() as connection:
            rows = record.after(connection, conversation, after, A_PAGE)
            shown = items(service, connection, conversation, rows)
        if not rows:
            return
        yield from shown
        after = rows[-1].turn


def items(service: Parts, connection: Connection, conversation: str, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The messages of turns, as the citizen may see them."""
    found = [item for row in rows for item in _items(row)]
    shown: list[dict[str, Any]] = service.intake.show(connection, conversation, found)
    return shown


def _items(row: Any) -> list[dict[str, Any]]:
    at = row.at.isoformat()
    said = [_said(row, at)] if row.sender == "citizen" else []
    if not row.replies:
        return said
    speaker = "bot" if row.sender == "citizen" else row.sender
    return [*said, {"turn": row.turn, "at": at, "from": speaker, "replies": row.replies}]


def _said(row: Any, at: str) -> dict[str, Any]:
    said = {"turn": row.turn, "at": at, "from": "citizen", "text": row.text or ""}
    return said | {"attachments": row.attachments} if row.attachments else said


def _answered(service: Parts, conversation: str, after: int) -> list[dict[str, Any]]:
    """The messages after a turn, up to the first turn that is still being answered."""
    latest = now() - ANSWERED_WITHIN
    with service.database.reading() as connection:
        rows = record.after(connection, conversation, after, A_PAGE)
        ended = takewhile(lambda row: row.sender != "citizen" or row.outcome or row.at < latest, rows)
        return items(service, connection, conversation, ended)


def turn_number(text: str) -> int:
    """A turn as an address names it. Raises ValueError."""
    if not text.isdecimal() or len(text) > 9:
        raise ValueError(text)
    return int(text)


def asked_turn(text: str) -> int:
    """The same; anything else is refused."""
    try:
        return turn_number(text)
    except ValueError:
        abort(400)
