"""`/wechat`: the address that WeChat's platform calls."""

from flask import Blueprint, Response, abort, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from web.parts import parts
from web.wechat_channel import is_open
from web.wechat_line import Line
from wechat.gate import MOST_BYTES, Refused

callback = Blueprint("wechat", __name__, url_prefix="/wechat")
TAKEN = "success"  # nothing is answered, and nothing need be sent again


@callback.get("")
def handshake() -> Response:
    """Prove that we know the token."""
    return _plain(_line().gate.echo(request.args))


@callback.post("")
def receive() -> Response:
    """Take one message; its answer goes back with this request if it is there in time."""
    request.max_content_length = MOST_BYTES
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        return _plain("too large", 413)
    message = _line().gate.open(request.args, body)
    text = _line().channel.reply(message, lambda: is_open(request.environ))
    if not text:
        return _plain(TAKEN)
    return Response(_line().gate.reply(message, text), content_type="text/xml; charset=utf-8")


@callback.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """Say no more than that it is refused; the log says why."""
    return _plain("refused", error.status)


def _line() -> Line:
    """The connected account; there is nothing here where there is none."""
    line = parts().wechat
    if line is None:
        abort(404)
    return line


def _plain(text: str, status: int = 200) -> Response:
    response = make_response(text, status)
    response.content_type = "text/plain; charset=utf-8"
    return response
