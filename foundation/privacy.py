"""The vault: identifying numbers stand outside every text, each encrypted under a key of its owner.

An owner is `conversation:<id>` or `ticket:<number>`. Its key is wrapped by a master key (DATA_KEYS); erasing the
owner destroys the key, so that whatever still holds a token or a sealed value holds nothing.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Integer, LargeBinary, String, Table, UniqueConstraint, delete, func, insert, select
from sqlalchemy.engine import Connection

from foundation.database import metadata
from foundation.identifying import CODE, GIVEN, LINK, PHONE, TOKEN, find_numbers, hint, plain_phone

NONCE_BYTES = 12
PERSONAL = ("电话", "证件", "卡号", "邮箱")  # kinds of numbers that are a person's own; the others we gave
Show = Callable[[str, str], str]  # kind and original to what stands in the text

vault_keys = Table(
    "vault_keys",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("master", String(40), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)
vault_items = Table(
    "vault_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String(80), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("owner", "kind", "number"),
    UniqueConstraint("owner", "digest"),
)


class Vault:
    """Keeps originals encrypted and hands out tokens such as 〔电话1〕 in their place."""

    def __init__(self, keys: str) -> None:
        """`keys` is DATA_KEYS: `id:base64` separated by commas, the current one first."""
        self._masters = dict(_parse_key(part) for part in keys.split(",") if part.strip())
        if not self._masters:
            raise ValueError("DATA_KEYS holds no key")
        self._current = next(iter(self._masters))

    def tokenize(self, connection: Connection, owner: str, text: str, *, by_staff: bool = False) -> str:
        """The text with every identifying number replaced by a token; the same number gives the same token again.

        A phone in words of staff that the owner did not bring is one for the owner to use, and shown in full.
        """
        numbers = find_numbers(text)
        if not numbers:
            return text
        key = self._key(connection, owner, create=True)
        pieces, position = [], 0
        for found in numbers:
            is_given = by_staff and found.kind == PHONE and not self._brought(connection, owner, found.value)
            kind = GIVEN if is_given else found.kind
            pieces += [text[position : found.start], self._keep(connection, owner, key, kind, found.value)]
            position = found.end
        return "".join([*pieces, text[position:]])

    def keep(self, connection: Connection, owner: str, kind: str, value: str) -> str:
        """A token for one value of a kind that `identifying` names, such as a ticket's code."""
        return self._keep(connection, owner, self._key(connection, owner, create=True), kind, value)

    def reveal(self, connection: Connection, owner: str, text: str) -> str:
        """The text with its originals; a token whose owner was erased becomes nothing."""
        return self._replace(connection, owner, text, lambda _kind, value: value)

    def hint(self, connection: Connection, owner: str, text: str) -> str:
        """The text with each number shown as 138****5678."""
        return self._replace(connection, owner, text, hint)

    def hint_to_staff(self, connection: Connection, owner: str, text: str) -> str:
        """The text with each number shown as 138****5678, and what opens a ticket not at all."""
        return self._replace(connection, owner, text, lambda kind, value: _unless_key(kind, hint(kind, value)))

    def reveal_to_staff(self, connection: Connection, owner: str, text: str) -> str:
        """The text with its originals, but for what opens a ticket: that is the citizen's alone."""
        return self._replace(connection, owner, text, _unless_key)

    def copy(self, connection: Connection, source: str, target: str, text: str, kind: str = "") -> str:
        """The text with the source's tokens exchanged for tokens that `target` can read, of their kind or another."""
        if not TOKEN.search(text):
            return text
        key = self._key(connection, target, create=True)
        return self._replace(
            connection, source, text, lambda own, value: self._keep(connection, target, key, kind or own, value)
        )

    def seal(self, connection: Connection, owner: str, value: str) -> str:
        """Any text encrypted under the owner's key, as printable characters."""
        sealed = _encrypt(self._key(connection, owner, create=True), value.encode())
        return base64.urlsafe_b64encode(sealed).decode()

    def unseal(self, connection: Connection, owner: str, sealed: str) -> str:
        """What `seal` was given. Raises KeyError when the owner was erased."""
        key = self._key(connection, owner, create=False)
        return _decrypt(key, base64.urlsafe_b64decode(sealed)).decode()

    def erase(self, connection: Connection, owner: str) -> None:
        """Destroy the owner's key and numbers; nothing of them can be read again."""
        connection.execute(delete(vault_items).where(vault_items.c.owner == owner))
        connection.execute(delete(vault_keys).where(vault_keys.c.owner == owner))

    def forget_numbers(self, connection: Connection, owner: str) -> None:
        """Destroy the owner's personal numbers; what was sealed or given to them can still be read."""
        personal = (vault_items.c.owner == owner, vault_items.c.kind.in_(PERSONAL))
        connection.execute(delete(vault_items).where(*personal))

    def _replace(self, connection: Connection, owner: str, text: str, show: Show) -> str:
        tokens = {(match.group(1), int(match.group(2))) for match in TOKEN.finditer(text)}
        if not tokens:
            return text
        originals = self._originals(connection, owner)
        return TOKEN.sub(
            lambda match: (
                show(match.group(1), value)
                if (value := originals.get((match.group(1), int(match.group(2))), ""))
                else ""
            ),
            text,
        )

    def _originals(self, connection: Connection, owner: str) -> dict[tuple[str, int], str]:
        rows = connection.execute(select(vault_items).where(vault_items.c.owner == owner)).all()
        if not rows:
            return {}
        key = self._key(connection, owner, create=False)
        return {(row.kind, row.number): _decrypt(key, row.sealed).decode() for row in rows}

    def _keep(self, connection: Connection, owner: str, key: bytes, kind: str, value: str) -> str:
        # A number that staff gave is one thing, the same number of the citizen's own another: only that is hidden.
        named = f"{kind}:{value}" if kind == GIVEN else value
        of_owner = vault_items.c.owner == owner
        known = self._known(connection, owner, key, named)
        if known:
            return f"〔{known.kind}{known.number}〕"
        highest = select(func.max(vault_items.c.number)).where(of_owner, vault_items.c.kind == kind)
        number = (connection.execute(highest).scalar() or 0) + 1
        values = {"owner": owner, "kind": kind, "number": number, "sealed": _encrypt(key, value.encode())}
        connection.execute(insert(vault_items).values(**values, digest=_digest(key, named)))
        return f"〔{kind}{number}〕"

    @staticmethod
    def _known(connection: Connection, owner: str, key: bytes, named: str) -> Any:
        """The item of an owner that goes by this name, or None."""
        same = (vault_items.c.owner == owner, vault_items.c.digest == _digest(key, named))
        return connection.execute(select(vault_items).where(*same)).first()

    def _brought(self, connection: Connection, owner: str, phone: str) -> bool:
        """True for a phone that the owner wrote, whichever way."""
        theirs = (value for (kind, _), value in self._originals(connection, owner).items() if kind == PHONE)
        return plain_phone(phone) in map(plain_phone, theirs)

    def _key(self, connection: Connection, owner: str, *, create: bool) -> bytes:
        row = connection.execute(select(vault_keys).where(vault_keys.c.owner == owner)).first()
        if row:
            return _decrypt(self._masters[row.master], row.wrapped)
        if not create:
            raise KeyError(owner)
        key = AESGCM.generate_key(256)
        wrapped = _encrypt(self._masters[self._current], key)
        connection.execute(insert(vault_keys).values(owner=owner, master=self._current, wrapped=wrapped))
        return key


def _parse_key(part: str) -> tuple[str, bytes]:
    name, _, encoded = part.strip().partition(":")
    key = base64.urlsafe_b64decode(encoded)
    if len(key) != 32:
        raise ValueError(f"the key {name} of DATA_KEYS is not 32 bytes")
    return name, key


def _digest(key: bytes, named: str) -> str:
    return hmac.new(key, named.encode(), hashlib.sha256).hexdigest()


def _encrypt(key: bytes, value: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, None)


def _decrypt(key: bytes, sealed: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)


def _unless_key(kind: str, value: str) -> str:
    return f"〔{kind}〕" if kind in (CODE, LINK) else value
