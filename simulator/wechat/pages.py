"""The platform for people, under /wechat-platform: choose a user, chat as them, see what the account may still send."""

from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from simulator.wechat.account import APP_ID, APP_SECRET, TOKEN
from simulator.wechat.errors import Refused
from simulator.wechat.interface import PICTURE_BYTES, VOICE, with_media
from simulator.wechat.links import parts
from simulator.wechat.platform import Platform
from simulator.wechat.sns import USER_COOKIE
from simulator.wechat.switches import switches_from

CALLS_SHOWN = 20
MODES = {"plain": "明文模式", "compatible": "兼容模式", "safe": "安全模式（加密）"}
WAYS = {"sent": "发出", "passive": "回复", "push": "客服消息", "notice": "订阅消息", "fault": "系统"}
KINDS = {"voice": "【语音】", "location": "【位置】", "link": "【链接】", "image": "【图片】"}
Row = dict[str, Any]


def blueprint(platform: Platform) -> Blueprint:
    """The pages of one platform."""
    pages = Blueprint("wechat_pages", __name__, url_prefix="/wechat-platform")
    pages.register_error_handler(Refused, _unknown)
    pages.add_app_template_filter(parts, "parts")
    pages.add_app_template_filter(_moment, "moment")
    _add_overview(pages, platform)
    _add_chat(pages, platform)
    return pages


def _add_overview(pages: Blueprint, platform: Platform) -> None:
    @pages.get("/")
    def users() -> ResponseReturnValue:
        proved = {"yes": "地址有效 ✓", "no": "没有通过验证"}.get(request.args.get("proved", ""), "")
        return render_template(
            "wechat/users.html",
            users=platform.users.all(),
            account=platform.account,
            problem=_problem(platform),
            switches=platform.switches,
            modes=MODES,
            mode=platform.mode,
            menu=_menu(platform),
            proved=proved,
            calls=platform.chat.calls()[: -CALLS_SHOWN - 1 : -1],
        )

    @pages.post("/users")
    def make_user() -> ResponseReturnValue:
        user = platform.users.make(request.form.get("name", "").strip()[:40] or "市民")
        return redirect(url_for("wechat_pages.chat", openid=user["openid"]))

    @pages.post("/handshake")
    def shake_hands() -> ResponseReturnValue:
        return redirect(url_for("wechat_pages.users", proved="yes" if platform.shake_hands() else "no"))

    @pages.post("/switches")
    def switch() -> ResponseReturnValue:
        ticked = {name: name in request.form for name in ("may_push", "down")}
        seconds = {name: float(request.form.get(name) or 0) for name in ("slow_seconds", "wrong_clock_seconds")}
        kept = vars(platform.switches) | ticked | seconds | {"mode": request.form.get("mode", "")}
        platform.switches = switches_from(kept)
        return redirect(url_for("wechat_pages.users"))

    @pages.post("/time")
    def move() -> ResponseReturnValue:
        platform.clock.move(float(request.form.get("hours") or 0) * 3600)
        if "revoke" in request.form:
            platform.tokens.revoke()
        return redirect(url_for("wechat_pages.users"))


def _add_chat(pages: Blueprint, platform: Platform) -> None:
    @pages.get("/users/<openid>")
    def chat(openid: str) -> ResponseReturnValue:
        found = _chat(platform, openid) | {"problem": _problem(platform), "menu": _menu(platform)}
        response = make_response(render_template("wechat/chat.html", **found))
        response.set_cookie(USER_COOKIE, openid, httponly=True, samesite="Lax")
        return response

    @pages.get("/users/<openid>/log")
    def log(openid: str) -> ResponseReturnValue:
        return render_template("wechat/log.html", **_chat(platform, openid))

    @pages.post("/users/<openid>/messages")
    def say(openid: str) -> ResponseReturnValue:
        request.max_content_length = PICTURE_BYTES
        platform.act(openid, _wanted(platform), wait=False)
        if request.form.get("type") == "view":
            return redirect(request.form["url"])
        return redirect(url_for("wechat_pages.chat", openid=openid))


def _wanted(platform: Platform) -> Row:
    """What the form asks for, in the words of the interface."""
    wanted: Row = request.form.to_dict()
    picture = request.files.get("picture")
    if picture:
        return with_media(platform, wanted, picture.read())
    if wanted.get("type") == "voice":
        return with_media(platform, wanted, VOICE)
    if wanted.get("type") == "grant":
        return wanted | {"templates": {wanted["template"]: "accept"}}
    return wanted


def _chat(platform: Platform, openid: str) -> Row:
    return {"user": platform.users.one(openid), "chat": platform.chat.of(openid), "ways": WAYS, "kinds": KINDS}


def _menu(platform: Platform) -> list[Row]:
    try:
        return list(platform.menu.get()["button"])
    except Refused:
        return []


def _problem(platform: Platform) -> str:
    try:
        platform.account.check()
    except LookupError:
        return f"还没有公众号：请设置 {APP_ID}、{APP_SECRET} 和 {TOKEN}，再重新启动。"
    return ""


def _unknown(error: Exception) -> ResponseReturnValue:
    return render_template("wechat/refused.html", problem="没有这个用户，或者文件已经过期。"), 404


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%m-%d %H:%M:%S")
