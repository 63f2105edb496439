"""What opens a ticket to its citizen: the secret code, the link's token, and the conversation."""

import hashlib
import hmac
import logging
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.privacy import Vault
from hotline.tables import tickets
from hotline.words import owner

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike
CODE_LENGTH = 8
TOKEN_BYTES = 16
FAILURES_ALLOWED = 10
LOCKED_FOR = timedelta(hours=1)
Attempt = Literal["right", "wrong", "shut"]
log = logging.getLogger(__name__)


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


def opens(connection: Connection, vault: Vault, number: str, code: str) -> bool:
    """Tell whether the code is the ticket's; after ten wrong ones the ticket stays shut for an hour."""
    return attempt(connection, vault, number, code) == "right"


def attempt(connection: Connection, vault: Vault, number: str, code: str) -> Attempt:
    """How a try with a code ends; it is counted. A ticket that is shut opens to no code, and tells nothing of it."""
    ticket = connection.execute(select(tickets).where(tickets.c.number == number).with_for_update()).first()
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


def _is_code(connection: Connection, vault: Vault, ticket: Any, code: str) -> bool:
    try:
        secret = vault.unseal(connection, owner(ticket.number), ticket.code)
    except KeyError:  # erased
        return False
    return hmac.compare_digest(secret.encode(), code.strip().upper().encode())


def _recent(failed_at: datetime | None, at: datetime) -> bool:
    return failed_at is not None and at - failed_at < LOCKED_FOR
