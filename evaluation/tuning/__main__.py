"""`python -m evaluation.tuning`: tune the default model, or write the statutes' questions for measuring it."""

import json
from pathlib import Path

import click

from evaluation.tuning.pairs import statutes
from evaluation.tuning.train import FOLDER, train


@click.group()
def main() -> None:
    """微调默认的向量模型。"""


@main.command()
@click.option("--shared", type=FOLDER, required=True, help="开发数据的文件夹")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="题目写到哪里")
def cases(shared: Path, out: Path) -> None:
    """把法条的题写成 evaluate retrieval 的题目:答案没用来训练的标 unseen。"""
    law = statutes(shared / "statutes")
    marked = [case | {"unseen": True} for case in law.questions["test"]] + law.questions["training"]
    out.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in marked), encoding="utf-8")


main.add_command(train)
main()
