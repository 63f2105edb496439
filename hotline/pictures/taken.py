"""Where and when a picture was taken, sealed: known only with consent, read only by those who handle the report."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.privacy import Vault
from hotline.pictures.image import Taken
from hotline.tables import uploads


def vault_owner(name: str) -> str:
    """The name under which the vault keeps a picture's key."""
    return f"upload:{name}"


def sealed_taken(connection: Connection, vault: Vault, name: str, taken: Taken) -> str:
    """What stands in the row of a picture; empty when nothing is known."""
    if taken == Taken():
        return ""
    known = {
        "latitude": taken.latitude,
        "longitude": taken.longitude,
        "at": taken.at.isoformat() if taken.at else None,
    }
    return vault.seal(connection, vault_owner(name), json.dumps(known))


def read_taken(connection: Connection, vault: Vault, name: str) -> Taken:
    """Where and when; empty when it is not known, or was erased."""
    sealed = connection.execute(select(uploads.c.taken).where(uploads.c.id == name)).scalar()
    if not sealed:
        return Taken()
    try:
        known: dict[str, Any] = json.loads(vault.unseal(connection, vault_owner(name), sealed))
    except KeyError:  # erased
        return Taken()
    return Taken(known["latitude"], known["longitude"], datetime.fromisoformat(known["at"]) if known["at"] else None)
