"""`wenzheng knowledge`: bring entries in, check their language, build and publish the index."""

import json
from pathlib import Path

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


@knowledge.command()
@click.argument("entries", nargs=-1, metavar="[ENTRY]...")
@click.option("--lines", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="任意文本,一行一段")
@click.option("--json/--summary", "as_json", default=True, help="每段一行 JSON(默认),或给人看的表")
def lint(entries: tuple[str, ...], lines: Path | None, as_json: bool) -> None:
    """检查条目(不写编号就是全部)或文本像不像人话;条目有必须改的地方时退出码是 1。"""
    from knowledge.plain_language import check
    from knowledge.plain_language.entries import check_file
    from knowledge.plain_language.summary import complaints, summary

    if lines and entries:
        raise click.UsageError("--lines 和条目编号只能给一样。")
    if lines:
        texts = lines.read_text(encoding="utf-8-sig").removesuffix("\n").split("\n")
        reports = {str(number): check(text) for number, text in enumerate(texts, start=1)}
    else:
        reports = {path.stem: check_file(path) for path in _files(entries)}
    if as_json:
        for name, report in reports.items():
            label = {"line": int(name)} if lines else {"entry": name}
            click.echo(json.dumps(label | report.as_json(), ensure_ascii=False))
    else:
        click.echo("\n".join(summary(reports)))
    if not lines and any(report.errors for report in reports.values()):
        click.echo("\n".join(complaints(reports)), err=True)
        raise SystemExit(1)


def _files(entries: tuple[str, ...]) -> list[Path]:
    from knowledge.publishing import CORPUS

    files = {path.stem: path for path in sorted(CORPUS.glob("*/*.md"))}
    unknown = [entry for entry in entries if entry not in files]
    if unknown:
        raise click.BadParameter(f"没有这些条目:{'、'.join(unknown)}")
    return [files[entry] for entry in entries] or list(files.values())
