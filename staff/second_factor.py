"""The second factor: one-time codes from an app (TOTP, RFC 6238), and recovery codes for when the phone is gone."""

import hashlib
import re
import secrets

import pyotp
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.privacy import Vault
from staff.tables import recovery_codes, second_factors

ISSUER = "问政通"
SECONDS = 30  # of one step
DRIFT = 1  # steps that a clock may be wrong by, either way
RECOVERY_CODES = 10
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that looks like another


class NotBegun(ValueError):
    """There is no secret to confirm, or it is confirmed already."""


def is_on(connection: Connection, name: str) -> bool:
    """Tell whether the account asks for a second factor."""
    on = select(second_factors.c.is_on).where(second_factors.c.account == name)
    return bool(connection.execute(on).scalar())


def everyone(connection: Connection) -> set[str]:
    """The accounts that ask for one."""
    return set(connection.execute(select(second_factors.c.account).where(second_factors.c.is_on.is_(True))).scalars())


def begin(connection: Connection, vault: Vault, name: str) -> None:
    """Make a secret that has still to be confirmed, in place of an earlier one. Raises NotBegun where one is on."""
    if is_on(connection, name):
        raise NotBegun(name)
    off(connection, vault, name)
    sealed = vault.seal(connection, _owner(name), pyotp.random_base32())
    connection.execute(insert(second_factors).values(account=name, secret=sealed, is_on=False, last_step=0))


def unconfirmed(connection: Connection, vault: Vault, name: str) -> tuple[str, str] | None:
    """The secret that waits to be confirmed and the address that apps read from a picture; None where none waits."""
    row = connection.execute(select(second_factors).where(second_factors.c.account == name)).first()
    if row is None or row.is_on:
        return None
    secret = vault.unseal(connection, _owner(name), row.secret)
    return secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def confirm(connection: Connection, vault: Vault, name: str, code: str) -> list[str] | None:
    """Turn it on with a first right code: the recovery codes, told once; None for a wrong code. Raises NotBegun."""
    if unconfirmed(connection, vault, name) is None:
        raise NotBegun(name)
    if not _takes(connection, vault, name, code):
        return None
    connection.execute(update(second_factors).where(second_factors.c.account == name).values(is_on=True))
    return new_recovery_codes(connection, name)


def accepts(connection: Connection, vault: Vault, name: str, code: str) -> str:
    """`code` or `recovery` when one of these lets the account in, each code once; "" when it is wrong."""
    if not is_on(connection, name):
        return ""
    if _takes(connection, vault, name, code):
        return "code"
    own = (recovery_codes.c.account == name, recovery_codes.c.digest == _digest(code))
    return "recovery" if connection.execute(delete(recovery_codes).where(*own)).rowcount else ""


def new_recovery_codes(connection: Connection, name: str) -> list[str]:
    """Ten new ones in place of those that are left."""
    codes = [
        "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)
    ]
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == name))
    connection.execute(insert(recovery_codes), [{"account": name, "digest": _digest(code)} for code in codes])
    return codes


def recovery_codes_left(connection: Connection, name: str) -> int:
    """How many recovery codes were not used yet."""
    own = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.account == name)
    return int(connection.execute(own).scalar_one())


def off(connection: Connection, vault: Vault, name: str) -> bool:
    """Forget the secret and the recovery codes; False when there was nothing."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == name))
    gone = connection.execute(delete(second_factors).where(second_factors.c.account == name))
    vault.erase(connection, _owner(name))
    return bool(gone.rowcount)


def _takes(connection: Connection, vault: Vault, name: str, code: str) -> bool:
    """Tell whether a code is right now, and later than the last one that was taken."""
    given = re.sub(r"\s", "", code)
    row = connection.execute(select(second_factors).where(second_factors.c.account == name).with_for_update()).one()
    codes = pyotp.HOTP(vault.unseal(connection, _owner(name), row.secret))
    present = int(now().timestamp()) // SECONDS
    for step in range(max(present - DRIFT, row.last_step + 1), present + DRIFT + 1):
        if given.isascii() and secrets.compare_digest(codes.at(step), given):
            mine = second_factors.c.account == name
            connection.execute(update(second_factors).where(mine).values(last_step=step))
            return True
    return False


def _digest(code: str) -> str:
    """Recovery codes are random enough that a plain digest cannot be guessed back."""
    return hashlib.sha256(re.sub(r"[\s\-]", "", code).upper().encode()).hexdigest()


def _owner(name: str) -> str:
    return f"account:{name}"
