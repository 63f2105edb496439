"""`wenzheng knowledge`: bring entries in, build and publish the index."""

import click

from foundation.database import Database
from foundation.settings import load_settings
from knowledge.store import Store


@click.group()
def knowledge() -> None:
    """管理知识条目和索引。"""


@knowledge.command("import")
def import_() -> None:
    """把 knowledge/corpus 里的条目读进数据库;坐席改过的条目只生成草稿。"""
    from knowledge.publishing import seed

    database = Database(load_settings().database_url)
    database.create_tables()
    click.echo("、".join(f"{name} {count}" for name, count in seed(Store(database)).items()))


@knowledge.command()
def publish() -> None:
    """用已发布的版本建一个新的索引快照并启用,服务不用重启。"""
    from commands.prepare import build_snapshot

    click.echo(f"快照 {build_snapshot(load_settings()).name} 已启用")
