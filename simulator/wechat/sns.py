"""Web authorisation: one address sends the user back with a code, the other takes each code once."""

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from simulator.wechat.api import check_secret, prepare
from simulator.wechat.errors import Refused
from simulator.wechat.platform import Platform

CODE_SECONDS = 300
SCOPES = ("snsapi_base", "snsapi_userinfo")
USER_COOKIE = "wechat_user"  # whose phone this browser is


def blueprint(platform: Platform) -> Blueprint:
    """Both halves of the authorisation."""
    sns = Blueprint("wechat_sns", __name__)
    prepare(sns, platform)

    @sns.get("/connect/oauth2/authorize")
    def authorize() -> ResponseReturnValue:
        problem = _problem(platform)
        if problem:
            return render_template("wechat/refused.html", problem=problem), 400
        openid = request.args.get("openid") or request.cookies.get(USER_COOKIE, "")
        if not platform.users.knows(openid):
            return render_template("wechat/who.html", users=platform.users.all(), asked=request.args.to_dict())
        response = make_response(redirect(_back(platform, openid)))
        response.set_cookie(USER_COOKIE, openid, httponly=True, samesite="Lax")
        return response

    @sns.get("/sns/oauth2/access_token")
    def access_token() -> Response:
        check_secret(platform, request.args.get("appid"), request.args.get("secret"))
        if request.args.get("grant_type") != "authorization_code":
            raise Refused(40002)
        openid, scope = _spend(platform, request.args.get("code", ""))
        given = {"access_token": secrets.token_urlsafe(60), "expires_in": 7200, "openid": openid, "scope": scope}
        answer = jsonify(given | {"refresh_token": secrets.token_urlsafe(60)})
        answer.content_type = "text/plain"  # as WeChat answers here
        return answer

    return sns


def _problem(platform: Platform) -> str:
    """Why WeChat would refuse the authorisation, in its words; empty when it would not."""
    asked = request.args
    if asked.get("appid") != platform.account.app_id:
        return "AppID 参数错误"
    target, own = urlsplit(asked.get("redirect_uri", "")), urlsplit(platform.account.callback_url)
    if target.scheme not in ("http", "https") or target.hostname != own.hostname:
        return "redirect_uri 域名与后台配置不一致，错误码：10003"
    if asked.get("response_type") != "code" or asked.get("scope") not in SCOPES:
        return "Scope 参数错误或没有 Scope 权限"
    if len(asked.get("state", "").encode()) > 128:
        return "state 参数过长"
    return ""


def _back(platform: Platform, openid: str) -> str:
    """The address that the user is sent back to, with a new code."""
    code = secrets.token_urlsafe(24)
    platform.file.write(
        "INSERT INTO wechat_codes (code, openid, scope, at) VALUES (?, ?, ?, ?)",
        *(code, openid, request.args["scope"], platform.clock.now()),
    )
    target = urlsplit(request.args["redirect_uri"])
    query = [*parse_qsl(target.query), ("code", code), ("state", request.args.get("state", ""))]
    return urlunsplit(target._replace(query=urlencode(query)))


def _spend(platform: Platform, code: str) -> tuple[str, str]:
    """Whose code it was, and its scope; raises Refused when it is unknown, too old, or used."""
    rows = platform.file.rows("SELECT * FROM wechat_codes WHERE code = ?", code)
    if not rows or platform.clock.now() - rows[0]["at"] > CODE_SECONDS:
        raise Refused(40029)
    if not platform.file.write("UPDATE wechat_codes SET used = 1 WHERE code = ? AND used = 0", code):
        raise Refused(40163)
    return str(rows[0]["openid"]), str(rows[0]["scope"])
