"""Forms of citizens: each carries a token of its browser's session, so that no other site can send one for them."""

import hmac
import secrets

from flask import request, session

TOKEN_BYTES = 16


def form_token() -> str:
    """What the forms of this browser carry."""
    if "form" not in session:
        session["form"] = secrets.token_urlsafe(TOKEN_BYTES)
    return str(session["form"])


def is_own_form() -> bool:
    """Tell whether this form came from a page that this browser was given."""
    given, known = request.form.get("form_token", ""), session.get("form", "")
    return bool(known) and hmac.compare_digest(given.encode(), str(known).encode())
