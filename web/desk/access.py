"""Who of the staff calls, and whether they may: every page and act of the desk goes through `allowed`."""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from hotline.desk import Actor
from staff import accounts, second_factor, sessions
from staff.permissions import may
from web.parts import parts

COOKIE = "wenzheng_staff"
LEAVING = "/desk/logout"
STAFF_ONLY = ("/desk", "/admin", "/content")
View = Callable[..., ResponseReturnValue]


def allowed(permission: str) -> Callable[[View], View]:
    """Let only staff through whose roles have the permission; others are asked to sign in, or refused.

    An act (any method but GET) must carry the form's token, so that no other site can make a signed-in browser act.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            if not _sign_in_holds():
                return redirect(f"/desk/login?next={quote(_back())}")
            if not may(g.staff.roles, permission):
                abort(403)
            first = _comes_first()
            if first and not request.path.startswith((first, LEAVING)):
                return redirect(first)
            if request.method not in ("GET", "HEAD") and not _is_own_form():
                abort(403)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test of routes and roles
        return guarded

    return decorate


def must_have_second_factor() -> bool:
    """Tell whether the signed-in member of staff may not do without one."""
    return parts().controls.asks_for_second_factor(g.staff.roles)


def actor() -> Actor:
    """The signed-in member of staff, as the ticket desk knows them."""
    return Actor(g.staff.name, g.staff.roles, g.staff.department)


def form_token(secret: str) -> str:
    """What the forms of a session carry; it follows from the session's secret and gives nothing of it away."""
    return hmac.new(parts().settings.secret_key.encode(), secret.encode(), hashlib.sha256).hexdigest()


def keep(response: Response, secret: str) -> Response:
    """The response, with the session in a cookie that pages of other sites never send along with an act."""
    secure = parts().settings.site.startswith("https:")
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Strict", secure=secure, path="/")
    return response


def register(app: Flask) -> None:
    """What the desk's templates need."""

    @app.context_processor
    def staff_words() -> dict[str, object]:
        if "staff" not in g:
            return {}
        return {
            "staff": g.staff,
            "form_token": form_token(request.cookies.get(COOKIE, "")),
            "may": lambda permission: may(g.staff.roles, permission),
        }

    @app.after_request
    def keep_private(response: Response) -> Response:
        if request.path.startswith(STAFF_ONLY):
            response.headers["Cache-Control"] = "no-store"
            response.headers["Referrer-Policy"] = "same-origin"  # tells us from which page a form was sent
        return response


def _sign_in_holds() -> bool:
    secret = request.cookies.get(COOKIE, "")
    with parts().database.reading() as connection:
        name = sessions.account_of(connection, secret) if secret else None
        account = accounts.find(connection, name) if name else None
        stale = account is not None and sessions.needs_note(connection, secret)
    if account is None:
        return False
    if stale:
        with parts().database.writing() as connection:
            sessions.note(connection, secret)
    g.staff = account
    return True


def _comes_first() -> str:
    """The page on which one's account must be put right before anything else, or ""."""
    if g.staff.must_change:
        return "/desk/password"
    if must_have_second_factor():
        with parts().database.reading() as connection:
            if not second_factor.is_on(connection, g.staff.name):
                return "/desk/second-factor"
    return ""


def _is_own_form() -> bool:
    given = request.form.get("form_token", "") or request.headers.get("X-Form-Token", "")
    return hmac.compare_digest(given.encode(), form_token(request.cookies.get(COOKIE, "")).encode())


def _back() -> str:
    """Where one is after signing in: on the page that was asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    sent_from = urlsplit(request.referrer or "")
    if sent_from.netloc != request.host or not sent_from.path.startswith(STAFF_ONLY):
        return "/desk"
    if _is_page(sent_from.path):
        return f"{sent_from.path}?{sent_from.query}".rstrip("?")
    page = sent_from.path.rpartition("/")[0]  # a refused form stands at the address of its act
    return page if page.startswith(STAFF_ONLY) and _is_page(page) else "/desk"


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")
