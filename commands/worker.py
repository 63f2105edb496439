"""`wenzheng worker`: the process that runs what is due."""

import logging

import click

from foundation.settings import load_settings


@click.command()
def worker() -> None:
    """运行后台任务:投递、期限、通知。"""
    from worker import run

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    run(load_settings())
