"""`/widget.js`: the button that other sites carry, and behind it the chat in a frame."""

from flask import Blueprint, Response, current_app, send_from_directory

pages = Blueprint("widget", __name__)


@pages.get("/widget.js")
def script() -> Response:
    """The script; browsers keep it for an hour and ask then."""
    response = send_from_directory(f"{current_app.static_folder}/js", "widget.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
