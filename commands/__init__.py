"""The command line: `wenzheng`, one file a group. Heavy imports wait until a command needs them."""

import click

from commands.ask import ask
from commands.audit import audit
from commands.benchmark import benchmark
from commands.deliveries import deliveries
from commands.demo import demo
from commands.evaluate import evaluate
from commands.keys import keys
from commands.knowledge import knowledge
from commands.prepare import prepare
from commands.start import start
from commands.tickets import tickets
from commands.users import users
from commands.wechat import wechat
from commands.worker import worker


@click.group()
def main() -> None:
    """问政通:政务助手的命令。"""


for command in (
    ask,
    audit,
    benchmark,
    deliveries,
    demo,
    evaluate,
    keys,
    knowledge,
    prepare,
    start,
    tickets,
    users,
    wechat,
    worker,
):
    main.add_command(command)
