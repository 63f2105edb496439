"""`wenzheng knowledge`: bring entries in, check their language, build and publish the index."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.engine import Connection

from commands.knowledge_files import export, import_
from foundation.audit import COMMAND, Audit
from foundation.database import Database
from foundation.settings import load_settings
from knowledge.store import Store

if TYPE_CHECKING:
    from knowledge.snapshot import Snapshot


@click.group()
def knowledge() -> None:
    """管理知识条目和索引。"""


knowledge.add_command(import_)
knowledge.add_command(export)


@knowledge.command()
@click.option("--despite", default="", metavar="REASON", help="检查没过也要启用的理由,会和快照存在一起")
@click.option("--again", is_flag=True, help="连同随产品来的、退回后没有再发布的内容")
@click.option("--job", type=int, hidden=True, help="工作台上交代的一次发布")
def publish(despite: str, again: bool, job: int | None) -> None:
    """用已发布的版本建一个新的索引快照,检查通过就启用,服务不用重启。"""
    from commands.publish_job import PublishJob

    if job is not None:
        _step_aside()
        PublishJob(load_settings(), job).run()
        return
    new_snapshot(despite, again=again)


def new_snapshot(despite: str, *, again: bool = False) -> None:
    """Build an index of what is published and let it serve, with `again` also of what files brought and was set back.

    Raises ClickException when its checks fail.
    """
    from commands.prepare import build_snapshot
    from knowledge.checks import Refused

    _step_aside()
    try:
        click.echo(f"快照 {build_snapshot(load_settings(), despite=despite, again=again).name} 已启用")
    except Refused as refused:
        raise click.ClickException("没有启用,原来的快照继续用:\n- " + "\n- ".join(refused.problems)) from refused


def _step_aside() -> None:
    """Whoever asks meanwhile comes first: the lowest priority, for this process and for its session as a whole."""
    os.nice(19)
    with suppress(OSError):  # a kernel that does not group processes by session
        Path("/proc/self/autogroup").write_text("19")


@knowledge.command()
@click.argument("snapshot", default="")
def rollback(snapshot: str) -> None:
    """退回上一个索引快照,或指定的一个;条目的已发布版本一起退回。"""
    from knowledge.publishing import roll_back

    settings = load_settings()
    database = Database(settings.database_url)
    database.create_tables()

    def told(connection: Connection, to: "Snapshot") -> None:
        Audit(settings.secret_key).note(
            connection, COMMAND, "content.rollback", f"snapshot:{to.name}", content=to.revisions
        )

    try:
        folder = roll_back(settings.data_dir / "snapshots", Store(database), snapshot, told)
    except (LookupError, OSError, ValueError, TypeError, RuntimeError) as error:  # RuntimeError: a broken file of faiss
        raise click.ClickException(f"没有退回:{error}") from error
    click.echo(f"快照 {folder.name} 已启用")


@knowledge.command()
@click.argument("entries", nargs=-1, metavar="[ENTRY]...")
@click.option("--domain", default="", help="签一个领域里的全部条目")
@click.option("--calculator", "calculators", multiple=True, metavar="ID", help="签一个计算器,可写多次;规则改了要重新签")
@click.option("--by", "publisher", required=True, metavar="NAME", help="审核发布人的姓名")
def sign(entries: tuple[str, ...], domain: str, calculators: tuple[str, ...], publisher: str) -> None:
    """由审核发布人签字:示例内容从此是正式内容。"""
    if sum(map(bool, (entries, domain, calculators))) > 1:
        raise click.UsageError("条目编号、--domain 和 --calculator 只能给一样。")
    settings = load_settings()
    database = Database(settings.database_url)
    database.create_tables()
    if calculators:
        _sign_calculators(database, Audit(settings.secret_key), calculators, publisher.strip())
        return
    store = Store(database)
    published = {one.entry.id: one.entry.domain for one in store.published()}
    wanted = [name for name, its in published.items() if its == domain] if domain else list(entries)
    unknown = [name for name in wanted if name not in published]
    if not wanted or unknown or not publisher.strip():
        raise click.UsageError(f"没有这些已发布的条目:{'、'.join(unknown)}" if unknown else "要写明签哪些条目,由谁签。")
    audit, by = Audit(settings.secret_key), {"by": publisher.strip()}
    signed = store.sign(
        wanted,
        publisher.strip(),
        lambda connection, entry: audit.note(connection, COMMAND, "content.sign", f"entry:{entry}", by),
    )
    click.echo(f"{publisher} 签了 {len(signed)} 条")


def _sign_calculators(database: Database, audit: Audit, wanted: tuple[str, ...], publisher: str) -> None:
    from knowledge.calculators import CALCULATORS
    from knowledge.calculators.signing import SHOWN_DIGITS, sign

    unknown = [name for name in wanted if name not in CALCULATORS]
    if unknown or not publisher:
        raise click.UsageError(f"没有这些计算器:{'、'.join(unknown)}" if unknown else "要写明由谁签。")
    with database.writing() as connection:
        signed = sign(
            connection,
            wanted,
            publisher,
            lambda one: audit.note(
                connection,
                COMMAND,
                "content.sign",
                f"calculator:{one.id}",
                {"by": publisher, "rules": one.digest[:SHOWN_DIGITS]},
            ),
        )
    click.echo(f"{publisher} 签了 {len(signed)} 个计算器")


@knowledge.command()
@click.option("--most", default=100, show_default=True, help="最多列几条")
@click.option("--json", "as_json", is_flag=True, help="每条一行 JSON")
def gaps(most: int, as_json: bool) -> None:
    """市民问了、没有条目能答的问题,问得最多的在前。"""
    from knowledge.gaps import Gaps

    database = Database(load_settings().database_url)
    database.create_tables()
    for gap in Gaps(database).most_asked(most):
        line = {"question": gap.question, "asked": gap.asked, "last_at": gap.last_at.isoformat()}
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else f"{gap.asked} 次  {gap.question}")


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
