"""Pictures and voices that users sent: kept three days."""

import secrets

from simulator.database import File
from simulator.wechat.clock import Clock
from simulator.wechat.errors import Refused

KEPT_SECONDS = 3 * 86400
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"#!AMR": "audio/amr"}
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "audio/amr": "amr"}


class Media:
    """Files by media id."""

    def __init__(self, file: File, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def keep(self, data: bytes) -> str:
        """Return the media id of a new file; raises ValueError when it is neither a picture nor a voice."""
        content_type = next((name for start, name in KINDS.items() if data.startswith(start)), None)
        if content_type is None:
            raise ValueError("a picture is JPEG, PNG or GIF, a voice AMR")
        media_id = secrets.token_urlsafe(48)
        statement = "INSERT INTO wechat_media (media_id, at, content_type, data) VALUES (?, ?, ?, ?)"
        self._file.write(statement, media_id, self._clock.now(), content_type, data)
        return media_id

    def get(self, media_id: str) -> tuple[bytes, str]:
        """Return a file and its content type; raises Refused (40007) when it is unknown or too old."""
        rows = self._file.rows("SELECT * FROM wechat_media WHERE media_id = ?", media_id)
        if not rows or self._clock.now() - rows[0]["at"] > KEPT_SECONDS:
            raise Refused(40007)
        return bytes(rows[0]["data"]), str(rows[0]["content_type"])
