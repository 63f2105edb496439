"""Where webhooks go: the city's hotline, set in the environment, and receivers that staff entered."""

import base64
import hashlib
import secrets as random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.audit import COMMAND, Audit
from foundation.clock import now
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.addresses import checked
from hotline.tables import deliveries
from hotline.tables import destinations as table

HOTLINE = "hotline"
NAME_LENGTH = 40


class UnknownDestination(LookupError):
    """No receiver that staff entered has this name."""


class AlreadyRotated(ValueError):
    """The secrets are no longer those that were looked at."""


@dataclass(frozen=True)
class Destination:
    """A receiver of webhooks and the secrets that sign for it; all of them sign, so that it can change over."""

    name: str
    url: str
    secrets: tuple[str, ...]
    trusted: bool = True  # set in the environment; one that was entered must lie in an allowed network


@dataclass(frozen=True)
class Entry:
    """A receiver as staff see it, without its secrets; `mark` changes whenever they do."""

    name: str
    url: str
    stopped_at: datetime | None
    mark: str = ""


def destinations(connection: Connection, vault: Vault, settings: Settings) -> list[Destination]:
    """Every receiver, the city's hotline first."""
    own = Destination(HOTLINE, settings.hotline_url, split_secrets(settings.hotline_secret))
    rows = connection.execute(select(table).where(table.c.url != "").order_by(table.c.name)).all()
    return [own, *(Destination(row.name, row.url, _opened(connection, vault, row), trusted=False) for row in rows)]


def names(connection: Connection) -> list[str]:
    """The names of every receiver."""
    entered = connection.execute(select(table.c.name).where(table.c.url != "").order_by(table.c.name)).scalars()
    return [HOTLINE, *entered]


def entries(connection: Connection, settings: Settings) -> list[Entry]:
    """Every receiver for staff to look at, the city's hotline first."""
    rows = {row.name: row for row in connection.execute(select(table).order_by(table.c.name))}
    own = Entry(HOTLINE, settings.hotline_url, rows[HOTLINE].stopped_at if HOTLINE in rows else None)
    entered = [Entry(row.name, row.url, row.stopped_at, _mark(row)) for row in rows.values() if row.url]
    return [own, *entered]


def enter(database: Database, vault: Vault, settings: Settings, name: str, url: str, actor: str = COMMAND) -> str:
    """Add a receiver and return its secret, told once; it gets whatever happens from now on.

    Raises ValueError for a bad name or one that is taken, AddressRefused for an address that nothing may be sent to,
    OSError for a host name that means none.
    """
    if not name or len(name) > NAME_LENGTH or name == HOTLINE or not name.isprintable():
        raise ValueError(f"名字要有,不能超过 {NAME_LENGTH} 个字,也不能叫 {HOTLINE}。")
    checked(url, settings.networks)  # before the transaction: a slow name server must keep no ticket waiting
    secret = new_secret()
    try:
        with database.writing() as connection:
            sealed = vault.seal(connection, _owner(name), secret)
            connection.execute(insert(table).values(name=name, url=url, secrets=sealed))
            # A ticket that changed while an earlier receiver of this name was removed may have left something for it.
            _skip_waiting(connection, name)
            Audit(settings.secret_key).note(connection, actor, "destination.enter", f"destination:{name}")
    except IntegrityError as error:
        raise ValueError(f"已经有叫 {name} 的接收方。") from error
    return secret


def rotate(connection: Connection, vault: Vault, name: str, mark: str | None = None) -> str:
    """Add a new secret beside the receiver's last one and return it; both sign until the next rotation.

    Raises UnknownDestination, or AlreadyRotated when the secrets are not those whose `mark` was looked at: twice in a
    row would end the one that the receiver still has.
    """
    row = connection.execute(select(table).where(table.c.name == name, table.c.url != "").with_for_update()).first()
    if row is None:
        raise UnknownDestination(name)
    if mark is not None and mark != _mark(row):
        raise AlreadyRotated(name)
    secret = new_secret()
    sealed = vault.seal(connection, _owner(name), ",".join((secret, _opened(connection, vault, row)[0])))
    connection.execute(update(table).where(table.c.name == name).values(secrets=sealed))
    return secret


def remove(connection: Connection, vault: Vault, name: str) -> None:
    """Send nothing more to a receiver that staff entered; what is not delivered yet is skipped.

    Raises UnknownDestination.
    """
    removed = connection.execute(delete(table).where(table.c.name == name, table.c.url != ""))
    if removed.rowcount == 0:
        raise UnknownDestination(name)
    _skip_waiting(connection, name)
    vault.erase(connection, _owner(name))


def new_secret() -> str:
    """A random secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(random.token_bytes(32)).decode()


def split_secrets(secrets: str) -> tuple[str, ...]:
    """The secrets of a comma-separated setting."""
    return tuple(secret.strip() for secret in secrets.split(",") if secret.strip())


def _skip_waiting(connection: Connection, name: str) -> None:
    waiting = (deliveries.c.destination == name, deliveries.c.state.not_in(("delivered", "skipped")))
    connection.execute(update(deliveries).where(*waiting).values(state="skipped", finished_at=now()))


def _mark(row: Any) -> str:
    return hashlib.sha256(row.secrets.encode()).hexdigest()[:16]


def _opened(connection: Connection, vault: Vault, row: Any) -> tuple[str, ...]:
    return split_secrets(vault.unseal(connection, _owner(row.name), row.secrets))


def _owner(name: str) -> str:
    return f"destination:{name}"
