"""What opens a ticket to its citizen: the secret code, the link's token, and the conversation.

Numbers of tickets are public. So wrong codes that were given with no more than a number are counted apart, for each
address, or each user of a channel: whoever takes a number from the board can shut the ticket to themselves, not to its
citizen.
"""

import hashlib
import hmac
import ipaddress
import logging
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Column, Index, Integer, String, Table, delete, insert, select, tuple_, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Instant, metadata
from foundation.privacy import Vault
from hotline.tables import NUMBER, tickets
from hotline.words import owner

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike
CODE_LENGTH = 8
TOKEN_BYTES = 16
FAILURES_ALLOWED = 10
LOCKED_FOR = timedelta(hours=1)
# Many addresses together get no further: 1,000 tries an hour are 8.8 million a year, and there are 31^8 codes, 850,000
# million, so half of them take 48,000 years. A limit that few addresses can reach would shut out its citizen again.
FAILURES_OF_ALL = 1000
NETWORK_BITS = 64  # who has an address of IPv6 has at least so many of them
Attempt = Literal["right", "wrong", "shut"]
log = logging.getLogger(__name__)

wrong_codes = Table(  # given with a bare number, within the last hour
    "wrong_codes",
    metadata,
    Column("ticket", NUMBER, primary_key=True),
    Column("source", String(64), primary_key=True),  # of `source` or `source_of_user`; empty where nothing is known
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant, nullable=False),
    Index("wrong_codes_by_age", "failed_at"),
)


def new_code() -> str:
    """A secret code of 8 characters, about 39 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def new_token() -> str:
    """The token of a view link, 128 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> str:
    """What a token is found by; random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(key: str, value: str) -> str:
    """A digest that nobody without the key can guess the value from."""
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()


def source(key: str, address: str) -> str:
    """Where tries with bare numbers are counted together: a keyed digest of an address, empty where none is known."""
    return keyed_digest(key, f"address\0{_network(address)}") if address else ""


def source_of_user(key: str, channel: str, user: str) -> str:
    """The same for a channel through whose one address many people come: a keyed digest of its user."""
    return keyed_digest(key, f"user\0{channel}\0{user}")


def opens(connection: Connection, vault: Vault, number: str, code: str, source: str) -> bool:
    """Tell whether the code is the ticket's, for whoever has its number only.

    After ten wrong ones from a source the ticket stays shut to that source for an hour.
    """
    ticket = _locked(connection, number)
    if ticket is None:
        return False
    at = now()
    _forget_old(connection, at)
    of_ticket = wrong_codes.c.ticket == number
    counts = select(wrong_codes.c.source, wrong_codes.c.failures).where(of_ticket, wrong_codes.c.failed_at > _since(at))
    known = {row.source: row.failures for row in connection.execute(counts)}
    failures = known.get(source, 0)
    if failures >= FAILURES_ALLOWED or sum(known.values()) >= FAILURES_OF_ALL:
        log.warning("ticket %s: a code was tried while it is shut to who has its number only", number)
        return False
    right = _is_code(connection, vault, ticket, code)
    connection.execute(delete(wrong_codes).where(of_ticket, wrong_codes.c.source == source))
    if not right:
        values = {"ticket": number, "source": source, "failures": failures + 1, "failed_at": at}
        connection.execute(insert(wrong_codes).values(values))
    return right


def attempt(connection: Connection, vault: Vault, number: str, code: str) -> Attempt:
    """How a try with a code ends, of whoever has the ticket's link; it is counted.

    After ten wrong ones the ticket stays shut for an hour; it then opens to no code, and tells nothing of it.
    """
    ticket = _locked(connection, number)
    if ticket is None:
        return "wrong"
    at = now()
    failures = ticket.code_failures if _recent(ticket.code_failed_at, at) else 0
    if failures >= FAILURES_ALLOWED:
        log.warning("ticket %s: a code was tried while it is shut after %d wrong ones", number, failures)
        return "shut"
    right = _is_code(connection, vault, ticket, code)
    seen = {"code_failures": 0} if right else {"code_failures": failures + 1, "code_failed_at": at}
    connection.execute(update(tickets).where(tickets.c.number == number).values(seen))
    return "right" if right else "wrong"


def _locked(connection: Connection, number: str) -> Any:
    """The ticket's row, so that tries at the same moment are all counted; None where there is none."""
    return connection.execute(select(tickets).where(tickets.c.number == number).with_for_update()).first()


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((int(known), NETWORK_BITS), strict=False))


def _forget_old(connection: Connection, at: datetime) -> None:
    """Nobody's address is kept for longer than it counts; rows that another process has in hand are left to it."""
    key = (wrong_codes.c.ticket, wrong_codes.c.source)
    old = select(*key).where(wrong_codes.c.failed_at <= _since(at)).with_for_update(skip_locked=True)
    connection.execute(delete(wrong_codes).where(tuple_(*key).in_(old)))


def _is_code(connection: Connection, vault: Vault, ticket: Any, code: str) -> bool:
    try:
        secret = vault.unseal(connection, owner(ticket.number), ticket.code)
    except KeyError:  # erased
        return False
    return hmac.compare_digest(secret.encode(), code.strip().upper().encode())


def _recent(failed_at: datetime | None, at: datetime) -> bool:
    return failed_at is not None and failed_at > _since(at)


def _since(at: datetime) -> datetime:
    return at - LOCKED_FOR
