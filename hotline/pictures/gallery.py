"""Pictures of tickets: what staff see and decide, and what the public and the receivers of webhooks may fetch."""

import logging
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from foundation.audit import Audit
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.desk import Actor, seen
from hotline.pictures import links
from hotline.pictures.files import Files
from hotline.pictures.image import Rectangle, Taken, hidden
from hotline.pictures.store import Picture, UnknownPicture, is_public, picture
from hotline.pictures.taken import read_taken
from hotline.public import may_be_public
from hotline.tables import uploads

log = logging.getLogger(__name__)


class NeverPublic(ValueError):
    """The ticket is of a kind that the public sees nothing of."""


class Outpaced(ValueError):
    """Somebody else changed what is hidden in the picture at the same moment."""


@dataclass(frozen=True)
class Shown:
    """A picture as staff see it."""

    picture: Picture
    taken: Taken
    rectangles: tuple[Rectangle, ...]  # what the public version hides


class Gallery:
    """The pictures of all tickets. Whoever may not see a ticket, may not see that it has any: UnknownTicket."""

    def __init__(self, database: Database, vault: Vault, settings: Settings, audit: Audit | None = None) -> None:
        self._database = database
        self._vault = vault
        self._settings = settings
        self._files = Files(settings.data_dir / "uploads")
        self._audit = audit or Audit(settings.secret_key)

    def shown(self, name: str, actor: Actor) -> Shown:
        """A picture for staff; raises UnknownPicture and UnknownTicket, as the other acts of staff do."""
        with self._database.reading() as connection:
            row, _ = _for_staff(connection, name, actor)
            return Shown(picture(row), read_taken(connection, self._vault, name), _rectangles(row))

    def part(self, name: str, part: str, actor: Actor) -> Path:
        """The file of a part; whoever looks at an original stands in the trace."""
        ticket = self.shown(name, actor).picture.ticket
        if part == "original":
            with self._database.writing() as connection:
                self._audit.note(connection, actor.name, "picture.look", f"picture:{name}", {"ticket": ticket})
        return self._files.path(name, part)

    def approve(self, name: str, actor: Actor) -> None:
        """Let the public see it, once the ticket's summary is approved; raises NeverPublic."""
        rectangles = self.shown(name, actor).rectangles
        self._make_public_version("approve", name, actor, rectangles, rectangles, visibility="public")

    def hide(self, name: str, actor: Actor) -> None:
        """Keep it from the public."""
        with self._database.writing() as connection:
            _for_staff(connection, name, actor)
            connection.execute(update(uploads).where(uploads.c.id == name).values(visibility="hidden"))
            self._audit.note(connection, actor.name, "picture.hide", f"picture:{name}")

    def blur(self, name: str, actor: Actor, rectangles: Sequence[Rectangle], *, afresh: bool = False) -> None:
        """Make parts unreadable in what the public sees, besides the earlier ones or, `afresh`, in their place."""
        before = self.shown(name, actor).rectangles
        wanted = (*(() if afresh else before), *rectangles)
        self._make_public_version("blur", name, actor, before, wanted)

    def public(self, name: str, part: str) -> Path:
        """The file that the public may see: never the original; raises UnknownPicture."""
        with self._database.reading() as connection:
            if not is_public(connection, name):
                raise UnknownPicture(name)
        return self._files.path(name, part)

    def fetched(self, name: str, expires: str, signature: str) -> Path:
        """The original, for a receiver of webhooks with a signed address; raises UnknownPicture."""
        if not links.opens(self._settings, name, expires, signature):
            raise UnknownPicture(name)
        with self._database.reading() as connection:
            row = _of_ticket(connection, name)
        log.info("picture %s of ticket %s: original fetched by a receiver", name, row.ticket)
        return self._files.path(name, "original")

    def _make_public_version(
        self,
        act: str,
        name: str,
        actor: Actor,
        before: Sequence[Rectangle],
        wanted: Sequence[Rectangle],
        **changes: str,
    ) -> None:
        """The slow part first, without a lock; then files and row, unless somebody was quicker."""
        whole, thumb = hidden(self._files.path(name, "original").read_bytes(), wanted)
        with self._database.writing() as connection:
            row, ticket = _for_staff(connection, name, actor, lock=True)
            if changes and not may_be_public(ticket):
                raise NeverPublic(ticket.number)
            if _rectangles(row) != tuple(before):
                raise Outpaced(name)
            self._files.write(name, {"public": whole, "public_thumb": thumb})
            blurred = [astuple(rectangle) for rectangle in wanted]
            connection.execute(update(uploads).where(uploads.c.id == name).values(blurred=blurred, **changes))
            self._audit.note(connection, actor.name, f"picture.{act}", f"picture:{name}", {"hidden": len(wanted)})


def _for_staff(connection: Connection, name: str, actor: Actor, *, lock: bool = False) -> tuple[Any, Any]:
    row = _of_ticket(connection, name, lock=lock)
    return row, seen(connection, row.ticket, actor)


def _of_ticket(connection: Connection, name: str, *, lock: bool = False) -> Any:
    """The row of a picture that stands in a ticket; raises UnknownPicture."""
    wanted = select(uploads).where(uploads.c.id == name, uploads.c.ticket.is_not(None))
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        raise UnknownPicture(name)
    return row


def _rectangles(row: Any) -> tuple[Rectangle, ...]:
    return tuple(Rectangle(*numbers) for numbers in row.blurred)
