"""`wenzheng keys`: keys of other channels."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
from sqlalchemy.engine import Connection

from conversations import keys as channel_keys
from foundation.audit import COMMAND, Audit
from foundation.database import Database
from foundation.settings import load_settings

WHAT_FOR = {channel_keys.MESSAGES: "消息接口", channel_keys.OPEN311: "Open311 上报"}


@click.group()
def keys() -> None:
    """管理其他渠道的密钥。"""


@keys.command()
@click.argument("name")
@click.option(
    "--per-minute", type=click.IntRange(min=0), default=600, show_default=True, help="每分钟最多几条消息,0 表示不限"
)
@click.option(
    "--rights", default=",".join(channel_keys.RIGHTS), show_default=True, help="能用哪些接口,几个之间用逗号隔开"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def add(name: str, per_minute: int, rights: str, as_json: bool) -> None:
    """给渠道 NAME 一个新密钥;密钥只显示这一次。"""
    given = tuple(part.strip() for part in rights.split(",") if part.strip())
    with _transaction() as connection:
        key = channel_keys.add(connection, name, per_minute, given)
        _note(connection, "key.add", name)
    about = {"name": name, "key": key, "per_minute": per_minute, "rights": given}
    click.echo(json.dumps(about, ensure_ascii=False) if as_json else key)


@keys.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def list_keys(as_json: bool) -> None:
    """列出全部密钥的名字、限额和权限;密钥本身没有存,看不到。"""
    with _transaction() as connection:
        known = channel_keys.everyone(connection)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in known], ensure_ascii=False))
        return
    for one in known:
        limit = f"每分钟 {one.per_minute} 条" if one.per_minute else "不限"
        click.echo(f"{one.name}  {limit}  {'、'.join(WHAT_FOR[right] for right in one.rights)}")


@keys.command()
@click.argument("name")
def remove(name: str) -> None:
    """收回渠道 NAME 的密钥;立刻失效,它的会话和工单都还在。"""
    with _transaction() as connection:
        channel_keys.remove(connection, name)
        _note(connection, "key.remove", name)
    click.echo(f"{name} 的密钥已收回。")


def _note(connection: Connection, act: str, name: str) -> None:
    Audit(load_settings().secret_key).note(connection, COMMAND, act, f"key:{name}")


@contextmanager
def _transaction() -> Iterator[Connection]:
    """One transaction; what is refused is said in a sentence, with exit status 1."""
    database = Database(load_settings().database_url)
    database.create_tables()
    try:
        with database.writing() as connection:
            yield connection
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    finally:
        database.close()
