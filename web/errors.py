"""Where an exception becomes a sentence: JSON for interfaces, a page for people, never a trace."""

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from conversations.intake import EmptyMessage
from conversations.record import UnknownConversation
from web.parts import parts

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
    app.register_error_handler(Exception, _surprise)


def failure(status: int, code: str, message: str) -> Response:
    """One refusal, in the form that the address calls for."""
    if request.path.startswith(INTERFACES):
        return make_response(jsonify({"error": {"code": code, "message": message}}), status)
    title = TITLES.get(status, TITLES[500])
    page = render_template("errors/error.html", title=title, message=message, city=parts().settings.city)
    return make_response(page, status)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code, message = SENTENCES.get(status, SENTENCES[500] if status >= 500 else SENTENCES[400])
    response = failure(status, code, message)
    given = error.get_response().headers.get("Retry-After")
    if status == 429:
        response.headers["Retry-After"] = given or "60"
    return response


def _invalid(error: Exception) -> Response:
    assert isinstance(error, ValidationError)
    fields = "、".join(".".join(str(part) for part in one["loc"]) for one in error.errors())
    return failure(400, "bad_request", f"请求的格式不对：{fields}。")


def _surprise(error: Exception) -> Response:
    log.exception("%s %s failed", request.method, request.path)
    return failure(500, *SENTENCES[500])
