"""`wenzheng deliveries`: what goes to the hotline and the other receivers, and what is stuck."""

import json
from typing import Any

import click

from foundation.audit import COMMAND, Audit
from foundation.clock import local
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings, load_settings
from hotline import attempts, destination, repair
from hotline.addresses import AddressRefused
from hotline.attempts import Attempt, Delivery

OWN = f"没有叫 {{name}} 的接收方能改;{destination.HOTLINE} 在环境变量里设。"


@click.group()
def deliveries() -> None:
    """查看和处理投递:每次尝试、死信、停掉的接收方。"""


@deliveries.command("list")
@click.option("--destination", "name", default="", help="只看这个接收方")
@click.option("--state", type=click.Choice(list(attempts.states())), default=None, help="只看这种状态")
@click.option("--ticket", default="", help="只看这张工单")
@click.option("--limit", default=attempts.PAGE, show_default=True, type=click.IntRange(1), help="最多几条,从新到旧")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def list_deliveries(name: str, state: str | None, ticket: str, limit: int, as_json: bool) -> None:
    """列出投递,最新的在前。"""
    database, _ = _opened()
    with database.reading() as connection:
        found = attempts.listed(connection, destination=name, state=state or "", ticket=ticket, limit=limit)
    if as_json:
        click.echo(json.dumps({"deliveries": [_as_json(one) for one in found]}, ensure_ascii=False, indent=1))
    for one in found if not as_json else []:
        click.echo(_line(one))


@deliveries.command()
@click.argument("webhook_id")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def show(webhook_id: str, as_json: bool) -> None:
    """显示一条投递的每次尝试。"""
    database, settings = _opened()
    with database.reading() as connection:
        one = attempts.found(connection, webhook_id)
    if one is None:
        raise click.ClickException(f"没有 {webhook_id} 这条投递。")
    if as_json:
        click.echo(json.dumps(_as_json(one), ensure_ascii=False, indent=1))
        return
    click.echo(_line(one))
    for attempt in one.attempts:
        click.echo(f"  {_when(attempt, settings)}  {_outcome(attempt)}  {attempt.milliseconds} 毫秒")


@deliveries.command()
@click.argument("webhook_id")
def replay(webhook_id: str) -> None:
    """把一条死信从头再试。"""
    _act(repair.replay, "delivery", webhook_id, "已重新排队。", f"{webhook_id} 不是死信,没有改动。")


@deliveries.command()
@click.argument("webhook_id")
def skip(webhook_id: str) -> None:
    """跳过一条死信,让同一张工单后面的接着投。"""
    _act(repair.skip, "delivery", webhook_id, "已跳过。", f"{webhook_id} 不是死信,没有改动。")


@deliveries.command()
@click.argument("name", metavar="DESTINATION")
def resume(name: str) -> None:
    """恢复一个停掉的接收方。"""
    _act(repair.resume, "destination", name, f"已恢复给 {name} 投递。", f"{name} 没有停,没有改动。")


@deliveries.command("add-destination")
@click.argument("name")
@click.argument("url")
def add_destination(name: str, url: str) -> None:
    """添加接收方;它的密钥只显示这一次。"""
    database, settings = _opened()
    try:
        click.echo(destination.enter(database, Vault(settings.data_keys), settings, name, url))
    except AddressRefused as error:
        raise click.ClickException(f"这个地址不能用:{attempts.in_words(str(error))}。") from error
    except OSError as error:
        raise click.ClickException(f"这个地址不能用:{attempts.in_words(type(error).__name__)}。") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@deliveries.command()
@click.argument("name")
def rotate(name: str) -> None:
    """给接收方一个新密钥,只显示这一次;旧的一个到下次更换前也一起签。"""
    click.echo(_changed(destination.rotate, name))


@deliveries.command()
@click.argument("name")
@click.confirmation_option("--yes", prompt="还没送到的会跳过,密钥立刻作废。真的删除吗?", help="不再问一遍")
def remove(name: str) -> None:
    """删除接收方。"""
    _changed(destination.remove, name)
    click.echo(f"已删除 {name}。")


def _opened() -> tuple[Database, Settings]:
    settings = load_settings()
    database = Database(settings.database_url)
    database.create_tables()
    return database, settings


def _act(act: Any, kind: str, what: str, done: str, not_done: str) -> None:
    database, settings = _opened()
    with database.writing() as connection:
        acted = act(connection, what)
        if acted:
            Audit(settings.secret_key).note(connection, COMMAND, f"{kind}.{act.__name__}", f"{kind}:{what}")
    if not acted:
        raise click.ClickException(not_done)
    click.echo(done)


def _changed(change: Any, name: str) -> Any:
    database, settings = _opened()
    try:
        with database.writing() as connection:
            told = change(connection, Vault(settings.data_keys), name)
            Audit(settings.secret_key).note(
                connection, COMMAND, f"destination.{change.__name__}", f"destination:{name}"
            )
            return told
    except destination.UnknownDestination as error:
        raise click.ClickException(OWN.format(name=name)) from error


def _line(one: Delivery) -> str:
    state = attempts.states()[one.state]
    tries = f"{len(one.attempts)} 次尝试" + (f",最近:{_outcome(one.attempts[-1])}" if one.attempts else "")
    return f"{one.webhook_id}  {one.ticket} 第 {one.sequence} 条  {one.destination}  {state}  {tries}"


def _outcome(attempt: Attempt) -> str:
    return str(attempt.status or attempts.in_words(attempt.note))


def _when(attempt: Attempt, settings: Settings) -> str:
    return local(attempt.at, settings.timezone).strftime("%Y-%m-%d %H:%M:%S")


def _as_json(one: Delivery) -> dict[str, Any]:
    return {
        "webhook_id": one.webhook_id,
        "destination": one.destination,
        "ticket": one.ticket,
        "sequence": one.sequence,
        "state": one.state,
        "created_at": one.created_at.isoformat(),
        "next_try_at": one.due_at.isoformat() if one.state == "pending" else None,
        "finished_at": one.finished_at.isoformat() if one.finished_at else None,
        "attempts": [vars(attempt) | {"at": attempt.at.isoformat()} for attempt in one.attempts],
    }
