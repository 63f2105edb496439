"""What a citizen may do with a conversation that is over: leave it, or take it along."""

from datetime import datetime

from flask import Blueprint, Response, session, stream_template

from conversations import record
from foundation.clock import local, now
from web.callers import caller, identified
from web.conversations import everything
from web.limits import messages_limit
from web.parts import parts

api = Blueprint("farewell", __name__, url_prefix="/api/v1/conversations")


@api.post("/<value>/end")
@identified
@messages_limit
def end(value: str) -> Response:
    """This browser begins anew; the conversation is kept as it is, and its tickets go on."""
    with parts().database.reading() as connection:
        record.find(connection, value, caller())
    if session.get("conversation") == value:
        session.pop("conversation")
    return Response(status=204)


@api.get("/<value>/text")
@identified
@messages_limit
def text(value: str) -> Response:
    """The whole conversation as a file to keep, in plain text."""
    timezone = parts().settings.timezone

    def moment(at: str) -> str:
        return f"{local(datetime.fromisoformat(at), timezone):%Y-%m-%d %H:%M}"

    with parts().database.reading() as connection:
        conversation = record.find(connection, value, caller())
    said = everything(parts(), conversation)
    page = stream_template("chat/conversation.txt", said=said, at=local(now(), timezone), moment=moment)
    name = f"wenzheng-{local(now(), timezone):%Y%m%d-%H%M}.txt"
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(page, mimetype="text/plain", headers=headers)
