"""Headers that every answer carries."""

from collections.abc import Sequence

from flask import Flask, Response

NOBODY = "frame-ancestors 'none'"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "


def protect(app: Flask) -> None:
    """Nothing runs, frames or leaks that is not ours."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY + NOBODY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if NOBODY in response.headers["Content-Security-Policy"]:  # the older header knows no list of sites
            response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response


def let_frame(response: Response, origins: Sequence[str]) -> None:
    """Let pages of these origins, and no others, show this answer in a frame."""
    if origins:
        response.headers["Content-Security-Policy"] = f"{POLICY}frame-ancestors {' '.join(origins)}"
