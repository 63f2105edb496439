"""`wenzheng worker`: the process that runs what is due."""

import click

from foundation.settings import load_settings


@click.command()
def worker() -> None:
    """运行后台任务:投递、期限、通知。"""
    from worker import run

    run(load_settings())
