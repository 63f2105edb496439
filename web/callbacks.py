"""`POST /hotline/callbacks`: what the city's hotline says about its tickets."""

from flask import Blueprint, Response, jsonify, request

from web.parts import parts

hotline = Blueprint("callbacks", __name__, url_prefix="/hotline")


@hotline.post("/callbacks")
def callback() -> tuple[Response, int]:
    """Apply one signed callback."""
    status, answer = parts().callbacks.apply(dict(request.headers), request.get_data())
    return jsonify(answer), status
