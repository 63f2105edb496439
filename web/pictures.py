"""Pictures for the public, once approved, and originals for the receivers of webhooks."""

from pathlib import Path

from flask import Blueprint, Response, request, send_file

from hotline.pictures.store import UnknownPicture
from web.errors import failure
from web.parts import parts

pages = Blueprint("pictures", __name__)


@pages.get("/pictures/<name>")
def whole(name: str) -> Response:
    """What the public may see of a picture."""
    return as_picture(parts().gallery.public(name, "public"), "no-cache")  # a picture can be hidden again at any time


@pages.get("/pictures/<name>/thumb")
def thumb(name: str) -> Response:
    """The same, small."""
    return as_picture(parts().gallery.public(name, "public_thumb"), "no-cache")


@pages.get("/hotline/attachments/<name>")
def attachment(name: str) -> Response:
    """The original, at an address that a webhook gave."""
    expires, signature = request.args.get("expires", ""), request.args.get("signature", "")
    return as_picture(parts().gallery.fetched(name, expires, signature))


@pages.errorhandler(UnknownPicture)
@pages.errorhandler(FileNotFoundError)
def unknown(error: Exception) -> Response:
    """The same for a picture that is not there and for one that is not shown."""
    return failure(404, "not_found", "没有这张图片。")


def as_picture(path: Path, keep: str = "no-store") -> Response:
    """The file; `keep` tells browsers how long."""
    response = send_file(path, mimetype="image/jpeg")
    response.headers["Cache-Control"] = keep
    return response
