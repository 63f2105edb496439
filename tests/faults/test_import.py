"""The content team's large imports: five hundred entries there and back, ten thousand rows of errors, a full house."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Connection

from foundation.database import Database
from foundation.sheet import sheet as csv_of
from knowledge import exporting
from knowledge.drafts import Drafts
from knowledge.entry import parse
from knowledge.importing import File
from knowledge.importing.dry_run import DryRun, Row
from knowledge.importing.taking import Taking
from knowledge.publishing import seed
from knowledge.releases import Releases
from knowledge.sources import Shelf
from knowledge.store import Store
from knowledge.tables import drafts
from tests.knowledge.import_files import LOCAL, derived, empty, rows, table
from tests.service import ROOT

ENTRIES, ROWS = 500, 10_000
MOST_SECONDS, MOST_MEGABYTES = 240, 500  # of processor time, and beyond what was in use before


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> File:
    """Five hundred entries as somebody's spreadsheet."""
    database = empty(tmp_path_factory.mktemp("shipped"))
    seed(Store(database))
    return File("五百条.xlsx", exporting.xlsx_of(derived(Store(database), ENTRIES)))


@pytest.mark.prove
def test_five_hundred_entries_are_looked_at_taken_published_and_come_back_the_same(sheet: File, tmp_path: Path) -> None:
    database = empty(tmp_path)
    run = DryRun(database, LOCAL)
    found = list(run.rows([sheet]))
    assert Counter(row.state for row in found) == {"new": ENTRIES}
    assert all(row.score is not None and row.score > 50 for row in found), "its language was looked at"
    assert sum("字句相同" in note for row in found for note in row.notes) == ENTRIES - 436, (
        "copies of copies are noticed"
    )
    taking = Taking("anna")
    with database.writing() as connection:
        assert taking.take(connection, taking.prepare(found), run.revisions, run.shelf).counts == {"new": ENTRIES}
    publish_all(database, Drafts(database))
    there = Store(database)
    assert {one.entry.id: one.entry for one in there.published()} == {row.id: parse(row.markdown) for row in found}
    for name, made in {"a.xlsx": exporting.as_xlsx, "a.csv": exporting.as_csv, "a.zip": exporting.as_zip}.items():
        (tmp_path / name).mkdir()
        back = empty(tmp_path / name)
        again = DryRun(back, LOCAL)
        taking = Taking("bob")
        rows_again = list(again.rows([File(name, made(there))]))
        with back.writing() as connection:
            taking.take(connection, taking.prepare(rows_again), {}, again.shelf)
        publish_all(back, Drafts(back))
        assert exporting.as_zip(Store(back)) == exporting.as_zip(there), f"{name}: nothing differs"


def publish_all(database: Database, written: Drafts) -> None:
    """Hand every draft over, and let a second person approve and publish it; the index is another matter."""
    with database.writing() as connection:
        waiting = written.by_state("draft", limit=ENTRIES + 1)
        for draft in waiting:
            asked = written.submit(connection, draft.entry, draft.version, LOCAL)
            written.approve(connection, draft.entry, "chen", asked.version)
        releases = Releases(database)
        releases.publish(connection, releases.propose(connection, [draft.entry for draft in waiting], "chen"))


@pytest.mark.prove
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ten_thousand_rows_of_errors_are_answered_in_bounded_time_and_memory(tmp_path: Path, kind: str) -> None:
    wrong = [{"编号": f"x-{n}", "类型": "通知", "核对日期": "昨天", "标题": f"第{n}条<script>"} for n in range(ROWS)]
    made = {"csv": csv_of, "xlsx": exporting.xlsx_of}[kind]
    file, database = File(f"a.{kind}", made(table(*wrong))), empty(tmp_path)
    before, began = peak(anew=True), time.process_time()
    counts = Counter(row.state for row in DryRun(database, LOCAL).rows([file]))
    spent, grown = time.process_time() - began, peak() - before
    print(f"{kind}: {ROWS} rows of errors, {spent:.0f} s of processor time, {grown} MB more")
    assert counts == {"error": ROWS}
    assert spent < MOST_SECONDS and grown < MOST_MEGABYTES


def test_more_rows_than_an_import_may_have_are_refused_in_words(tmp_path: Path) -> None:
    from knowledge.importing import Refused

    short = [[f"x-{n}", "题"] for n in range(20_001)]
    lines = [["编号", "标题", "问法"], *short]
    with pytest.raises(Refused, match="最多导入 20000 条"):
        rows(empty(tmp_path), File("a.csv", csv_of(lines)))


def test_an_import_that_fails_half_way_has_written_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledge.importing import taking
    from knowledge.sources import every

    database = empty(tmp_path)
    good = [{"编号": f"x-{n}", "标题": f"第{n}条"} for n in range(20)]
    run = DryRun(database, LOCAL)
    prepared = Taking("anna").prepare(run.rows([File("a.csv", csv_of(table(*good)))]))

    def failing(connection: Connection, found: object) -> None:
        assert connection.execute(select(func.count()).select_from(drafts)).scalar() == 20, "the drafts are written"
        raise OSError("the disk is full")

    monkeypatch.setattr(taking, "add_sources", failing)
    with pytest.raises(OSError, match="disk"), database.writing() as connection:
        Taking("anna").take(connection, prepared, {}, run.shelf)
    assert Drafts(database).by_state("draft") == []
    with database.reading() as connection:
        assert every(connection) == []


def test_a_large_import_keeps_other_writers_waiting_for_a_moment_only(tmp_path: Path) -> None:
    database, statements = empty(tmp_path), 0
    rows = [Row("", f"x-{n}", "题", "new", "---\ntitle: 题\n---\n", ()) for n in range(1000)]
    prepared = Taking("anna").prepare(rows)

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    with database.writing() as connection:
        event.listen(connection, "before_cursor_execute", count)  # its own alone: other threads ask databases too
        assert Taking("anna").take(connection, prepared, {}, Shelf([])).counts == {"new": 1000}
    assert 0 < statements < 20


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_the_command_imports_publishes_and_exports_five_hundred_entries(sheet: File, tmp_path: Path) -> None:
    """With a real index: built of the five hundred, checked, and made current."""
    (tmp_path / sheet.name).write_bytes(sheet.data)
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    said = command(first, "import", str(tmp_path / sheet.name), "--dry-run")
    assert f"新增 {ENTRIES}" in said and Store(Database(url(first))).published() == []
    said = command(first, "import", str(tmp_path / sheet.name), "--publish")
    assert f"发布 {ENTRIES}、草稿 0" in said and "已启用" in said
    assert (first / "snapshots" / "current").exists()
    assert f"{ENTRIES} 条写到" in command(first, "export", str(tmp_path / "out"))
    shutil.copytree(first / "snapshots", second / "snapshots")  # what is embedded there need not be again
    command(second, "import", str(tmp_path / "out"), "--publish")
    assert exporting.as_zip(Store(Database(url(second)))) == exporting.as_zip(Store(Database(url(first))))
    assert f"没有变化 {ENTRIES}" in command(first, "import", str(tmp_path / "out"), "--dry-run")


def command(folder: Path, *words: str) -> str:
    """What `wenzheng knowledge …` says over a database of its own."""
    settings = {"WENZHENG_DATA_DIR": str(folder), "WENZHENG_DATABASE_URL": url(folder)}
    called = [sys.executable, "-m", "commands", "knowledge", *words]
    environment = os.environ | settings
    done = subprocess.run(called, check=False, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'wenzheng.db'}"


def peak(*, anew: bool = False) -> int:
    """Megabytes that this process has used at most; `anew` counts from here on."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024
