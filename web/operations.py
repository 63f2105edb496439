"""For those who run it: is it alive, is it ready, how does it do."""

import hmac
import ipaddress
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from hotline.heartbeats import is_alive
from knowledge import pointer
from web.parts import parts

probes = Blueprint("operations", __name__)
WORKER_SILENCE = timedelta(seconds=30)


@probes.get("/healthz")
def health() -> Response:
    """This process answers."""
    return jsonify({"status": "ok"})


@probes.get("/readyz")
def ready() -> tuple[Response, int]:
    """Each part by name; 503 while one is missing."""
    _for_operators()
    checks = {name: _holds(check) for name, check in PARTS.items()}
    return jsonify({"ready": all(checks.values()), "parts": checks}), 200 if all(checks.values()) else 503


@probes.get("/metrics")
def figures() -> Response:
    """Figures for Prometheus."""
    _for_operators()
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _for_operators() -> None:
    """Direct calls from this machine, or the operators' token."""
    given = request.headers.get("Authorization", "")
    token = parts().settings.ops_token
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    if forwarded or not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:
        abort(401)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 — a part that cannot be asked is not ready, whatever the reason
        return False


def _database() -> bool:
    with parts().database.reading() as connection:
        return bool(connection.execute(text("SELECT 1")).scalar() == 1)


def _worker() -> bool:
    with parts().database.reading() as connection:
        return is_alive(connection, WORKER_SILENCE)


def _snapshot() -> bool:
    folder = pointer.current(parts().settings.data_dir / "snapshots")
    return folder is not None and folder.is_dir()


PARTS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "snapshot": _snapshot,
    "rasa": lambda: parts().rasa.ready()["rasa"],
    "actions": lambda: parts().rasa.ready()["actions"],
    "worker": _worker,
}
