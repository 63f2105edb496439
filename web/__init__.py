"""The only public face: pages for citizens, interfaces for channels, callbacks for the hotline."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from foundation.database import LARGEST_INTEGER
from foundation.settings import Settings, load_settings
from web import (
    admin,
    board,
    callbacks,
    chat,
    content,
    conversations,
    demonstration,
    desk,
    developers,
    errors,
    farewell,
    messages,
    notices,
    open311,
    operations,
    pictures,
    ratings,
    report,
    safety,
    suggestions,
    tickets,
    uploads,
    wechat,
    wechat_login,
    widget,
)
from web.desk import access
from web.limits import limiter
from web.parts import join

BLUEPRINTS = (
    chat.pages,
    messages.api,
    conversations.api,
    farewell.api,
    ratings.api,
    suggestions.api,
    tickets.pages,
    callbacks.hotline,
    uploads.api,
    pictures.pages,
    report.pages,
    board.pages,
    widget.pages,
    developers.pages,
    open311.api,
    wechat.callback,
    wechat_login.pages,
    operations.probes,
    *desk.BLUEPRINTS,
    *content.BLUEPRINTS,
    *admin.BLUEPRINTS,
)
BODY_LIMIT = 256 * 1024


class RowNumber(IntegerConverter):
    """A number in an address; one that no row can have is no address."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": LARGEST_INTEGER, **options})


def create_app(settings: Settings | None = None) -> Flask:
    """The application, joined to its database and to the Rasa of its machine."""
    settings = settings or load_settings()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        SESSION_COOKIE_NAME="wenzheng",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.site.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        SESSION_REFRESH_EACH_REQUEST=False,  # a late answer would bring an older cookie back; visits lengthen its life
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
    )
    app.url_map.converters["int"] = RowNumber
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask types the base class only
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.extensions["wenzheng"] = join(settings)
    limiter.init_app(app)
    Compress(app)  # text only; event streams and pictures go out as they are
    access.register(app)
    notices.register(app)
    demonstration.register(app)
    safety.protect(app)
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
