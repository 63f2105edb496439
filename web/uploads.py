"""`POST /api/v1/uploads`: one picture in, its id out."""

import secrets

from flask import Blueprint, Response, g, jsonify, request, session
from werkzeug.exceptions import RequestEntityTooLarge

from conversations.record import UNGUESSABLE
from hotline.access import keyed_digest
from hotline.pictures.image import MOST_BYTES
from hotline.pictures.refusals import PictureRefused, TooLarge
from web.callers import identified
from web.errors import failure
from web.limits import uploads_limit
from web.parts import parts

api = Blueprint("uploads", __name__, url_prefix="/api/v1")
FORM_BYTES = 64 * 1024  # for what stands around the picture
NO_FILE = ("no_file", "没有收到图片。请用 multipart 表单，把图片放在 file 字段里。")


@api.post("/uploads")
@identified
@uploads_limit
def upload() -> Response | tuple[Response, int]:
    """Take in one picture; what is too large is refused by its length, unread."""
    request.max_content_length = MOST_BYTES + FORM_BYTES
    try:
        file = request.files.get("file")
    except RequestEntityTooLarge as error:
        raise TooLarge from error
    if file is None:
        return failure(400, *NO_FILE)
    data = file.stream.read(MOST_BYTES + 1)
    user, consent = request.form.get("user"), request.form.get("consent") == "1"
    return jsonify({"upload": parts().uploads.take_in(data, uploader(user), consent=consent)}), 201


@api.errorhandler(PictureRefused)
def refused(error: PictureRefused) -> Response:
    """Say why, in words."""
    return failure(error.status, error.code, error.message)


def uploader(user: str | None = None) -> str:
    """Whose uploads this request brings and may use: those of one browser, or of one user of a keyed channel.

    A client that keeps no cookies names itself by a `user` that nobody can guess.
    """
    key = g.get("channel_key")
    if key:
        name = f"key\0{key.name}\0{user or ''}"
    elif user and len(user) >= UNGUESSABLE:
        name = f"visitor\0{user}"
    else:
        session.permanent = True
        name = f"session\0{session.setdefault('uploader', secrets.token_urlsafe(16))}"
    return keyed_digest(parts().settings.secret_key, f"uploader\0{name}")
