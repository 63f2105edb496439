"""The interfaces that the account calls: /cgi-bin/…, with WeChat's answers and error codes."""

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from simulator.wechat.bodies import notice_of, push_of
from simulator.wechat.errors import MESSAGES, Refused
from simulator.wechat.media import ENDINGS
from simulator.wechat.platform import Platform

Answer = Response | tuple[Response, int]
Row = dict[str, Any]


def blueprint(platform: Platform) -> Blueprint:
    """The interfaces of one platform."""
    api = Blueprint("wechat_api", __name__, url_prefix="/cgi-bin")
    prepare(api, platform)
    _add_tokens(api, platform)
    _add_messages(api, platform)
    _add_menu(api, platform)
    return api


def prepare(api: Blueprint, platform: Platform) -> None:
    """Make a blueprint slow, down, recorded, and polite about what it refuses."""

    @api.before_request
    def behave() -> Answer | None:
        platform.account.check()
        time.sleep(platform.switches.slow_seconds)
        if not platform.switches.down:
            return None
        platform.chat.note_call(request.path, "", 503, None)
        return jsonify({"error": "down"}), 503

    @api.errorhandler(Refused)
    def refuse(error: Refused) -> Answer:
        return jsonify({"errcode": error.code, "errmsg": MESSAGES[error.code]})

    @api.after_request
    def note(response: Response) -> Response:
        if response.status_code == 200:
            said = response.get_json(silent=True) if response.is_json else None
            code = said.get("errcode", 0) if isinstance(said, dict) else 0
            body = g.get("body", {})
            platform.chat.note_call(request.path, str(body.get("touser", "")), code, body)
        return response


def check_secret(platform: Platform, app_id: Any, secret: Any) -> None:
    """Raises Refused unless both are the account's."""
    if app_id != platform.account.app_id:
        raise Refused(40013)
    if secret != platform.account.secret:
        raise Refused(40125)


def _add_tokens(api: Blueprint, platform: Platform) -> None:
    @api.get("/token")
    def token() -> Answer:
        if request.args.get("grant_type") != "client_credential":
            raise Refused(40002)
        check_secret(platform, request.args.get("appid"), request.args.get("secret"))
        made, seconds = platform.tokens.plain(platform.switches.token_seconds)
        return jsonify({"access_token": made, "expires_in": seconds})

    @api.post("/stable_token")
    def stable_token() -> Answer:
        body = _body()
        if body.get("grant_type") != "client_credential":
            raise Refused(40002)
        check_secret(platform, body.get("appid"), body.get("secret"))
        force = body.get("force_refresh") is True
        made, seconds = platform.tokens.stable(platform.switches.token_seconds, force)
        return jsonify({"access_token": made, "expires_in": seconds})


def _add_messages(api: Blueprint, platform: Platform) -> None:
    guarded = _guard(platform)

    @api.post("/message/custom/send")
    @guarded
    def custom_send() -> Answer:
        body = _body()
        user = platform.users.one(str(body.get("touser")))
        platform.push(user["openid"], push_of(body, platform.media))
        return _fine()

    @api.post("/message/subscribe/bizsend")
    @guarded
    def subscribe_send() -> Answer:
        body = _body()
        user = platform.users.one(str(body.get("touser")))
        template, shown = notice_of(body)
        platform.notify(user["openid"], template, shown)
        return _fine()

    @api.get("/media/get")
    @guarded
    def media_get() -> Answer:
        media_id = request.args.get("media_id", "")
        data, content_type = platform.media.get(media_id)
        name = f"{media_id}.{ENDINGS[content_type]}"
        return Response(
            data, content_type=content_type, headers={"Content-disposition": f'attachment; filename="{name}"'}
        )


def _add_menu(api: Blueprint, platform: Platform) -> None:
    guarded = _guard(platform)

    @api.post("/menu/create")
    @guarded
    def menu_create() -> Answer:
        platform.menu.create(_body())
        return _fine()

    @api.get("/menu/get")
    @guarded
    def menu_get() -> Answer:
        return jsonify({"menu": platform.menu.get()})

    @api.get("/menu/delete")
    @guarded
    def menu_delete() -> Answer:
        platform.menu.delete()
        return _fine()


def _guard(platform: Platform) -> Callable[[Callable[[], Answer]], Callable[[], Answer]]:
    """A view behind the access token of its address."""

    def guarded(view: Callable[[], Answer]) -> Callable[[], Answer]:
        @wraps(view)
        def checked() -> Answer:
            platform.tokens.check(request.args.get("access_token", ""))
            return view()

        return checked

    return guarded


def _body() -> Row:
    # WeChat shows "\u4f60" as these six characters: whoever escapes Chinese must see that here, too.
    text = request.get_data().replace(b"\\u", b"\\\\u")
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Refused(47001) from error
    if not isinstance(body, dict):
        raise Refused(47001)
    g.body = {name: value for name, value in body.items() if name != "secret"}
    return body


def _fine() -> Answer:
    return jsonify({"errcode": 0, "errmsg": "ok"})
