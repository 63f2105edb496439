"""The body of a webhook: the unified appeal record and what just happened to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from foundation.privacy import Vault
from hotline.words import owner

SCHEMA = 1
Body = dict[str, Any]


def message(ticket: Any, webhook: str, state: str, fields: Mapping[str, Any], at: datetime) -> Body:
    """A message about a ticket's row as it was before the step; identifying numbers are tokens in it."""
    return {
        "type": f"ticket.{webhook}",
        "timestamp": at.isoformat(),
        "data": {
            "schema": SCHEMA,
            "ticket": ticket.number,
            "sequence": ticket.sequence + 1,
            "state": state,
            "kind": ticket.kind,
            "what": ticket.what,
            "place": {"text": ticket.place},
            "time_of_event": ticket.time_of_event,
            "contact": ticket.contact,
            "anonymous": ticket.anonymous,
            "channel": ticket.channel,
            "handled_by": ticket.handled_by,
            "opened_at": ticket.opened_at.isoformat(),
            **fields,
        },
    }


def revealed(connection: Connection, vault: Vault, number: str, value: Any) -> Any:
    """The same value with the originals in place of the ticket's tokens, for the moment of sending."""
    if isinstance(value, str):
        return vault.reveal(connection, owner(number), value)
    if isinstance(value, dict):
        return {name: revealed(connection, vault, number, part) for name, part in value.items()}
    return value
