"""Where an exception becomes a sentence: JSON for interfaces, a page for people, never a trace."""

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from conversations.intake import EmptyMessage
from conversations.record import UnknownConversation
from web import open311
from web.parts import parts
from web.refusals import REFUSED, refusal

SENTENCES = {
    400: ("bad_request", "请求的格式不对。"),
    401: ("unauthorized", "密钥不对，或者没有带密钥。"),
    403: ("forbidden", "这里不能访问。"),
    404: ("not_found", "没有找到您要的内容。"),
    405: ("method_not_allowed", "这个地址不支持这种请求方式。"),
    413: ("too_large", "内容太大了，请分开发。"),
    415: ("unsupported_media_type", "请用 JSON 格式发送。"),
    429: ("too_many_requests", "您发得太快了，请歇一会儿再发。"),
    500: ("server_error", "对不起，我们这边出错了，请过一会儿再试。急事请打 12345。"),
}
TITLES = {404: "没找到", 429: "请歇一会儿", 413: "太大了", 401: "请先验证", 403: "不能访问", 500: "出错了"}
INTERFACES = ("/api/", "/hotline/")
OF_STAFF = {
    400: "请求的格式不对，请回到上一页再试。",
    403: "您的角色不能做这件事，或者页面放得太久了。请刷新页面再试。",
    404: "没有找到。",
    413: "内容太大了，请少写一些。",
    500: "系统出错了，没有改动。请过一会儿再试。",
}
log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Handle everything that blueprints let through."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(EmptyMessage, lambda _: failure(400, "empty_message", "您还没有写内容。"))
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(
        UnknownConversation,
        lambda _: failure(
            400 if request.method == "POST" else 404, "unknown_conversation", "没有这个会话，请重新开始。"
        ),
    )
    for refused in REFUSED:
        app.register_error_handler(refused, _refused)
    app.register_error_handler(Exception, _surprise)


def failure(status: int, code: str, message: str) -> Response:
    """One refusal, in the form that the address calls for."""
    if request.path.startswith(f"{open311.api.url_prefix}/"):
        return open311.refusal(status, message)
    if request.path.startswith(INTERFACES):
        return make_response(jsonify({"error": {"code": code, "message": message}}), status)
    if _is_at_desk():
        return make_response(render_template("desk/refused.html", message=message), status)
    title = TITLES.get(status, TITLES[500])
    page = render_template("errors/error.html", title=title, message=message, city=parts().settings.city)
    return make_response(page, status)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code, message = SENTENCES.get(status, SENTENCES[500] if status >= 500 else SENTENCES[400])
    message = OF_STAFF.get(status, message) if _is_at_desk() else message
    response = failure(status, code, message)
    given = error.get_response().headers.get("Retry-After")
    if status == 429:
        response.headers["Retry-After"] = given or "60"
    return response


def _invalid(error: Exception) -> Response:
    assert isinstance(error, ValidationError)
    fields = "、".join(".".join(str(part) for part in one["loc"]) for one in error.errors())
    return failure(400, "bad_request", f"请求的格式不对：{fields}。")


def _refused(error: Exception) -> Response:
    """What a step of a ticket is refused for; the citizens' pages say it where they take the step."""
    return failure(*refusal(error)) if _is_at_desk() else _surprise(error)


def _surprise(error: Exception) -> Response:
    if isinstance(error, ValueError) and "NUL" in str(error):  # PostgreSQL keeps no such character, so none was meant
        return failure(400, *SENTENCES[400])
    log.exception("%s %s failed", request.method, request.path)
    code, message = SENTENCES[500]
    return failure(500, code, OF_STAFF[500] if _is_at_desk() else message)


def _is_at_desk() -> bool:
    return request.path.startswith(("/desk", "/admin", "/content"))
