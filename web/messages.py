"""`POST /api/v1/messages`: one message in, one turn out."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request, session

from conversations.intake import Incoming
from hotline.pictures.store import UnknownPicture
from web import metrics
from web.callers import caller, identified, source
from web.errors import failure
from web.limits import messages_limit
from web.openapi import openapi
from web.parts import parts
from web.schema import Message
from web.uploads import uploader

api = Blueprint("messages", __name__, url_prefix="/api/v1")


@api.post("/messages")
@identified
@messages_limit
def send() -> Response:
    """Answer one message."""
    message = Message.parse_obj(request.get_json())
    incoming, sender = _incoming(message), caller(message.user)
    if incoming.attachments and not parts().intake.knows(incoming, sender):
        parts().uploads.check(incoming.uploader, incoming.attachments)
    with metrics.turn_seconds.time():
        turn = parts().intake.take(incoming, sender)
    metrics.turns.labels(turn.outcome).inc()
    if not request.headers.get("Authorization"):
        session.permanent = True
        session["conversation"] = turn.conversation
    return jsonify(asdict(turn))


@api.errorhandler(UnknownPicture)
def unknown_picture(error: UnknownPicture) -> Response:
    """Pictures of others, or used already, or forgotten after a day."""
    return failure(400, "unknown_upload", "有图片用不了：可能已经用过，或者放得太久了。请重新传一次。")


@api.get("/openapi.json")
def description() -> Response:
    """What this interface accepts and gives."""
    return jsonify(openapi(parts().settings.site))


def _incoming(message: Message) -> Incoming:
    return Incoming(
        conversation=message.conversation,
        client_id=message.client_id,
        text=message.text,
        payload=message.payload,
        location=message.location.dict() if message.location else None,
        attachments=tuple(message.attachments),
        uploader=uploader(message.user),
        source=source(message.user),
    )
