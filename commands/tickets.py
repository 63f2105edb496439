"""`wenzheng tickets`: what is learned from tickets, and their figures."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.figures import figures
from commands.trace import note
from foundation.database import Database
from foundation.settings import Settings, load_settings

if TYPE_CHECKING:
    from hotline.dispatch.learning import Trained

REPORTS = Path("evaluation/cases/dispatch-development.jsonl")
JUDGED_ON = {"new_tickets": "上次训练以后确认的工单", "reports": "开发用的反映"}


@click.group()
def tickets() -> None:
    """工单:统计,从已确认的工单学习派单。"""


tickets.add_command(figures)


@tickets.command("train-dispatch")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def train_dispatch(as_json: bool) -> None:
    """从开发用的反映和已确认的工单学习派单;新的不比旧的差,才换上。"""
    trained = train(load_settings())
    if as_json:
        click.echo(json.dumps(trained.result, ensure_ascii=False))
    else:
        click.echo(said(trained))
    if not trained.switched:
        raise click.exceptions.Exit(1)


def train(settings: Settings) -> "Trained":
    """A new model from everything there is; it serves unless it is worse."""
    from hotline.dispatch.confirmed import confirmed
    from hotline.dispatch.learning import reports_in, train
    from knowledge.embedder import Embedder, ModelMissing

    database = Database(settings.database_url)
    database.create_tables()
    try:
        embedder = Embedder(settings.model_dir, threads=os.cpu_count() or 1)
        with database.reading() as connection:
            known = confirmed(connection)
        root = settings.data_dir / "dispatch"
        trained = train(root, reports_in(REPORTS), known, embedder.queries, embedder.fingerprint)
        note(database, settings, "dispatch.train", f"model:{trained.about.version}", {"switched": trained.switched})
        return trained
    except (ModelMissing, ValueError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        database.close()


def said(trained: "Trained") -> str:
    """What came of training, for people."""
    about, on = trained.about, f"{JUDGED_ON[trained.judged_on]}({trained.count} 条)"
    before = "" if trained.old is None else f",现在用的对 {trained.old:.1%}"
    verdict = "已换上新的。" if trained.switched else "新的更差,没有换,原来的继续用。"
    level = about.automatic
    share = (
        f"把握不低于 {level.confidence:.3f} 的自动派单:已确认的 {level.confirmed} 张里占 {level.share:.1%},"
        f"其中 {level.right:.1%} 是对的。"
        if level
        else "还不自动派单:已确认的工单不够,或者没有哪个把握足够可靠。"
    )
    learned = f"学了 {about.reports} 条反映、{about.confirmed} 张已确认的工单(其中 {about.corrected} 张改过建议)。"
    return f"{learned}\n没学过的{on}:新的对 {trained.new:.1%}{before}。{verdict}\n{share}"
