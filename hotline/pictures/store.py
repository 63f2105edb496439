"""Which pictures there are, whose they are, and who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from hotline.public import public
from hotline.tables import tickets, uploads

MOST_OF_A_TICKET = 99  # with all that was added later; the schema of the appeal record says so too


class UnknownPicture(LookupError):
    """No such picture, or it is somebody else's, or it stands in a report already, or the report is full."""


@dataclass(frozen=True)
class Picture:
    """A picture that was taken in."""

    id: str
    ticket: str
    width: int
    height: int
    digest: str
    visibility: str  # staff, public or hidden

    @property
    def told(self) -> dict[str, Any]:
        """What the receivers of webhooks learn of it; the address is added when it is sent."""
        return {"id": self.id, "type": "image/jpeg", "width": self.width, "height": self.height, "sha256": self.digest}


def pictures_of(connection: Connection, ticket: str) -> list[Picture]:
    """The pictures of a ticket, in the order in which they were sent."""
    own = select(uploads).where(uploads.c.ticket == ticket).order_by(uploads.c.position)
    return [picture(row) for row in connection.execute(own)]


def in_tickets(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the uploads that stand in a ticket, where staff may look at them."""
    if not ids:
        return set()
    kept = select(uploads.c.id).where(uploads.c.id.in_(ids), uploads.c.ticket.is_not(None))
    return set(connection.execute(kept).scalars())


def attach(connection: Connection, ticket: str, uploader: str, ids: Sequence[str]) -> None:
    """Put uploads into a ticket; raises UnknownPicture unless all are the uploader's and free."""
    if not ids:
        return
    count = select(func.count()).where(uploads.c.ticket == ticket)
    for position, name in enumerate(dict.fromkeys(ids), start=connection.execute(count).scalar_one()):
        its = (uploads.c.id == name, uploads.c.uploader == uploader, uploads.c.ticket.is_(None))
        taken = connection.execute(update(uploads).where(*its).values(ticket=ticket, position=position))
        if taken.rowcount == 0 or position >= MOST_OF_A_TICKET:
            raise UnknownPicture(name)


def free(connection: Connection, uploader: str, ids: Sequence[str]) -> list[str]:
    """Those of the ids that are the uploader's and in no report yet, in the same order."""
    own = (uploads.c.id.in_(ids), uploads.c.uploader == uploader, uploads.c.ticket.is_(None))
    found = set(connection.execute(select(uploads.c.id).where(*own)).scalars())
    return [name for name in dict.fromkeys(ids) if name in found]


def of_sender(connection: Connection, ids: Sequence[str]) -> tuple[str, list[str]]:
    """Whose the first of the ids is that stands in no report yet, and all of theirs that stand in none."""
    unused = (uploads.c.id.in_(ids), uploads.c.ticket.is_(None))
    senders = {row.id: row.uploader for row in connection.execute(select(uploads).where(*unused))}
    sender = next((senders[name] for name in ids if name in senders), "")
    return sender, [name for name in dict.fromkeys(ids) if name in senders and senders[name] == sender]


def is_public(connection: Connection, name: str) -> bool:
    """True for a picture that staff approved, of a ticket whose summary they approved too; never of a 举报."""
    shown = (
        uploads.c.id == name,
        uploads.c.visibility == "public",
        uploads.c.ticket == tickets.c.number,
        public(),
    )
    return connection.execute(select(uploads.c.id).where(*shown)).first() is not None


def picture(row: Any) -> Picture:
    """The picture of a row of `uploads`."""
    return Picture(row.id, row.ticket or "", row.width, row.height, row.digest, row.visibility)
