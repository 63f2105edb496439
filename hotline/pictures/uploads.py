"""Pictures on their way into a report: taken in, shown to whoever sent them, forgotten when nothing comes of them."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.pictures import store
from hotline.pictures.files import Files
from hotline.pictures.image import Made, Taken, made
from hotline.pictures.refusals import NoRoom
from hotline.pictures.store import UnknownPicture
from hotline.pictures.taken import read_taken, sealed_taken, vault_owner
from hotline.tables import uploads

KEPT_FOR = timedelta(hours=24)  # without a report
AT_ONCE = 200  # forgotten in one go


class Uploads:
    """The uploads of one installation; `uploader` is the keyed digest of whoever sends."""

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._database = database
        self._vault = vault
        self._files = Files(settings.data_dir / "uploads")

    def take_in(self, data: bytes, uploader: str, *, consent: bool) -> str:
        """The id of a new picture; raises PictureRefused, and then nothing of it is kept.

        The row comes first: what a crash leaves of the files is found by it and forgotten after a day.
        """
        picture, name = made(data, consent=consent), uuid4().hex
        with self._database.writing() as connection:
            self._insert(connection, name, uploader, picture)
        try:
            self._files.write(name, {"original": picture.jpeg, "thumb": picture.thumb})
        except NoRoom:
            with self._database.writing() as connection:
                self._forget(connection, name)
            raise
        return name

    def check(self, uploader: str, ids: Sequence[str]) -> None:
        """Raises UnknownPicture unless all are the uploader's and in no report yet."""
        lost = set(ids) - set(self.free(uploader, ids))
        if lost:
            raise UnknownPicture(", ".join(sorted(lost)))

    def free(self, uploader: str, ids: Sequence[str]) -> list[str]:
        """Those of the ids that the uploader may still put into a report."""
        with self._database.reading() as connection:
            return store.free(connection, uploader, ids)

    def thumb(self, uploader: str, name: str) -> Path:
        """The small picture, for whoever sent it and only until it stands in a report; raises UnknownPicture."""
        self.check(uploader, [name])
        return self._files.path(name, "thumb")

    def path(self, name: str, part: str) -> Path:
        """The picture, `original` or `thumb`, for staff who speak with whoever sent it; it may be gone by now."""
        return self._files.path(name, part)

    def sent_thumb(self, name: str) -> Path:
        """The small picture, also once it is in a report, for who is known to have sent it; raises UnknownPicture."""
        with self._database.reading() as connection:
            if connection.execute(select(uploads.c.id).where(uploads.c.id == name)).first() is None:
                raise UnknownPicture(name)
        return self._files.path(name, "thumb")

    def taken(self, uploader: str, ids: Sequence[str]) -> Taken:
        """The first place and the first time that the uploader's free pictures know of."""
        with self._database.reading() as connection:
            known = [read_taken(connection, self._vault, name) for name in store.free(connection, uploader, ids)]
        placed = next((one for one in known if one.latitude is not None), Taken())
        return Taken(placed.latitude, placed.longitude, next((one.at for one in known if one.at), None))

    def forget_old(self) -> int:
        """Remove the oldest that came into no report within a day; how many there were."""
        free = (uploads.c.ticket.is_(None), uploads.c.at < now() - KEPT_FOR)
        with self._database.reading() as connection:
            old = connection.execute(select(uploads.c.id).where(*free).limit(AT_ONCE)).scalars().all()
        for name in old:
            with self._database.writing() as connection:
                self._forget(connection, name)
        return len(old)

    def _insert(self, connection: Connection, name: str, uploader: str, picture: Made) -> None:
        connection.execute(
            insert(uploads).values(
                id=name,
                uploader=uploader,
                width=picture.width,
                height=picture.height,
                digest=hashlib.sha256(picture.jpeg).hexdigest(),
                taken=sealed_taken(connection, self._vault, name, picture.taken),
                at=now(),
            )
        )

    def _forget(self, connection: Connection, name: str) -> None:
        """Unless it came into a report at the last moment; the files go before the row that leads to them."""
        free = (uploads.c.id == name, uploads.c.ticket.is_(None))
        if connection.execute(delete(uploads).where(*free)).rowcount:
            self._files.remove(name)
            self._vault.erase(connection, vault_owner(name))
