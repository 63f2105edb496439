"""`POST /api/v1/messages`: one message in, one turn out."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request, session

from conversations.intake import Incoming
from web import metrics
from web.callers import caller, identified
from web.limits import messages_limit
from web.parts import parts
from web.schema import Message, openapi

api = Blueprint("messages", __name__, url_prefix="/api/v1")


@api.post("/messages")
@identified
@messages_limit
def send() -> Response:
    """Answer one message."""
    message = Message.parse_obj(request.get_json())
    with metrics.turn_seconds.time():
        turn = parts().intake.take(
            Incoming(
                conversation=message.conversation,
                client_id=message.client_id,
                text=message.text,
                payload=message.payload,
                location=message.location.dict() if message.location else None,
            ),
            caller(message.user),
        )
    metrics.turns.labels(turn.outcome).inc()
    if not request.headers.get("Authorization"):
        session.permanent = True
        session["conversation"] = turn.conversation
    return jsonify(asdict(turn))


@api.get("/openapi.json")
def description() -> Response:
    """What this interface accepts and gives."""
    return jsonify(openapi(parts().settings.site))
