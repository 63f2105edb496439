"""`wenzheng audit`: the trace of what staff did, checked, searched, taken out."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from commands.trace import note
from foundation.audit import Audit
from foundation.audit_search import PAGE, Search, as_told, every, found
from foundation.audit_sheet import written
from foundation.clock import local
from foundation.database import Database
from foundation.settings import Settings, load_settings

MOST_SAID = 20
DAY = click.DateTime(["%Y-%m-%d"])
FILTERS = (
    click.option("--actor", default="", help="谁做的:账号名;命令行是 command"),
    click.option("--act", default="", help="做了什么,例如 content.publish"),
    click.option("--subject", default="", help="对什么,例如 ticket:20261123-000001"),
    click.option("--since", type=DAY, default=None, help="从哪一天起(含)"),
    click.option("--until", type=DAY, default=None, help="到哪一天止(含)"),
)


def filtered(command: Any) -> Any:
    """The options by which rows are looked for."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


@click.group()
def audit() -> None:
    """工作人员的操作记录:核对、查找、导出。"""


@audit.command()
@click.option("--expect", multiple=True, metavar="DIGEST", help="以前存下的摘要,也可以是 序号:摘要;可以给几个")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def verify(expect: tuple[str, ...], as_json: bool) -> None:
    """核对记录有没有被改过、删过、添过,和存下的摘要对不对得上;有问题时退出码是 1。"""
    from web.admin.checking import check

    database, settings = _opened()
    with database.reading() as connection:
        found = check(connection, Audit(settings.secret_key), settings.data_dir / "snapshots", expect)
    problems = found.problems
    if as_json:
        told = {"sound": not problems, "rows": found.rows, "last": found.digest, "problems": problems}
        click.echo(json.dumps(told, ensure_ascii=False))
    elif problems:
        more = [f"……还有 {len(problems) - MOST_SAID} 处"] if len(problems) > MOST_SAID else []
        click.echo("\n".join(["记录不完整:", *problems[:MOST_SAID], *more]), err=True)
    else:
        known = f",和存下的 {len(expect)} 个摘要对得上" if expect else ""
        click.echo(f"{found.rows} 条记录完好{known}。")
        click.echo(f"最后一条:{found.last or '(还没有记录)'}")
        if found.last:
            click.echo(f"请把它存在别处,下次核对时带上:wenzheng audit verify --expect {found.last}")
    if problems:
        raise click.exceptions.Exit(1)


@audit.command()
@filtered
@click.option("--limit", default=PAGE, show_default=True, type=click.IntRange(1), help="最多几条,从新到旧")
@click.option("--json", "as_json", is_flag=True, help="每条一行 JSON")
def search(limit: int, as_json: bool, **wanted: Any) -> None:
    """查找记录,最新的在前。"""
    database, settings = _opened()
    with database.reading() as connection:
        rows = found(connection, _search(settings, **wanted), limit=limit)
    for row in rows:
        click.echo(json.dumps(as_told(row), ensure_ascii=False) if as_json else _line(row, settings))


@audit.command()
@filtered
@click.option("--csv", "form", flag_value="csv", help="表格,可以用电子表格打开")
@click.option("--jsonl", "form", flag_value="jsonl", default=True, help="每条一行 JSON(默认)")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(form: str, file: Path, **wanted: Any) -> None:
    """把记录写进 FILE。"""
    database, settings = _opened()
    with database.reading() as connection, file.open("wb") as out:
        out.writelines(written(every(connection, _search(settings, **wanted)), form))
    note(database, settings, "audit.export", f"audit:{form}")
    click.echo(f"已写到 {file}")


def _search(settings: Settings, since: datetime | None, until: datetime | None, **wanted: str) -> Search:
    zone = ZoneInfo(settings.timezone)
    first = datetime.combine(since, time.min, zone) if since else None
    end = datetime.combine(until + timedelta(days=1), time.min, zone) if until else None
    return Search(since=first, until=end, **wanted)


def _opened() -> tuple[Database, Settings]:
    settings = load_settings()
    database = Database(settings.database_url)
    database.create_tables()
    return database, settings


def _line(row: Any, settings: Settings) -> str:
    facts = " ".join(f"{name}={value}" for name, value in row.facts.items())
    when = local(row.at, settings.timezone).strftime("%Y-%m-%d %H:%M:%S")
    return f"{row.number}  {when}  {row.actor}  {row.act}  {row.subject}  {facts}".rstrip()
