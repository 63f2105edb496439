"""The work behind `wenzheng knowledge import FILE…`: told row by row, then drafts, or published at once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from sqlalchemy import select

from commands.prepare import create_tables
from foundation.audit import Audit
from foundation.database import Database
from foundation.settings import Settings
from knowledge import pointer
from knowledge.drafts import Stale
from knowledge.importing import File, Refused
from knowledge.importing.dry_run import CHANGED, ERROR, NEW, DryRun, Row
from knowledge.importing.taking import Taking, add_sources
from knowledge.importing.words import words
from knowledge.local import LocalValues
from knowledge.set_back import SetBack
from knowledge.sources import Shelf
from knowledge.store import Store
from knowledge.tables import entries

AUTHOR = "command"
STORED = (
    "这 {count} 条已经记成已发布的版本,只是索引没有换,市民看到的还是原来的。在它们改好以前,别的发布也会被拦住。"
    "请改好文件,再运行一次这条命令;确实要照这样启用,运行 wenzheng knowledge publish --despite 理由。"
)
BACK = "不要它们了,运行 wenzheng knowledge rollback {snapshot},条目就回到现在的索引里的版本。"


def import_files(settings: Settings, files: Sequence[Path], *, dry_run: bool, and_publish: bool) -> None:
    """Import files and folders; exits with 1 when an entry had an error. Raises ClickException for what is refused."""
    database = create_tables(settings)
    run = DryRun(database, LocalValues(settings.city))
    try:
        rows = list(run.rows(_read(files)))
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    _tell(rows)
    if not dry_run:
        _take(settings, database, run, [row for row in rows if row.state in (NEW, CHANGED)], and_publish)
    if any(row.state == ERROR for row in rows):
        raise SystemExit(1)


def _take(settings: Settings, database: Database, run: DryRun, sound: Sequence[Row], and_publish: bool) -> None:
    published = _publish(database, sound, run.shelf) if and_publish else set()
    audit = Audit(settings.secret_key)
    drafted = _draft(database, audit, [row for row in sound if row.id not in published], run)
    with database.writing() as connection:
        facts = {"published": len(published), "drafts": drafted}
        audit.note(connection, AUTHOR, "content.import", "import:files", facts)
        under = [(f"entry:{entry}", {"published": True}) for entry in sorted(published)]
        audit.note_all(connection, AUTHOR, "content.import", under)
    click.echo(f"发布 {len(published)}、草稿 {drafted}")
    if published:
        from commands.knowledge import new_snapshot

        try:
            new_snapshot("")
        except click.ClickException as refused:
            serving = pointer.current(settings.data_dir / "snapshots")
            way_back = BACK.format(snapshot=serving.name) if serving else ""
            told = f"{refused.message}\n{STORED.format(count=len(published))}{way_back}"
            raise click.ClickException(told) from refused


def _read(paths: Iterable[Path]) -> list[File]:
    """The files, and all those within folders, by their paths."""
    found: list[File] = []
    for path in paths:
        within = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        found += [File(str(one.relative_to(path) if path.is_dir() else one.name), one.read_bytes()) for one in within]
    return found


def _tell(rows: Sequence[Row]) -> None:
    for row in rows:
        for said in (*row.problems, *row.notes):
            click.echo(f"{row.place} {row.id}:{said}", err=row.state == ERROR)
    counts = Counter(row.state for row in rows)
    click.echo("、".join(f"{label} {counts[name]}" for name, label in words()["states"].items()))
    plain = [row.score for row in rows if row.score is not None]
    if plain:
        must = sum(bool(row.must_change) for row in rows)
        click.echo(f"人话平均 {sum(plain) / len(plain):.1f} 分,{must} 条有必须改的地方")


def _publish(database: Database, rows: Iterable[Row], shelf: Shelf) -> set[str]:
    """Publish what staff never touched and write no draft of, as files bring it; the ids of these entries."""
    store = Store(database)
    with database.writing() as connection:
        touched = set(connection.execute(select(entries.c.id).where(entries.c.touched)).scalars())
        add_sources(connection, shelf.brought.values())
    untouched = [row for row in rows if row.id not in touched and row.draft is None]
    for row in untouched:
        store.seed(row.markdown)
    published = {row.id for row in untouched}
    back = SetBack(database, published)
    back.publish(back.waiting())
    return published


def _draft(database: Database, audit: Audit, rows: Iterable[Row], run: DryRun) -> int:
    taking = Taking(AUTHOR)
    prepared = taking.prepare(rows)
    try:
        with database.writing() as connection:
            taken = taking.take(connection, prepared, run.revisions, run.shelf)
            under = [(f"entry:{entry}", {"draft": draft}) for entry, draft in taken.drafts]
            audit.note_all(connection, AUTHOR, "content.import", under)
            return taken.counts.total()
    except Stale as stale:
        raise click.ClickException(f"{stale} 草稿一份也没有写。") from stale
