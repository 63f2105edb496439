"""Web authorisation: whoever opens a page from WeChat is known on it, without a password."""

import hmac
import logging
import re
import secrets
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request, session
from flask.typing import ResponseReturnValue

from conversations.record import Caller
from web import ticket_acts
from web.callers import wechat_conversation
from web.errors import failure
from web.limits import messages_limit
from web.parts import parts
from web.wechat_answers import CHANNEL
from web.wechat_line import Line
from wechat.errors import PlatformDown, PlatformRefused

pages = Blueprint("wechat_login", __name__, url_prefix="/wechat")
PAGES = re.compile(r"/(?:report|chat|board|t(?:/[\w-]{1,64})?)")
HOME = "/chat"
NOT_KNOWN = "微信没有告诉我们您是谁，请回到公众号里再点一次。不登录也能用：直接打开网页就行。"
log = logging.getLogger(__name__)


@pages.get("/login")
@messages_limit
def login() -> ResponseReturnValue:
    """To WeChat, which sends the citizen back with a code."""
    _line()
    target, state = request.args.get("next", ""), secrets.token_urlsafe(16)
    session["wechat_login"] = {"state": state, "next": target if PAGES.fullmatch(target) else HOME}
    settings = parts().settings
    query = urlencode(  # WeChat asks for this order
        {
            "appid": settings.wechat_app_id,
            "redirect_uri": f"{settings.site}/wechat/authorised",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    return redirect(f"{settings.wechat_oauth_base.rstrip('/')}/connect/oauth2/authorize?{query}#wechat_redirect")


@pages.get("/authorised")
@messages_limit
def authorised() -> ResponseReturnValue:
    """Back from WeChat: only with the state that this browser was sent away with, and once."""
    line = _line()
    asked = session.pop("wechat_login", {})
    state = str(asked.get("state", ""))
    if not state or not hmac.compare_digest(request.args.get("state", "").encode(), state.encode()):
        return _refused()
    try:
        openid = line.platform.openid_of(request.args.get("code", ""))
    except (PlatformDown, PlatformRefused) as error:
        log.warning("WeChat: an authorisation failed: %s", error)
        return _refused()
    session.permanent = True
    session["wechat"] = Caller(CHANNEL, openid).user_digest
    _open_own_ticket(str(asked["next"]))
    return redirect(str(asked["next"]))


def _open_own_ticket(page: str) -> None:
    """On the page of a ticket of their own, the citizen need not give its code."""
    token = page.removeprefix("/t/")
    view = parts().tickets.by_token(token) if token != page else None
    mine = parts().tickets.of_conversation(wechat_conversation()) if view else []
    if view and any(own.number == view.number and own.link for own in mine):
        ticket_acts.remember(view.number)


def _line() -> Line:
    line = parts().wechat
    if line is None:
        abort(404)
    return line


def _refused() -> Response:
    return failure(403, "not_known", NOT_KNOWN)
