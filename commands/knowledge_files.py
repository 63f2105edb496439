"""`wenzheng knowledge import` and `export`: entries from files and into files."""

from pathlib import Path

import click

from foundation.database import Database
from foundation.settings import load_settings
from knowledge.store import Store


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE]...")
@click.option("--dry-run", is_flag=True, help="只看结果,什么也不写")
@click.option("--publish", "and_publish", is_flag=True, help="没有错的直接成为已发布的版本,并建新的索引快照")
def import_(files: tuple[Path, ...], dry_run: bool, and_publish: bool) -> None:
    """把文件里的条目读进来,成为草稿;不写文件,就读随产品来的 knowledge/corpus。

    文件可以是 Markdown(.md、.zip、文件夹)、.csv、.xlsx、.docx。坐席改过的条目只生成草稿。
    """
    from commands.import_files import import_files
    from commands.prepare import create_tables, seeded
    from commands.trace import note
    from knowledge.publishing import seed

    settings = load_settings()
    if files:
        import_files(settings, files, dry_run=dry_run, and_publish=and_publish)
    elif dry_run or and_publish:
        raise click.UsageError("--dry-run 和 --publish 要写明文件。")
    else:
        database = create_tables(settings)
        counts = seed(Store(database))
        note(database, settings, "content.import", "entries:corpus", counts)
        click.echo(seeded(counts))


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """把已发布的条目写成 Markdown 文件,一个领域一个文件夹,它们的依据写在 sources.yml 里。"""
    from knowledge.exporting import markdown_files

    count = -1  # the sources are no entry
    for name, text in markdown_files(Store(Database(load_settings().database_url))):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        count += 1
    click.echo(f"{count} 条写到 {folder}")
