"""The only public face: pages for citizens, interfaces for channels, callbacks for the hotline."""

from datetime import timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from foundation.settings import Settings, load_settings
from web import callbacks, chat, conversations, errors, messages, operations, safety, tickets
from web.limits import limiter
from web.parts import join

BODY_LIMIT = 256 * 1024


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
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask types the base class only
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.extensions["wenzheng"] = join(settings)
    limiter.init_app(app)
    safety.protect(app)
    errors.register(app)
    for blueprint in (chat.pages, messages.api, conversations.api, tickets.pages, callbacks.hotline, operations.probes):
        app.register_blueprint(blueprint)
    return app
