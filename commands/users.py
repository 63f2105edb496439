"""`wenzheng users`: accounts of staff."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import click
from sqlalchemy.engine import Connection

from foundation.audit import COMMAND, Audit, Facts
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import load_settings
from hotline.catalogue import catalogue
from staff import accounts, attempts, passwords, second_factor, sessions
from staff.permissions import roles as known_roles


@click.group()
def users() -> None:
    """管理工作人员的账号。"""


@users.command()
@click.argument("name")
@click.option("--label", default="", help="姓名，同事和市民看到的是它；不写就用账号名")
@click.option(
    "--role", "roles", multiple=True, required=True, help="角色，可以写几次：operator、officer、supervisor 等"
)
@click.option("--department", default="", help="承办人的部门，写 departments.yml 里的编号")
@click.option("--generate", is_flag=True, help="随机生成密码，只显示一次；不写就让您输入")
def add(name: str, label: str, roles: tuple[str, ...], department: str, generate: bool) -> None:
    """新建账号 NAME。"""
    if department and department not in catalogue().departments:
        raise click.ClickException(f"没有编号为 {department} 的部门。")
    password = _new_password(generate)
    with _transaction() as connection:
        account = accounts.add(connection, name, label, password, roles, department, once=generate)
        _note(connection, "add", name, account.facts)
    click.echo(f"账号 {account.name} 已建好。")
    _tell(password, generate)


@users.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def list_users(as_json: bool) -> None:
    """列出全部账号。"""
    with _transaction() as connection:
        known = [(account, _guards(connection, account.name)) for account in accounts.everyone(connection)]
    if as_json:
        click.echo(json.dumps([asdict(account) | guards for account, guards in known], ensure_ascii=False))
        return
    for account, guards in known:
        click.echo(_line(account, guards))


@users.command()
@click.argument("name")
@click.option("--generate", is_flag=True, help="随机生成密码，只显示一次；不写就让您输入")
def password(name: str, generate: bool) -> None:
    """给账号 NAME 换密码；它的登录全部失效，锁定解除。"""
    with _transaction() as connection:
        _known(connection, name)
    new = _new_password(generate)
    with _transaction() as connection:
        accounts.set_password(connection, name, new, once=generate)
        _note(connection, "password", name)
    click.echo(f"账号 {name} 的密码已换。")
    _tell(new, generate)


@users.command()
@click.argument("name")
def deactivate(name: str) -> None:
    """停用账号 NAME；它的登录立刻失效。"""
    _change(name, active=False)
    click.echo(f"账号 {name} 已停用。")


@users.command()
@click.argument("name")
def activate(name: str) -> None:
    """启用停掉的账号 NAME。"""
    _change(name, active=True)
    click.echo(f"账号 {name} 已启用。")


@users.command()
@click.argument("name")
@click.option("--label", default=None, help="姓名")
@click.option("--role", "roles", multiple=True, help="角色，可以写几次；写了就换掉原来全部的")
@click.option("--department", default=None, help="承办人的部门；空字符串表示没有")
def change(name: str, label: str | None, roles: tuple[str, ...], department: str | None) -> None:
    """改账号 NAME 的姓名、角色或部门；它的登录失效。"""
    if department and department not in catalogue().departments:
        raise click.ClickException(f"没有编号为 {department} 的部门。")
    given = {"label": label, "roles": roles or None, "department": department}
    _change(name, **{key: value for key, value in given.items() if value is not None})
    click.echo(f"账号 {name} 已改好。")


@users.command("end-sessions")
@click.argument("name")
def end_sessions(name: str) -> None:
    """让账号 NAME 的登录全部失效。"""
    with _transaction() as connection:
        sessions.end_all(connection, _known(connection, name).name)
        _note(connection, "end_sessions", name)
    click.echo(f"账号 {name} 要重新登录。")


@users.command("reset-second-factor")
@click.argument("name")
def reset_second_factor(name: str) -> None:
    """重置账号 NAME 的第二道验证，例如手机丢了；它的登录失效。"""
    with _transaction() as connection:
        if not second_factor.off(connection, Vault(load_settings().data_keys), _known(connection, name).name):
            raise accounts.Refused(f"账号 {name} 没有打开第二道验证。")
        sessions.end_all(connection, name)
        _note(connection, "second_factor_off", name)
    click.echo(f"账号 {name} 的第二道验证已重置。")


@contextmanager
def _transaction() -> Iterator[Connection]:
    """One transaction; what the accounts refuse is said in a sentence, with exit status 1."""
    database = Database(load_settings().database_url)
    database.create_tables()
    try:
        with database.writing() as connection:
            yield connection
    except accounts.Refused as refused:
        raise click.ClickException(str(refused)) from refused
    finally:
        database.close()


def _change(name: str, **wanted: Any) -> None:
    with _transaction() as connection:
        account = replace(_known(connection, name), **wanted)
        accounts.change(connection, account)
        _note(connection, "change", name, account.facts)


def _note(connection: Connection, act: str, name: str, facts: Facts | None = None) -> None:
    Audit(load_settings().secret_key).note(connection, COMMAND, f"account.{act}", f"account:{name}", facts)


def _known(connection: Connection, name: str) -> accounts.Account:
    account = accounts.find(connection, name)
    if account is None:
        raise accounts.Refused(f"没有叫 {name} 的账号。")
    return account


def _new_password(generate: bool) -> str:
    if generate:
        return passwords.random()
    typed: str = click.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    return typed


def _tell(password: str, generated: bool) -> None:
    if generated:
        click.echo(f"密码：{password}（只显示这一次，登录后请改掉）")


def _guards(connection: Connection, name: str) -> dict[str, bool]:
    """What stands between an account and who tries to sign in with it."""
    return {"second_factor": second_factor.is_on(connection, name), "locked": attempts.is_locked(connection, name)}


def _line(account: accounts.Account, guards: dict[str, bool]) -> str:
    labels = "、".join(known_roles()[role] for role in account.roles)
    place = catalogue().department_label(account.department)
    marks = {
        "已停用": not account.active,
        "要先改密码": account.must_change,
        "有第二道验证": guards["second_factor"],
        "暂时锁住": guards["locked"],
    }
    parts = [account.name, account.label, labels, place, *(mark for mark, holds in marks.items() if holds)]
    return "  ".join(part for part in parts if part)
