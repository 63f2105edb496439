"""Phones known again by a keyed digest, never by themselves, and forgotten with the original.

Anonymous tickets keep no contact, so none of them is ever found by it.
"""

import hashlib
import hmac

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, insert, select
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Instant, metadata
from foundation.identifying import TOKEN, plain_phone
from foundation.privacy import Vault, vault_items
from hotline.tables import NUMBER, tickets
from hotline.words import owner

PHONE = "电话"

callers = Table(
    "callers",
    metadata,
    Column("item", Integer, ForeignKey(vault_items.c.id, ondelete="CASCADE"), primary_key=True),  # the original
    Column("ticket", NUMBER, ForeignKey(tickets.c.number), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("callers_by_digest", "digest", "at"),
)


def remember(connection: Connection, vault: Vault, secret: str, number: str, contact: str) -> None:
    """Keep the digests of the phones in a ticket's contact, each beside its original in the vault."""
    places = [int(place) for kind, place in TOKEN.findall(contact) if kind == PHONE]
    kept = (vault_items.c.owner == owner(number), vault_items.c.kind == PHONE, vault_items.c.number.in_(places))
    for item in connection.execute(select(vault_items.c.id, vault_items.c.number).where(*kept)).all() if places else ():
        phone = vault.reveal(connection, owner(number), f"〔{PHONE}{item.number}〕")
        values = {"item": item.id, "ticket": number, "digest": digest(secret, phone), "at": now()}
        connection.execute(insert(callers).values(values))


def digest(secret: str, phone: str) -> str:
    """The same for every way to write a phone; nobody without the secret can try phones out on it."""
    key = hashlib.sha256(f"callers\0{secret}".encode()).digest()
    return hmac.new(key, plain_phone(phone).encode(), hashlib.sha256).hexdigest()
