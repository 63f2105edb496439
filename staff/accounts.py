"""Accounts of staff: made, changed, and opened by a password."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import exists, func, insert, literal, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation import demonstration
from foundation.audit import COMMAND, Facts, log
from foundation.clock import now
from foundation.database import Database
from staff import attempts, passwords, sessions
from staff.permissions import roles as known_roles
from staff.tables import accounts

ADMINISTRATOR = "administrator"
LONGEST_NAME, LONGEST_LABEL = 40, 80
HASHER = PasswordHasher()
NOBODY = HASHER.hash(secrets.token_urlsafe(16))  # verified for unknown names, so that they take as long as known ones


class Refused(ValueError):
    """An account that cannot be made or changed like this; the message says why, in words for people."""


@dataclass(frozen=True)
class Account:
    """A member of staff."""

    name: str
    label: str
    roles: tuple[str, ...]
    department: str
    active: bool = True
    must_change: bool = False  # the password, which somebody else made, before anything else

    @property
    def facts(self) -> Facts:
        """What the trace keeps of it."""
        return {"roles": ",".join(self.roles), "department": self.department, "active": self.active}


@dataclass(frozen=True)
class Tried:
    """That a password was tried against the hash of an account ("" for a name that nobody active has)."""

    name: str
    hashed: str
    fits: bool


def add(
    connection: Connection,
    name: str,
    label: str,
    password: str,
    roles: Sequence[str],
    department: str = "",
    *,
    once: bool = False,
) -> Account:
    """Make an account; a password that is good `once` must be changed before anything else. Raises Refused."""
    account = Account(name, label or name, tuple(roles), department, must_change=once)
    _check(account)
    values = {
        "name": name,
        "label": account.label,
        "password": _hashed(password, name, account.label),
        "roles": list(roles),
        "department": department,
        "active": True,
        "must_change": once,
        "created_at": now(),
    }
    try:
        connection.execute(insert(accounts).values(values))
    except IntegrityError as error:
        raise Refused(f"已经有叫 {name} 的账号。") from error
    return account


def add_first(connection: Connection) -> str | None:
    """Make the administrator of a new installation and return its random password; None when there is an account."""
    if connection.execute(select(func.count()).select_from(accounts)).scalar_one():
        return None
    password = passwords.random()
    add(connection, "admin", "管理员", password, [ADMINISTRATOR])
    return password


def find(connection: Connection, name: str) -> Account | None:
    """The account of this name, or None."""
    row = connection.execute(select(accounts).where(accounts.c.name == name)).first()
    return _account(row) if row else None


def everyone(connection: Connection) -> list[Account]:
    """Every account, by name."""
    return [_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.name))]


def tried(database: Database, name: str, password: str) -> Tried:
    """Try a password against an account; slow on purpose, so it happens while no transaction is open."""
    known = select(accounts.c.password).where(accounts.c.name == name, accounts.c.active.is_(True))
    hashed = None
    if is_name(name):  # PostgreSQL chokes on a zero byte
        with database.reading() as connection:
            hashed = connection.execute(known).scalar()
    fits = _matches(hashed or NOBODY, password)
    return Tried(name if hashed else "", hashed or "", fits and hashed is not None)


def opened(connection: Connection, given: Tried) -> Account | None:
    """The account that a password opened, or None; raises attempts.Locked after five failures within 15 minutes.

    The caller must commit also when it gets None: the failure is counted in its transaction. A success is not: what was
    wrong before is forgotten when the whole sign-in is done, by `attempts.forget`.
    """
    if not given.name:
        return None
    row = attempts.locked(connection, given.name)
    if row.active and given.fits and row.password == given.hashed:
        return _account(row)
    attempts.fail(connection, row)
    return None


def change(connection: Connection, account: Account) -> None:
    """Keep an account's label, roles, department and whether it is active; its sessions end. Raises Refused."""
    _check(account)
    if not (account.active and ADMINISTRATOR in account.roles):
        _check_not_last(connection, account.name)
    values = {
        "label": account.label,
        "roles": list(account.roles),
        "department": account.department,
        "active": account.active,
    }
    connection.execute(update(accounts).where(accounts.c.name == account.name).values(values))
    sessions.end_all(connection, account.name)


def set_password(connection: Connection, name: str, password: str, *, once: bool = False) -> None:
    """Give an account a new password; its sessions end and its lock is lifted. Raises Refused."""
    account = find(connection, name)
    hashed = _hashed(password, name, account.label if account else "")
    values = {"password": hashed, "failures": 0, "must_change": once}
    connection.execute(update(accounts).where(accounts.c.name == name).values(values))
    sessions.end_all(connection, name)


def mark(connection: Connection, name: str) -> str:
    """Something that changes whenever the account's password does, and gives nothing of it away."""
    hashed = connection.execute(select(accounts.c.password).where(accounts.c.name == name)).scalar() or ""
    return hashlib.sha256(hashed.encode()).hexdigest()


def untraced(connection: Connection) -> list[str]:
    """Accounts of which the trace does not say who made them, in words; made-up ones are no business of it."""
    told = exists().where(log.c.subject == literal("account:").concat(accounts.c.name), log.c.act == "account.add")
    real = accounts.c.name.not_in(demonstration.names(demonstration.ACCOUNT))
    missing = select(accounts.c.name).where(real, ~told).order_by(accounts.c.name)
    return [f"有账号 {name}，却没有新建它的记录" for name in connection.execute(missing).scalars()]


def _check_not_last(connection: Connection, name: str) -> None:
    """Somebody must be left who can let others in; two who take each other away at once wait for one another here."""
    active = select(accounts).where(accounts.c.active.is_(True)).order_by(accounts.c.name).with_for_update()
    having = {row.name for row in connection.execute(active) if ADMINISTRATOR in row.roles}
    if having == {name}:
        raise Refused("这是最后一个能用的管理员账号,不能停用,也不能去掉管理员角色。")


def _check(account: Account) -> None:
    if not is_name(account.name) or account.name == COMMAND:
        raise Refused(f"账号名只能用英文字母、数字、点和短横,最多 {LONGEST_NAME} 个字符。")
    if len(account.label) > LONGEST_LABEL:
        raise Refused(f"姓名最多 {LONGEST_LABEL} 个字。")
    unknown = [role for role in account.roles if role not in known_roles()]
    if unknown or not account.roles:
        raise Refused(f"角色要从这些里选:{'、'.join(known_roles())}。")
    if ("officer" in account.roles) != bool(account.department):
        raise Refused("承办人要有部门,别的角色没有部门。")


def is_name(name: str) -> bool:
    """Tell whether an account can be called so."""
    letters = name.replace("-", "").replace(".", "")
    return letters.isascii() and letters.isalnum() and len(name) <= LONGEST_NAME


def _hashed(password: str, name: str, label: str) -> str:
    problem = passwords.problem(password, (name, label))
    if problem:
        raise Refused(problem)
    return HASHER.hash(password)


def _matches(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except VerificationError:
        return False


def _account(row: Any) -> Account:
    return Account(row.name, row.label, tuple(row.roles), row.department, row.active, row.must_change)
