"""`wenzheng knowledge import FILE…` and `export`: told row by row, drafts made, and out again as the same."""

import sys
from functools import partial
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from commands import main
from foundation.audit import log
from foundation.database import Database
from knowledge import pointer, publishing
from knowledge.drafts import Drafts
from knowledge.store import Store
from tests.hotline.support import rows
from tests.knowledge.import_files import ENTRY, TEXT, as_csv, with_sources


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WENZHENG_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    with_sources(database).seed(TEXT)
    return database


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["knowledge", *words])


def test_a_dry_run_tells_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_csv({}, {"编号": "bad", "类型": "通知"}).data)
    told = run("import", str(tmp_path / "a.csv"), "--dry-run")
    assert "新增 1、有改动 0、没有变化 0、有错 1" in told.stdout and told.exit_code == 1
    assert "a.csv 第 3 行 bad:“类型”写的是“通知”" in told.stderr
    assert Drafts(database).by_state("draft") == []


def test_files_become_drafts_and_the_trace_knows(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "folder/领域"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text(TEXT.replace("40元", "45元"), encoding="utf-8")
    (folder / "b.csv").write_bytes(as_csv({}).data)
    told = run("import", str(tmp_path / "folder"))
    assert told.exit_code == 0 and "发布 0、草稿 2" in told.stdout
    assert {draft.entry: draft.author for draft in Drafts(database).by_state("draft")} == {
        ENTRY: "command",
        "wild-animal": "command",
    }
    *under, act = rows(database, log)
    assert {row["subject"] for row in under} == {f"entry:{ENTRY}", "entry:wild-animal"}
    assert (act["act"], act["facts"]) == ("content.import", {"published": 0, "drafts": 2})


def test_what_is_refused_is_said_in_one_sentence(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    told = run("import", str(tmp_path / "a.pdf"))
    assert told.exit_code == 1 and "不认识“a.pdf”" in told.stderr
    assert run("import", "--publish").exit_code == 2


def test_an_import_whose_index_is_refused_says_what_it_left_and_how_to_go_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(despite: str) -> None:
        raise click.ClickException("没有启用")

    monkeypatch.setattr(sys.modules["commands.knowledge"], "new_snapshot", refuse)
    (tmp_path / "snapshots").mkdir()
    pointer.point_to(tmp_path / "snapshots" / "20261128T1")
    (tmp_path / "a.md").write_text(TEXT.replace("40元", "45元"), encoding="utf-8")
    told = run("import", str(tmp_path / "a.md"), "--publish")
    assert told.exit_code == 1 and Store(database).current(ENTRY).revision == 2
    assert "这 1 条已经记成已发布的版本" in told.stderr and "knowledge rollback 20261128T1" in told.stderr


def test_what_was_set_back_is_said_with_the_command_that_publishes_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, asked, folder = Store(database), list[dict[str, bool]](), tmp_path / "corpus/领域"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text(TEXT.replace("40元", "45元"), encoding="utf-8")
    monkeypatch.setattr(publishing, "seed", partial(publishing.seed, corpus=folder.parent))
    assert "更新 1" in run("import").stdout
    store.publish_exactly({ENTRY: 1})
    told = run("import").stdout
    assert "退回后没有再发布 1。要再发布,运行 wenzheng knowledge publish --again" in told and "不变" not in told
    monkeypatch.setattr(sys.modules["commands.knowledge"], "new_snapshot", lambda _, **given: asked.append(given))
    assert [run("publish", *words).exit_code for words in ((), ("--again",))] == [0, 0]
    assert asked == [{"again": False}, {"again": True}] and store.current(ENTRY).revision == 1
    assert run("import", str(folder / "a.md"), "--publish").exit_code == 0
    assert store.current(ENTRY).revision == 2, "who names the file wants it"


def test_what_is_exported_is_the_very_text_with_its_sources(database: Database, tmp_path: Path) -> None:
    assert "1 条写到" in run("export", str(tmp_path / "out")).stdout
    assert (tmp_path / "out/户口与身份证" / f"{ENTRY}.md").read_text(encoding="utf-8") == TEXT
    told = run("import", str(tmp_path / "out"), "--dry-run")
    assert "新增 0、有改动 0、没有变化 1、有错 0" in told.stdout and told.exit_code == 0
    sources = (tmp_path / "out/sources.yml").read_text(encoding="utf-8")
    assert "resident-id-card-law:" in sources and len(Store(database).published()) == 1
