"""The body of a webhook: the unified appeal record and what just happened to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from foundation.privacy import Vault
from hotline.catalogue import catalogue
from hotline.pictures.store import pictures_of
from hotline.words import owner

SCHEMA = 1
TOLD = ("message", "reason", "instead", "deadline", "main", "child", "solved", "satisfaction")  # of what the step added
Body = dict[str, Any]


def message(connection: Connection, ticket: Any, webhook: str, fields: Mapping[str, Any], at: datetime) -> Body:
    """A message about a ticket's row as the step left it; identifying numbers are tokens in it."""
    return {
        "type": f"ticket.{webhook}",
        "timestamp": at.isoformat(),
        "data": {
            **record(connection, ticket),
            "sequence": ticket.sequence,
            **{name: fields[name] for name in TOLD if name in fields},
        },
    }


def record(connection: Connection, ticket: Any) -> Body:
    """The unified appeal record of a ticket, whatever channel it came by."""
    return {
        "schema": SCHEMA,
        "ticket": ticket.number,
        "state": ticket.state,
        "kind": ticket.kind,
        "category": _category(ticket.category),
        "urgency": ticket.urgency,
        "what": ticket.what,
        "place": _place(ticket),
        "time_of_event": ticket.time_of_event,
        "contact": ticket.contact,
        "anonymous": ticket.anonymous,
        "attachments": [picture.told for picture in pictures_of(connection, ticket.number)],
        "channel": ticket.channel,
        "entry": ticket.entry,
        "parent": ticket.parent,
        "handled_by": ticket.handled_by,
        "department": ticket.department,
        "joint": list(ticket.joint or ()),
        "opened_at": ticket.opened_at.isoformat(),
        "contact_by": _moment(ticket.contact_by),
        "handle_by": _moment(ticket.handle_by),
        # an anonymous citizen's conversation stays out of every record
        **({} if ticket.anonymous else {"conversation": ticket.conversation or ""}),
    }


def revealed(connection: Connection, vault: Vault, number: str, value: Any) -> Any:
    """The same value with the originals in place of the ticket's tokens, but for what opens a ticket; for sending."""
    if isinstance(value, str):
        return vault.reveal_to_staff(connection, owner(number), value)
    if isinstance(value, dict):
        return {name: revealed(connection, vault, number, part) for name, part in value.items()}
    return value


def _category(name: str) -> Body | None:
    leaf = catalogue().categories.get(name)
    return {"id": leaf.id, "path": list(leaf.path)} if leaf else None


def _place(ticket: Any) -> Body:
    place: Body = {"text": ticket.place, "district": ticket.district, "street": ticket.street}
    if ticket.latitude is not None:
        place |= {"latitude": ticket.latitude, "longitude": ticket.longitude}
    return place


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
