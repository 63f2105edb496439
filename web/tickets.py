"""A ticket's own page, for whoever has its link."""

from flask import Blueprint, Response, abort, make_response, render_template

from web.limits import messages_limit
from web.parts import parts

pages = Blueprint("tickets", __name__)


@pages.get("/t/<token>")
@messages_limit
def ticket(token: str) -> Response:
    """State and timeline; acting on it asks for the code, in the chat."""
    view = parts().tickets.by_token(token)
    if view is None:
        abort(404)
    shown = {
        "number": view.number,
        "state": view.state_label,
        "what": view.what,
        "place": view.place,
        "events": view.events,
    }
    response = make_response(render_template("tickets/ticket.html", ticket=shown, city=parts().settings.city))
    response.headers["Cache-Control"] = "no-store"
    return response
