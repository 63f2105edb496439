"""`wenzheng keys`: keys of other channels."""

import json

import click

from conversations import keys as channel_keys
from foundation.database import Database
from foundation.settings import load_settings


@click.group()
def keys() -> None:
    """管理其他渠道的密钥。"""


@keys.command()
@click.argument("name")
@click.option("--per-minute", default=600, show_default=True, help="每分钟最多几条消息,0 表示不限")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def add(name: str, per_minute: int, as_json: bool) -> None:
    """给渠道 NAME 一个新密钥;密钥只显示这一次。"""
    database = Database(load_settings().database_url)
    database.create_tables()
    try:
        with database.writing() as connection:
            key = channel_keys.add(connection, name, per_minute)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps({"name": name, "key": key, "per_minute": per_minute}) if as_json else key)
