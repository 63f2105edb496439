"""Conversations: read again, erased."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, session

from conversations import record
from knowledge import gaps
from web.callers import caller, identified
from web.limits import messages_limit
from web.parts import parts

api = Blueprint("conversations", __name__, url_prefix="/api/v1/conversations")


@api.get("/<value>/messages")
@identified
def messages(value: str) -> Response:
    """The messages after a turn, in order."""
    after = request.args.get("after", "0")
    if not after.isdecimal() or len(after) > 9:
        abort(400)
    with parts().database.reading() as connection:
        conversation = record.find(connection, value, caller())
        items = [item for row in record.after(connection, conversation, int(after)) for item in _items(row)]
        return jsonify({"messages": parts().intake.show(connection, conversation, items)})


@api.delete("/<value>")
@identified
@messages_limit
def erase(value: str) -> Response:
    """Erase a conversation here and in Rasa; its tickets stay."""
    with parts().database.reading() as connection:
        conversation = record.find(connection, value, caller())
    parts().rasa.forget(conversation)
    with parts().database.writing() as connection:
        parts().vault.erase(connection, f"conversation:{conversation}")
        record.erase(connection, conversation)
        gaps.forget(connection, conversation)
    session.pop("conversation", None)
    return Response(status=204)


def _items(row: Any) -> list[dict[str, Any]]:
    at = row.at.isoformat()
    said = [{"turn": row.turn, "at": at, "from": "citizen", "text": row.text or ""}] if row.sender == "citizen" else []
    if not row.replies:
        return said
    speaker = "bot" if row.sender == "citizen" else row.sender
    return [*said, {"turn": row.turn, "at": at, "from": speaker, "replies": row.replies}]
