"""The platform for programs, under /platform: make users, let them act, read what they got, break things."""

import base64
import binascii
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from simulator.wechat.chat import RECEIVED
from simulator.wechat.errors import Refused
from simulator.wechat.platform import Platform
from simulator.wechat.switches import switches_from

VOICE = b"#!AMR\n"
PICTURE_BYTES = 15_000_000
Row = dict[str, Any]


def blueprint(platform: Platform) -> Blueprint:
    """The interface of one platform."""
    api = Blueprint("platform", __name__, url_prefix="/platform")
    api.register_error_handler(Refused, lambda error: (jsonify({"error": str(error)}), 404))
    _add_users(api, platform)
    _add_record(api, platform)
    _add_switches(api, platform)
    return api


def with_media(platform: Platform, wanted: Row, data: bytes) -> Row:
    """What a user sends, with its file kept."""
    media_id = platform.media.keep(data)
    address = f"{platform.account.api_base}/platform/media/{media_id}"
    return wanted | {"media_id": media_id, "address": address}


def _add_users(api: Blueprint, platform: Platform) -> None:
    @api.post("/users")
    def make() -> ResponseReturnValue:
        wanted = _object()
        name, count = str(wanted.get("name") or "市民"), wanted.get("count", 1)
        if not isinstance(count, int) or not 1 <= count <= 10_000:
            raise ValueError("count is between 1 and 10000")
        followed = wanted.get("followed", True) is True
        names = [name] if count == 1 else [f"{name}{number}" for number in range(1, count + 1)]
        return jsonify({"users": [platform.users.make(one, followed) for one in names]})

    @api.get("/users")
    def users() -> ResponseReturnValue:
        return jsonify({"users": platform.users.all()})

    @api.get("/users/<openid>")
    def user(openid: str) -> ResponseReturnValue:
        chat = platform.chat.of(openid)
        received = [row for row in chat if row["way"] in RECEIVED]
        return jsonify({"user": platform.users.one(openid), "chat": chat, "received": received})

    @api.post("/users/<openid>/messages")
    def act(openid: str) -> ResponseReturnValue:
        request.max_content_length = PICTURE_BYTES
        wanted = _object()
        if wanted.get("type") == "image" and "picture" in wanted:
            wanted = with_media(platform, wanted, _bytes(wanted["picture"]))
        if wanted.get("type") == "voice":
            wanted = with_media(platform, wanted, VOICE)
        return jsonify(platform.act(openid, wanted, wait=wanted.get("wait", True) is True))

    @api.get("/media/<media_id>")
    def picture(media_id: str) -> ResponseReturnValue:
        """Where a message's PicUrl leads; WeChat's own asks for no token either."""
        data, content_type = platform.media.get(media_id)
        return data, 200, {"Content-Type": content_type, "X-Content-Type-Options": "nosniff"}


def _add_record(api: Blueprint, platform: Platform) -> None:
    @api.get("/received")
    def received() -> ResponseReturnValue:
        return jsonify({"received": platform.chat.received()})

    @api.get("/tries")
    def tries() -> ResponseReturnValue:
        return jsonify({"tries": platform.chat.tries(request.args.get("message", ""))})

    @api.get("/calls")
    def calls() -> ResponseReturnValue:
        return jsonify({"calls": platform.chat.calls()})


def _add_switches(api: Blueprint, platform: Platform) -> None:
    @api.get("/switches")
    def switches() -> ResponseReturnValue:
        return jsonify(vars(platform.switches))

    @api.post("/switches")
    def switch() -> ResponseReturnValue:
        platform.switches = switches_from(_object())
        return jsonify(vars(platform.switches))

    @api.post("/clock")
    def clock() -> ResponseReturnValue:
        seconds = _object().get("move_seconds")
        if not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError("move_seconds is a number, not below zero")
        platform.clock.move(seconds)
        return jsonify({"now": platform.clock.now()})

    @api.post("/tokens/revoke")
    def revoke() -> ResponseReturnValue:
        platform.tokens.revoke()
        return jsonify({})

    @api.post("/handshake")
    def handshake() -> ResponseReturnValue:
        return jsonify({"proved": platform.shake_hands()})


def _object() -> Row:
    content = request.get_json(silent=True)
    if isinstance(content, dict):
        return content
    raise ValueError("a JSON object is expected")


def _bytes(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, binascii.Error) as error:
        raise ValueError("a picture is base64") from error
